import { liveRecords } from "./history.mjs";

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
    const last = liveRecords(intents, intents.length).get(first - 1);
    if (last !== undefined && (last.time < 0 || clockMax - last.time > ageMsMax)) return true;
  }
  if (!bases.includes(first)) return false;
  const lastDropped = Math.max(...bases.filter((base) => base < first));
  const segments = new Set(bases.filter((base) => base >= lastDropped)).size;
  if (segmentsMax !== undefined && segments > segmentsMax) return true;
  if (bytesMax === undefined) return false;
  let bytes = 0;
  for (const intent of intents) {
    if (intent.kind === "record" && intent.offset >= lastDropped) {
      bytes += intent.value.length + OVERHEAD_BYTES;
    }
  }
  return bytes > bytesMax;
}
