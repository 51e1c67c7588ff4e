/** @typedef {import("./session.mjs").Session} Session */
/** @typedef {"pattern" | "zeros" | "random" | "frames"} Fill */

/**
 * The bytes of a record that no other has, if it is long enough to tell: a number, and behind it
 * what `fill` says: text, zeros as where nothing was written, noise, or a copy of the log's own
 * frames, which must never be taken for frames where they lie.
 *
 * @param {Session} session
 * @param {number} size
 * @param {Fill} fill
 */
export function makeValue(session, size, fill) {
  const value = new Uint8Array(size);
  if (fill === "random") value.set(session.random.bytes(size));
  if (fill === "frames") value.set(someFrames(session, size));
  const { model } = session;
  if (fill === "pattern") value.fill(0x61 + (model.serial % 26));
  model.serial = (model.serial + 1) % 2 ** 32;
  if (fill !== "frames" || size >= 64) {
    // at the end: the start of a copied frame must stay where a frame could begin
    const at = fill === "frames" ? size - 4 : 0;
    if (size >= 4) new DataView(value.buffer).setUint32(at, model.serial);
  }
  return value;
}

/** @param {Session} session @param {number} size */
function someFrames({ disk, random, model }, size) {
  const base = model.bases.at(-1) ?? 0;
  try {
    const bytes = disk.contents(`/log/${String(base).padStart(20, "0")}.store`);
    const from = random.below(2) * 32;
    return bytes.subarray(from, from + size);
  } catch {
    return new Uint8Array(); // the segment is gone; zeros then
  }
}
