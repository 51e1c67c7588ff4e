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
