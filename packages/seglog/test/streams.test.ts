import { Readable, Transform, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { expect, test, vi } from "vitest";
import { json, openLog, type TypedRecord } from "../src/index.ts";
import { temporaryDirectory, textOf } from "./temporary.ts";

vi.setConfig({ testTimeout: 60_000 }); // on a busy machine

const COUNT = 100_000;

/** pipeline takes Web streams as sinks; its types do not say so. */
const asSink = (stream: WritableStream<string>): NodeJS.WritableStream =>
  stream as unknown as NodeJS.WritableStream;

async function* numbers(count: number): AsyncGenerator<string, undefined> {
  for (let n = 0; n < count; n++) yield `${n} ${"x".repeat(n % 50)}`;
}

test("100,000 records go in and out by pipeline of node:stream, durable when it resolves", async () => {
  const log = await openLog(temporaryDirectory(), { stagedBytesMax: 65_536 });
  let most = 0;
  const watch = new Transform({
    objectMode: true,
    transform(value, _encoding, done) {
      most = Math.max(most, log.stats().stagedBytes);
      done(undefined, value);
    },
  });
  await pipeline(Readable.from(numbers(COUNT)), watch, asSink(log.writable()));
  expect(log.committedOffset).toBe(COUNT);
  expect(most).toBeLessThanOrEqual(65_536);
  let next = 0;
  let ahead = 0;
  const sink = new Writable({
    objectMode: true,
    highWaterMark: 16,
    write(record: TypedRecord<Uint8Array>, _encoding, done) {
      if (record.offset !== next) done(new Error(`record ${record.offset} for ${next}`));
      ahead = Math.max(ahead, this.writableLength);
      next++;
      done();
    },
  });
  await pipeline(log.readable(), sink);
  expect(next).toBe(COUNT);
  expect(ahead).toBeLessThanOrEqual(17);
  await log.close();
});

test("pipeTo of Web streams copies one log to another, with codecs", async () => {
  const from = await openLog(temporaryDirectory(), { codec: json<{ n: number }>() });
  const to = await openLog(temporaryDirectory(), { codec: json<{ n: number }>() });
  for (let n = 0; n < 5000; n++) from.write({ n });
  await from.sync();
  const values = new TransformStream<TypedRecord<{ n: number }>, { n: number }>({
    transform: ({ value }, controller) => controller.enqueue(value),
  });
  await from.readable({ from: 100, to: 4000 }).pipeThrough(values).pipeTo(to.writable());
  expect([to.firstOffset, to.committedOffset]).toEqual([0, 3900]);
  expect(to.read(17).value).toEqual({ n: 117 });
  await from.close();
  await to.close();
});

test("a readable asks for no more than a batch ahead, and lets go when it is cancelled", async () => {
  const log = await openLog(temporaryDirectory());
  for await (const value of numbers(5000)) log.write(value);
  await log.sync();
  let decoded = 0;
  const counted = await openLog(log.path, {
    readOnly: true,
    codec: {
      encode: () => new Uint8Array(0),
      decode: () => {
        decoded++;
      },
    },
  });
  const reader = counted.readable({ recordsMax: 10 }).getReader();
  await reader.read();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(decoded).toBeLessThanOrEqual(30);
  await reader.cancel();
  await counted.close();
  await log.close();
});

test("a consumer that fails ends the pipeline with its error, and the log goes on", async () => {
  const log = await openLog(temporaryDirectory());
  for await (const value of numbers(1000)) log.write(value);
  await log.sync();
  let seen = 0;
  const failing = new Writable({
    objectMode: true,
    write(_record, _encoding, done) {
      seen++;
      done(seen === 300 ? new Error("no more") : undefined);
    },
  });
  await expect(pipeline(log.readable(), failing)).rejects.toThrow("no more");
  expect(await log.append("on")).toBe(1000);
  await log.close();
});

test("a source that fails ends the writable; what was written before is there after a sync", async () => {
  const log = await openLog(temporaryDirectory());
  const source = async function* (): AsyncGenerator<string, undefined> {
    yield* numbers(10);
    throw new Error("source");
  };
  await expect(pipeline(source, asSink(log.writable()))).rejects.toThrow("source");
  await log.sync();
  expect(log.committedOffset).toBeLessThanOrEqual(10);
  for await (const record of log.records()) {
    expect(textOf(record).split(" ")[0]).toBe(`${record.offset}`);
  }
  await log.close();
});

test("an abort ends both with the signal's reason", async () => {
  const log = await openLog(temporaryDirectory());
  for await (const value of numbers(10)) log.write(value);
  await log.sync();
  const aborted = AbortSignal.abort(new Error("enough"));
  const reading = log.readable({ signal: aborted }).pipeTo(new WritableStream());
  await expect(reading).rejects.toThrow("enough");
  const endless = new ReadableStream<string>({ pull: (controller) => controller.enqueue("x") });
  const abort = new AbortController();
  const writing = endless.pipeTo(log.writable(), { signal: abort.signal });
  setTimeout(() => abort.abort(new Error("stop")), 10);
  await expect(writing).rejects.toThrow("stop");
  await log.sync();
  expect(await log.append("on")).toBe(log.committedOffset - 1);
  await log.close();
});

test("a writable fails with what the log refuses, and with a closed log", async () => {
  const log = await openLog(temporaryDirectory(), { recordBytesMax: 10 });
  const writer = log.writable().getWriter();
  await writer.write("short");
  const code = "ERR_SEGLOG_RECORD_TOO_LARGE";
  await expect(writer.write("much too long")).rejects.toMatchObject({ code });
  await expect(writer.closed).rejects.toMatchObject({ code });
  await log.close();
  const late = log.writable().getWriter();
  late.closed.catch(() => {}); // as the write
  await expect(late.write("x")).rejects.toMatchObject({ code: "ERR_SEGLOG_CLOSED" });
});
