/** Bytes of a record beside its value: frame header, segment's head, index entry. */
const OVERHEAD_BYTES = 8 + 8 + 16;

/**
 * Whether the policy may have made `first` the first offset: never stricter than the policy, and
 * laxer only in that it counts every segment and record that there ever was.
 *
 * @param {number} first
 * @param {import("./model.mjs").Model} model
 */
export function retentionMayDrop(first, { policies, bases, intents, clockMax }) {
  const { bytesMax, ageMsMax, segmentsMax } = policies.retention ?? {};
  if (ageMsMax !== undefined) {
    // also one that a truncateAfter which was called, and did not happen, would have dropped
    const isTooOld = intents.some(
      (intent) =>
        intent.kind === "record" &&
        intent.offset === first - 1 &&
        (intent.time < 0 || clockMax - intent.time > ageMsMax),
    );
    if (isTooOld) return true;
  }
  if (!bases.includes(first)) return false;
  // a crash may have taken the newest ones, and with them where the segments lie
  const dropped = [...new Set(bases.filter((base) => base < first))].sort((a, b) => b - a);
  return dropped.slice(0, 3).some((lastDropped) => {
    const segments = new Set(bases.filter((base) => base >= lastDropped)).size;
    if (segmentsMax !== undefined && segments > segmentsMax) return true;
    return bytesMax !== undefined && bytesFrom(intents, lastDropped) > bytesMax;
  });
}

/** @param {readonly import("./model.mjs").Intent[]} intents @param {number} from */
function bytesFrom(intents, from) {
  let bytes = 0;
  for (const intent of intents) {
    if (intent.kind !== "record" || intent.offset < from) continue;
    bytes += intent.value.length + OVERHEAD_BYTES;
  }
  return bytes;
}
