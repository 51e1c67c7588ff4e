/**
 * What is known to be wrong, until it is mended: counted by itself, so that a campaign goes on.
 *
 * @type {readonly { readonly campaign: string, readonly text: RegExp, readonly reason: string }[]}
 */
const KNOWN_VIOLATIONS = Object.freeze([
  {
    campaign: "rot",
    text: /came back as other bytes(?=[\s\S]*copyOverFrames (\d+\.store))(?=[\s\S]*\1[\s\S]*\1)/,
    reason: "with its header gone, too, nothing tells repair that a store's frames are another's",
  },
  {
    campaign: "rot",
    text: /repair lost \d+, whose frame is whole\n(?=[^\n]*seglog\.state)(?:[^\n]*; ){2}/,
    reason:
      "with the state of another log, or none, two damages more can make repair believe the wrong log",
  },
  {
    campaign: "rot",
    text: /repair lost \d+, whose frame is whole\n[^\n]*ofAnotherLog seglog\.state/,
    reason:
      "one store against the state of another log: nothing tells which is right, the store goes to quarantine, and of its records those are told as lost that the state knows of",
  },
]);

/** Whether `message` is of a known violation. @param {string} campaign @param {string} message */
export function isKnown(campaign, message) {
  return KNOWN_VIOLATIONS.some((known) => known.campaign === campaign && known.text.test(message));
}
