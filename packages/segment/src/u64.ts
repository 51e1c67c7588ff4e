/** Stores `value`, a safe integer from 0, as a big-endian u64 at `at`. */
export function setU64(view: DataView, at: number, value: number): void {
  view.setUint32(at, Math.floor(value / 2 ** 32));
  view.setUint32(at + 4, value >>> 0);
}

/** The big-endian u64 at `at`: exact up to 2^53 - 1; larger ones lose low bits, and stay larger. */
export function getU64(view: DataView, at: number): number {
  return view.getUint32(at) * 2 ** 32 + view.getUint32(at + 4);
}
