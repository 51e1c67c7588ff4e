/** Digits of a base offset in a file name, so that names sort as offsets do. */
const DIGITS = 20;
const STORE_NAME = /^(\d{20})\.store$/;
const INDEX_NAME = /^(\d{20})\.index$/;

/** File name of the store of the segment with `baseOffset`. */
export function storeName(baseOffset: number): string {
  return `${String(baseOffset).padStart(DIGITS, "0")}.store`;
}

/** File name of the index of the segment with `baseOffset`. */
export function indexName(baseOffset: number): string {
  return `${String(baseOffset).padStart(DIGITS, "0")}.index`;
}

/** The base offset in a store's file name; `undefined` for any name that is not ours. */
export function baseOffsetOf(name: string): number | undefined {
  return offsetIn(STORE_NAME, name);
}

/** The base offset in an index's file name; `undefined` for any name that is not ours. */
export function indexBaseOf(name: string): number | undefined {
  return offsetIn(INDEX_NAME, name);
}

function offsetIn(pattern: RegExp, name: string): number | undefined {
  const digits = pattern.exec(name)?.[1];
  if (digits === undefined) return undefined;
  const baseOffset = Number(digits);
  return Number.isSafeInteger(baseOffset) ? baseOffset : undefined;
}
