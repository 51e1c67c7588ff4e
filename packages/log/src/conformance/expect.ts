import { type ErrorCode, hasCode } from "@seglog/errors";
import type { Log, LogRecord } from "../contract.ts";

/** @throws an Error with `text` unless `condition` holds */
export function expectThat(condition: boolean, text: string): asserts condition {
  if (!condition) throw new Error(text);
}

/** Compares two values that print alike when they are alike: numbers, texts, lists of them. */
export function expectEqual(found: unknown, expected: unknown, what: string): void {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
  expectThat(a === b, `${what}: expected ${b}, found ${a}`);
}

/** Expects `call` to throw, or to reject, with `code`. */
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

/** The text that the kit appends at `offset`: of uneven lengths, told from every other. */
export function textAt(offset: number): string {
  return `${offset}${"-".repeat(offset % 5)}`;
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function textOf({ value }: LogRecord): string {
  return new TextDecoder().decode(value);
}

/** Appends `count` records whose texts tell their offsets. */
export function appendMany(log: Log, count: number): void {
  for (let i = 0; i < count; i++) log.append(bytesOf(textAt(log.nextOffset)));
}

/** Offsets and texts of every batch, joined. */
export async function drain(batches: AsyncIterable<LogRecord[]>): Promise<[number, string][]> {
  const found: [number, string][] = [];
  for await (const batch of batches) {
    expectThat(batch.length > 0, "a batch holds at least one record");
    for (const record of batch) found.push([record.offset, textOf(record)]);
  }
  return found;
}

/** What {@link appendMany} leaves in `[from, to)`. */
export function range(from: number, to: number): [number, string][] {
  return Array.from({ length: to - from }, (_, i) => [from + i, textAt(from + i)]);
}

/** Expects exactly these records, committed: one by one, forward and backward. */
export async function expectHolds(
  log: Log,
  expected: readonly [number, string][],
  what: string,
): Promise<void> {
  expectEqual(await drain(log.batches()), expected, `${what}, forward`);
  const backward = await drain(log.batches({ reverse: true }));
  expectEqual(backward.reverse(), expected, `${what}, backward`);
  for (const [offset, text] of expected) {
    expectEqual(textOf(log.read(offset)), text, `${what}, read(${offset})`);
    expectEqual(textOf(log.readView(offset)), text, `${what}, readView(${offset})`);
  }
  const [first, last] = [expected[0]?.[0], expected.at(-1)?.[0]];
  const found = log.offsetRange();
  expectEqual([found?.lowest, found?.highest], [first, last], `${what}, offsetRange`);
}
