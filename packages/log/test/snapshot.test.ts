import { crc32 } from "node:zlib";
import { type Log, type LogRecord, restoreSnapshot } from "@seglog/log";
import { describe, expect, it, vi } from "vitest";
import { encodeSnapshotHeader, encodeSnapshotRecords } from "../src/snapshot-format.ts";
import { memoryPlace, type Place, type PlaceOptions } from "./support/place.ts";
import { appendRange, collect, rangeOf } from "./support/records.ts";
import { bytesOf, streamOf } from "./support/streams.ts";

vi.setConfig({ testTimeout: 60_000 }); // on a busy machine

const LIMITS = { indexEntriesMax: 4 };

async function restored(bytes: Uint8Array, options: PlaceOptions = {}, chunk = 7): Promise<Place> {
  const place = memoryPlace(options);
  const catalog = await place.catalog();
  try {
    await restoreSnapshot(catalog, streamOf(bytes, chunk));
  } finally {
    await catalog.close();
  }
  return place;
}

const headOf = ({ offset, time, value }: LogRecord) => [offset, time, value.length];

async function expectSame(place: Place, log: Log): Promise<void> {
  const copy = await place.open();
  expect([copy.firstOffset, copy.nextOffset]).toEqual([log.firstOffset, log.committedOffset]);
  expect(copy.recovery.clean).toBe(true);
  const [found, expected] = [await collect(copy.batches()), await collect(log.batches())];
  expect(found.map(headOf)).toEqual(expected.map(headOf));
  expect(
    found.every(({ value }, i) => Buffer.compare(value, expected[i]?.value ?? value) === 0),
  ).toBe(true);
  await copy.close();
}

describe("reader and restoreSnapshot", () => {
  it.each([
    ["an empty log", 0, 0],
    ["an empty log that begins at 1000", 1000, 0],
    ["one record", 0, 1],
    ["many segments", 0, 50],
    ["a first offset above 0", 12_345, 30],
  ])("%s is restored byte for byte", async (_, firstOffset, count) => {
    let now = 5;
    const log = await memoryPlace({ ...LIMITS, firstOffset, clock: () => now++ }).open();
    appendRange(log, firstOffset, firstOffset + count);
    await log.sync();
    const bytes = await bytesOf(log.reader());
    await expectSame(await restored(bytes), log);
    await expectSame(await restored(bytes, { indexEntriesMax: 3 }, 1), log);
    await log.close();
  });

  it("empty and large records, and what truncateBefore left, are restored byte for byte", async () => {
    const log = await memoryPlace({ segmentBytesMax: 100_000 }).open();
    for (const size of [0, 0, 300_000, 1, 0, 70_000, 70_000])
      log.append(new Uint8Array(size).fill(size));
    await log.sync();
    await log.truncateBefore(1);
    const bytes = await bytesOf(log.reader());
    await expectSame(await restored(bytes, {}, 65_536), log);
    await expectSame(await restored(bytes, {}, bytes.length), log);
    await log.close();
  });

  it("holds what was committed at the call, and nothing that came later", async () => {
    const log = await memoryPlace(LIMITS).open();
    appendRange(log, 0, 10);
    await log.sync();
    appendRange(log, 10, 12);
    const stream = log.reader();
    appendRange(log, 12, 40);
    await log.sync();
    const copy = await (await restored(await bytesOf(stream))).open();
    expect((await collect(copy.batches())).map(({ offset }) => offset)).toEqual(
      rangeOf(0, 10).map(([offset]) => offset),
    );
    await copy.close();
    await log.close();
  });

  it("leaves the catalog open, which is the caller's, also after a failure", async () => {
    const log = await memoryPlace().open();
    appendRange(log, 0, 3);
    await log.sync();
    const bytes = await bytesOf(log.reader());
    await log.close();
    for (const end of [bytes.length, bytes.length - 1]) {
      const catalog = await memoryPlace().catalog();
      await restoreSnapshot(catalog, streamOf(bytes.subarray(0, end))).catch(() => {}); // the 2nd
      expect(await catalog.loadState()).toMatchObject({ firstOffset: 0 });
      await catalog.close();
      await expect(catalog.loadState()).rejects.toMatchObject({ code: "ERR_SEGLOG_CLOSED" });
    }
  });

  it("a restored log refuses to be restored to: nothing is changed", async () => {
    const log = await memoryPlace().open();
    appendRange(log, 0, 3);
    await log.sync();
    const bytes = await bytesOf(log.reader());
    const place = await restored(bytes);
    const catalog = await place.catalog();
    await expect(restoreSnapshot(catalog, streamOf(bytes))).rejects.toMatchObject({
      code: "ERR_SEGLOG_EXISTS",
    });
    await catalog.close();
    await expectSame(place, log);
    await log.close();
  });
});

