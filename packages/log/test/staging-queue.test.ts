import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { StagingQueue } from "../src/staging-queue.ts";

const recordOf = (offset: number): Uint8Array => Buffer.from(`record ${offset}`);

test("a queue that never runs empty gives its records in order, and reads those that wait", () => {
  const queue = new StagingQueue(7);
  const waiting = 300;
  let next = 7;
  const push = (): void => {
    const values = next % 5 === 0 ? [recordOf(next), recordOf(next + 1)] : [recordOf(next)];
    queue.push(values, next, next);
    next += values.length;
  };
  while (next < 7 + waiting) push();
  for (let taken = 7; taken < 5000; ) {
    const group = queue.peek();
    expect(group?.values[0]).toEqual(new Uint8Array(recordOf(taken)));
    expect(group?.time).toBe(taken);
    queue.shift();
    expect(queue.read(taken)).toBeUndefined();
    taken += group?.values.length ?? 0;
    push();
    for (const offset of [taken, next - 1]) {
      expect(queue.read(offset)?.value).toEqual(new Uint8Array(recordOf(offset)));
    }
  }
  expect(queue.bytes).toBeGreaterThan(0);
});

test("a queue that never runs empty holds what waits, not what was taken", () => {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  const queue = new StagingQueue(0);
  const value = new Uint8Array(16 * 1024);
  queue.push([value], 0, 0);
  gc();
  const before = process.memoryUsage().arrayBuffers;
  for (let offset = 1; offset < 20_000; offset++) {
    queue.push([value], 0, offset);
    queue.shift();
  }
  gc();
  // 312 MiB went through it; buffers are freed in the background
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(150 * 2 ** 20);
  expect(queue.isEmpty).toBe(false);
});

test("values of any length, and batches over several chunks, come back whole", () => {
  const lengths = [0, 1, 65_519, 65_520, 65_521, 200_000, 0, 30_000, 30_000, 30_000, 7];
  const valueAt = (offset: number): Uint8Array =>
    new Uint8Array(lengths[offset % lengths.length] as number).fill(offset);
  // not toEqual, which takes a second for 200,000 bytes
  const isValue = (value: Uint8Array | undefined, offset: number): boolean =>
    value !== undefined && Buffer.compare(value, valueAt(offset)) === 0;
  const queue = new StagingQueue(0);
  const batches = [1, 4, 1, 11, 2, 25];
  let next = 0;
  let bytes = 0;
  for (const count of batches) {
    const values = Array.from({ length: count }, (_, i) => valueAt(next + i));
    queue.push(values, 1000 + next, next);
    for (const { length } of values) bytes += length + 16;
    next += count;
  }
  expect(queue.bytes).toBe(bytes);
  expect(queue.read(next)).toBeUndefined();
  let taken = 0;
  for (const count of batches) {
    for (let offset = taken; offset < next; offset++) {
      expect(isValue(queue.read(offset)?.value, offset)).toBe(true);
    }
    const group = queue.peek();
    expect(group?.time).toBe(1000 + taken);
    expect(group?.values.length).toBe(count);
    expect(group?.values.every((value, i) => isValue(value, taken + i))).toBe(true);
    queue.shift();
    taken += count;
  }
  expect([queue.isEmpty, queue.bytes, queue.peek()]).toEqual([true, 0, undefined]);
  queue.push([valueAt(3)], 1, 500);
  expect(isValue(queue.read(500)?.value, 3)).toBe(true);
});

test("memory that one queue is done with serves the next, which shows nothing of it", () => {
  const first = new StagingQueue(0);
  first.push([recordOf(0), recordOf(1)], 5, 0);
  const copy = first.read(1)?.value;
  first.shift();
  const second = new StagingQueue(100);
  second.push([recordOf(100)], 6, 100);
  expect(second.peek()?.values).toEqual([new Uint8Array(recordOf(100))]);
  expect(second.read(101)).toBeUndefined();
  expect([first.peek(), first.read(0), first.read(1)]).toEqual([undefined, undefined, undefined]);
  first.push([recordOf(2)], 7, 2);
  second.shift();
  expect(first.read(2)?.value).toEqual(new Uint8Array(recordOf(2)));
  expect(copy).toEqual(new Uint8Array(recordOf(1)));
});
