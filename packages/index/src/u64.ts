const TWO_32 = 2 ** 32;

/** The big-endian u64 at `at`: exact up to 2^53 - 1; larger ones lose low bits, and stay larger. */
export function readU64(words: DataView, at: number): number {
  return words.getUint32(at) * TWO_32 + words.getUint32(at + 4);
}

/** The counterpart of {@link readU64}, for a safe integer from 0. */
export function writeU64(words: DataView, at: number, value: number): void {
  // the low word is taken modulo 2^32; a division costs more than all the rest
  words.setUint32(at, value < TWO_32 ? 0 : Math.floor(value / TWO_32));
  words.setUint32(at + 4, value);
}