describe("a damaged snapshot", () => {
  async function small(): Promise<Uint8Array> {
    const log = await memoryPlace({ firstOffset: 3, clock: () => 1_000_000 }).open();
    for (const text of ["", "hello", "w"]) log.append(new TextEncoder().encode(text));
    await log.sync();
    const bytes = await bytesOf(log.reader());
    await log.close();
    return bytes;
  }

  async function codeOf(bytes: Uint8Array): Promise<unknown> {
    const catalog = await memoryPlace().catalog();
    const error: unknown = await restoreSnapshot(catalog, streamOf(bytes, 16)).then(
      () => undefined,
      (cause: unknown) => cause,
    );
    await catalog.close();
    return (error as { code?: unknown } | undefined)?.code;
  }

  it("every prefix is refused", async () => {
    const bytes = await small();
    for (let length = 0; length < bytes.length; length++) {
      expect(await codeOf(bytes.subarray(0, length)), String(length)).toBe(
        "ERR_SEGLOG_BAD_SNAPSHOT",
      );
    }
    expect(await codeOf(bytes)).toBeUndefined();
  });

  it("every flipped bit is refused", async () => {
    const bytes = await small();
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = bytes.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(await codeOf(flipped), `bit ${bit}`).toBe("ERR_SEGLOG_BAD_SNAPSHOT");
    }
  });

  it("bytes behind the end are refused, and records in another order, or left out", async () => {
    const bytes = await small();
    const bad = "ERR_SEGLOG_BAD_SNAPSHOT";
    expect(await codeOf(Uint8Array.from([...bytes, 0]))).toBe(bad);
    const [head, a, b, c] = [
      bytes.subarray(0, 32),
      bytes.subarray(32, 48),
      bytes.subarray(48, 69),
      bytes.subarray(69),
    ];
    expect(await codeOf(Buffer.concat([head, b, a, c]))).toBe(bad);
    expect(await codeOf(Buffer.concat([head, a, c]))).toBe(bad);
    expect(await codeOf(Buffer.concat([head, a, a, b, c]))).toBe(bad);
  });

  it("a later version is unsupported, and a time that falls is refused", async () => {
    const bytes = await small();
    const later = bytes.slice();
    later[9] = 2;
    new DataView(later.buffer).setUint32(28, crc32(later.subarray(0, 28)));
    expect(await codeOf(later)).toBe("ERR_SEGLOG_UNSUPPORTED_FORMAT");
    for (const times of [
      [5, 4],
      [0, 2 ** 48],
    ]) {
      const header = encodeSnapshotHeader({ firstOffset: 0, recordCount: 2 });
      const records = times.map((time, offset) => ({ offset, time, value: new Uint8Array(1) }));
      const encoded = encodeSnapshotRecords(records, new DataView(header.buffer).getUint32(28));
      expect(await codeOf(Buffer.concat([header, encoded.bytes]))).toBe("ERR_SEGLOG_BAD_SNAPSHOT");
    }
  });

  it("a length that lies makes it wait for no more than the stream has", async () => {
    const bytes = await small();
    const lying = bytes.slice();
    lying.set([0x0f, 0xff, 0xff, 0xf0], 32 + 4);
    expect(await codeOf(lying)).toBe("ERR_SEGLOG_BAD_SNAPSHOT");
    lying.set([0xff, 0xff, 0xff, 0xff], 32 + 4);
    expect(await codeOf(lying)).toBe("ERR_SEGLOG_BAD_SNAPSHOT");
  });

  it("a source that fails rejects with its error, and one that is no stream is refused", async () => {
    const failing = new ReadableStream<Uint8Array>({
      pull() {
        throw new Error("the source broke");
      },
    });
    const place = memoryPlace();
    const catalog = await place.catalog();
    await expect(restoreSnapshot(catalog, failing)).rejects.toThrow("the source broke");
    for (const stream of [undefined, new Uint8Array(3), {}]) {
      const call = restoreSnapshot(catalog, stream as ReadableStream<Uint8Array>);
      await expect(call).rejects.toMatchObject({ code: "ERR_SEGLOG_INVALID_ARGUMENT" });
    }
    const call = restoreSnapshot(catalog, streamOf(new Uint8Array(0)), {
      clock: Date.now,
    } as object);
    await expect(call).rejects.toMatchObject({ code: "ERR_SEGLOG_INVALID_ARGUMENT" });
    await catalog.close();
  });
});

