import type { ErrorCode } from "@seglog/errors";
import { hasCode } from "@seglog/errors";

/** @throws an Error with `text` unless `condition` holds */
export function expectThat(condition: boolean, text: string): asserts condition {
  if (!condition) throw new Error(text);
}

/** Compares two values that print alike when they are alike: numbers, texts, lists of them. */
export function expectEqual(found: unknown, expected: unknown, what: string): void {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
  expectThat(a === b, `${what}: expected ${b}, found ${a}`);
}

/** Compares bytes. */
export function expectBytes(found: Uint8Array, expected: Uint8Array, what: string): void {
  expectThat(found instanceof Uint8Array, `${what}: expected a Uint8Array`);
  expectEqual(found.length, expected.length, `${what}: length`);
  const at = expected.findIndex((byte, i) => byte !== found[i]);
  expectThat(at === -1, `${what}: byte ${at} is ${found[at]} instead of ${expected[at]}`);
}

/** Expects `call` to throw or to reject with a code. */
export async function expectCode(
  call: () => unknown,
  code: ErrorCode,
  what: string,
): Promise<void> {
  try {
    await call();
  } catch (error) {
    expectThat(hasCode(error, code), `${what}: expected ${code}, found ${String(error)}`);
    return;
  }
  throw new Error(`${what}: expected ${code}, nothing was thrown`);
}
