import type { Log, LogRecord } from "@seglog/log";
import { expect } from "vitest";

/** The value that the tests append as number `n`: told from every other, of 1 to 13 bytes. */
export function valueAt(n: number): Uint8Array {
  return new TextEncoder().encode(`${n}${".".repeat(n % 7)}`);
}

export function textOf(value: Uint8Array): string {
  return new TextDecoder().decode(value);
}

/** Appends the values `valueAt(from)` to `valueAt(to - 1)`. */
export function appendRange(log: Log, from: number, to: number): void {
  for (let n = from; n < to; n++) log.append(valueAt(n));
}

/** Every batch of an iteration, joined. */
export async function collect(batches: AsyncIterable<LogRecord[]>): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  for await (const batch of batches) records.push(...batch);
  return records;
}

/** Offsets and texts: what two equal sequences of records share. */
export function brief(records: readonly LogRecord[]): [number, string][] {
  return records.map(({ offset, value }) => [offset, textOf(value)]);
}

/** What the log holds, committed, forward; also read backward and one by one, which must agree. */
export async function contentOf(log: Log): Promise<[number, string][]> {
  const forward = brief(await collect(log.batches()));
  const backward = brief(await collect(log.batches({ reverse: true })));
  expect(backward.reverse()).toEqual(forward);
  for (const [offset, text] of forward) expect(textOf(log.read(offset).value)).toBe(text);
  expect(forward.length).toBe(log.committedOffset - log.firstOffset);
  return forward;
}

/** As {@link contentOf}, of a log that holds `valueAt(n)` at each offset `n` of a range. */
export function rangeOf(from: number, to: number): [number, string][] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => [
    from + i,
    textOf(valueAt(from + i)),
  ]);
}