describe("a snapshot that streams", () => {
  /** A log whose snapshot takes several chunks, which is 600 KB. */
  async function large(): Promise<Log> {
    const log = await memoryPlace({ segmentBytesMax: 150_000 }).open();
    for (let n = 0; n < 20; n++) log.append(new Uint8Array(30_000).fill(n));
    await log.sync();
    return log;
  }

  it("keeps the segments readable that truncateBefore removes", async () => {
    const log = await large();
    const whole = await bytesOf(log.reader());
    const stream = log.reader().getReader();
    const parts = [(await stream.read()).value as Uint8Array];
    await log.truncateBefore(20);
    expect(log.segments().length).toBe(1);
    for (let part = await stream.read(); !part.done; part = await stream.read())
      parts.push(part.value);
    expect(Buffer.concat(parts).equals(Buffer.from(whole))).toBe(true);
    await log.close();
  });

  it("is errored by a truncateAfter into what it has not delivered, at any offset", async () => {
    for (const at of [-1, 3, 4, 18]) {
      const log = await large();
      const stream = log.reader().getReader();
      await stream.read();
      await stream.read();
      await log.truncateAfter(at);
      for (let n = 0; n < 20; n++) log.append(new Uint8Array(30_000).fill(99));
      await log.sync();
      await expect(drain(stream)).rejects.toMatchObject({ code: "ERR_SEGLOG_OUT_OF_RANGE" });
      await log.close();
    }
  });

  it("goes on through a truncateAfter behind its end, which reopens a segment it reads", async () => {
    const log = await large();
    await log.truncateAfter(11);
    const whole = await bytesOf(log.reader());
    const stream = log.reader().getReader();
    const other = log.reader().getReader();
    const parts = [(await stream.read()).value as Uint8Array];
    for (let n = 0; n < 20; n++) log.append(new Uint8Array(30_000).fill(99));
    await log.sync();
    await log.truncateAfter(12);
    for (let part = await stream.read(); !part.done; part = await stream.read())
      parts.push(part.value);
    expect(Buffer.concat(parts).equals(Buffer.from(whole))).toBe(true);
    await other.cancel();
    await log.truncateBefore(13);
    expect(log.segments().length).toBe(1);
    await log.close();
  });

  it("one that is cancelled, also while it is read, leaves another one's segments open", async () => {
    const log = await large();
    const whole = await bytesOf(log.reader());
    const [kept, first, second] = [
      log.reader(),
      log.reader().getReader(),
      log.reader().getReader(),
    ];
    await first.read();
    const pending = first.read();
    await first.cancel();
    await pending;
    await second.cancel();
    await log.truncateBefore(20);
    expect(Buffer.compare(await bytesOf(kept), whole)).toBe(0);
    await log.close();
  });

  it("is errored by close", async () => {
    const log = await large();
    const stream = log.reader().getReader();
    await stream.read();
    await log.close();
    await expect(drain(stream)).rejects.toMatchObject({ code: "ERR_SEGLOG_CLOSED" });
  });
});

async function drain(stream: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  while (!(await stream.read()).done);
}
