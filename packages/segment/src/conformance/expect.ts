import { type ErrorCode, hasCode } from "@seglog/errors";

/** @throws Error with `text` unless `condition` */
export function holds(condition: boolean, text: string): asserts condition {
  if (!condition) throw new Error(`does not hold: ${text}`);
}

/** Compares values that print alike when they are alike: numbers, texts, lists and records. */
export function equal(what: string, actual: unknown, expected: unknown): void {
  const [a, b] = [show(actual), show(expected)];
  holds(a === b, `${what} must be ${b}, is ${a}`);
}

/** Compares bytes. */
export function equalBytes(what: string, actual: Uint8Array, expected: Uint8Array): void {
  equal(`length of ${what}`, actual.length, expected.length);
  for (let at = 0; at < expected.length; at++) {
    if (actual[at] !== expected[at]) equal(`byte ${at} of ${what}`, actual[at], expected[at]);
  }
}

/** @throws Error unless `act` fails, at once or by rejecting, with `code` */
export async function failsWith(code: ErrorCode, what: string, act: () => unknown): Promise<void> {
  try {
    await act();
  } catch (error) {
    holds(hasCode(error, code), `${what} fails with ${code}, not with ${String(error)}`);
    return;
  }
  throw new Error(`${what} must fail with ${code}, but did not`);
}

function show(value: unknown): string {
  return (
    JSON.stringify(value, (_, part) => (part === undefined ? "undefined" : part)) ?? "undefined"
  );
}
