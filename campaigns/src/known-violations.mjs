/**
 * What is known to be wrong, until it is mended: counted by itself, so that a campaign goes on.
 *
 * @type {readonly { readonly campaign: string, readonly text: RegExp, readonly reason: string }[]}
 */
const KNOWN_VIOLATIONS = Object.freeze([
  {
    campaign: "crash",
    text: /no valid frame in [\s\S]*\(truncate, operation/,
    reason:
      "a power cut between the cut of a truncateAfter and its sync leaves a log that is refused",
  },
  {
    campaign: "fault",
    text: /left \d+ handles, \d+ mappings, 0 locks/,
    reason: "an open, truncation or close that fails half-way leaves handles and mappings open",
  },
  {
    campaign: "rot",
    text: /ofAnotherLog seglog\.state|remove seglog\.state; remove /,
    reason: "no file but the state says which log this is: another's is believed where it fits",
  },
  {
    campaign: "fault",
    text: /failed: (unmap|close) /,
    reason: "a mapping that could not be closed is read or cut later",
  },
]);

/** Whether `message` is of a known violation. @param {string} campaign @param {string} message */
export function isKnown(campaign, message) {
  return KNOWN_VIOLATIONS.some((known) => known.campaign === campaign && known.text.test(message));
}
