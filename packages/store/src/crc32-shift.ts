import { CRC32_POLYNOMIAL } from "./crc32.ts";

/**
 * The polynomial x^(8 × byteCount): multiplied with a CRC register, it does what `byteCount` zero
 * bytes would. With it the checksum of any range follows from those of two prefixes, in the same
 * time for a short and a long one; see `laterFrames`.
 *
 * @param byteCount  from 0 to 2^32 - 1
 */
export function zeroBytes(byteCount: number): number {
  let product = powers(0)[byteCount & 255] as number;
  for (let k = 1, rest = byteCount >>> 8; rest !== 0; k++, rest >>>= 8) {
    product = multiply(product, powers(k)[rest & 255] as number);
  }
  return product;
}

/** Product of two polynomials over GF(2), modulo that of CRC-32; the highest bit is x^0. */
export function multiply(a: number, b: number): number {
  let product = 0;
  let shifted = b;
  for (let rest = a; rest !== 0; rest <<= 1) {
    if (rest < 0) product ^= shifted;
    shifted = shifted & 1 ? (shifted >>> 1) ^ CRC32_POLYNOMIAL : shifted >>> 1;
  }
  return product;
}

/** x^0 and x^8 in the bit order of CRC-32. */
const ONE = 1 << 31;
const ONE_BYTE = 1 << 23;

const tables: Int32Array[] = [];

/** `powers(k)[n]` is x^(8 × n × 256^k). Made when first asked for: 1 ms, and only at a damage. */
function powers(k: number): Int32Array {
  const known = tables[k];
  if (known !== undefined) return known;
  const below = k === 0 ? undefined : powers(k - 1);
  const step = below === undefined ? ONE_BYTE : multiply(below[255] as number, below[1] as number);
  const table = new Int32Array(256);
  table[0] = ONE;
  for (let n = 1; n < 256; n++) table[n] = multiply(table[n - 1] as number, step);
  tables[k] = table;
  return table;
}
