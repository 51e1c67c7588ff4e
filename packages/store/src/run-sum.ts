import { CRC32_POLYNOMIAL } from "./crc32.ts";

/**
 * What the CRC register must be before four zero bytes for being `register` behind them: the
 * inverse of what those do to it. So four bytes can be chosen that lead from any register to any.
 */
export function beforeFourBytes(register: number): number {
  return (
    (B[register & 255] as number) ^
    (B[256 + ((register >>> 8) & 255)] as number) ^
    (B[512 + ((register >>> 16) & 255)] as number) ^
    (B[768 + (register >>> 24)] as number)
  );
}

/** `B[256 * k + n]` is the answer for `n << 8 * k`; the others follow, since CRC-32 is linear. */
const B = makeTables();

function makeTables(): Int32Array {
  const tables = new Int32Array(4 * 256);
  for (let k = 0; k < 4; k++) {
    for (let n = 0; n < 256; n++) tables[256 * k + n] = backFourBytes(n << (8 * k));
  }
  return tables;
}

/** Bit by bit: the highest bit tells whether the polynomial was added. */
function backFourBytes(register: number): number {
  let c = register;
  for (let bit = 0; bit < 32; bit++) c = c < 0 ? ((c ^ CRC32_POLYNOMIAL) << 1) | 1 : c << 1;
  return c;
}
