import type { Segment } from "../contract.ts";
import { equal, failsWith, holds } from "./expect.ts";
import type { Cases, SegmentHarness } from "./harness.ts";
import { appendAll, bytesOf, holdsRecords, someRecords } from "./records.ts";

const LAST_OFFSET = Number.MAX_SAFE_INTEGER - 1;
const TIME_MAX = 2 ** 48 - 1;

/** What `append` promises. */
export const APPEND_CASES: Cases<SegmentHarness> = {
  async "an empty segment begins and ends at its base offset and holds no bytes"({ open }) {
    const segment = await open({ baseOffset: 12 });
    equal("baseOffset", segment.baseOffset, 12);
    equal("storeBytes", segment.storeBytes, 0);
    equal("indexBytes", segment.indexBytes, 0);
    equal("stagedBytes", segment.stagedBytes, 0);
    equal("tornBytes", segment.tornBytes, 0);
    equal("indexRebuilt", segment.indexRebuilt, false);
    equal("isFull", segment.isFull, false);
    holdsRecords(segment, []);
    await segment.close();
  },
  ...Object.fromEntries(
    [0, 1, 65_534, 2 ** 32 - 3, LAST_OFFSET - 99].map((baseOffset) => [
      `offsets rise by one from the base offset ${baseOffset}`,
      async ({ open }: SegmentHarness) => {
        const segment = await open({ baseOffset });
        const records = someRecords(100);
        appendAll(segment, records);
        holdsRecords(segment, records);
        await segment.close();
      },
    ]),
  ),
  async "2^53 - 2 is the last offset: a further append fails and changes nothing"({ open }) {
    const segment = await open({ baseOffset: LAST_OFFSET });
    const records = someRecords(1);
    appendAll(segment, records);
    await refuses(segment, "ERR_SEGLOG_INVALID_ARGUMENT", () =>
      segment.append(new Uint8Array(1), TIME_MAX, false),
    );
    holdsRecords(segment, records);
    await segment.close();
  },
  async "append copies: the caller may reuse its buffer at once"({ open }) {
    const segment = await open({ baseOffset: 0 });
    const buffer = new Uint8Array(50);
    const records = someRecords(20).map(({ time }, i) => ({ time, value: bytesOf(50, i) }));
    for (const { time, value } of records) {
      buffer.set(value);
      segment.append(buffer, time, false);
      buffer.fill(255);
    }
    holdsRecords(segment, records);
    await segment.sync();
    holdsRecords(segment, records);
    await segment.close();
  },
  async "records of 0 and 1 bytes and of 3 MiB come back byte for byte"({ open }) {
    const segment = await open({ baseOffset: 5 });
    const lengths = [0, 1, 3 * 2 ** 20, 0, 65_536, 65_537, 1];
    const records = lengths.map((length, i) => ({ time: i, value: bytesOf(length, i) }));
    appendAll(segment, records);
    holdsRecords(segment, records);
    await segment.sync();
    holdsRecords(segment, records);
    await segment.close();
  },
  async "every byte of a value is kept, whatever it is"({ open }) {
    const segment = await open({ baseOffset: 0 });
    const fills = [0, 1, 127, 128, 254, 255];
    const records = fills.map((fill, time) => ({ time, value: new Uint8Array(24).fill(fill) }));
    appendAll(segment, records);
    holdsRecords(segment, records);
    await segment.close();
  },
  async "times are kept from 0 to 2^48 - 1"({ open }) {
    const segment = await open({ baseOffset: 0 });
    const times = [0, 0, 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 40 + 7, TIME_MAX, TIME_MAX];
    const records = times.map((time, i) => ({ time, value: bytesOf(i, i) }));
    appendAll(segment, records);
    holdsRecords(segment, records);
    await segment.close();
  },
  async "a time that is no integer in [0, 2^48) is refused and nothing is appended"({ open }) {
    const segment = await open({ baseOffset: 0 });
    const records = someRecords(2);
    appendAll(segment, records);
    for (const time of [-1, 0.5, TIME_MAX + 1, Number.NaN, Number.POSITIVE_INFINITY]) {
      await refuses(segment, "ERR_SEGLOG_INVALID_ARGUMENT", () =>
        segment.append(new Uint8Array(3), time, false),
      );
    }
    appendAll(segment, records);
    holdsRecords(segment, [...records, ...records]);
    await segment.close();
  },
  async "a value that is no Uint8Array is refused and nothing is appended"({ open }) {
    const segment = await open({ baseOffset: 3 });
    const records = someRecords(3);
    appendAll(segment, records);
    for (const value of [undefined, "text", [1, 2]] as unknown as Uint8Array[]) {
      await refuses(segment, "ERR_SEGLOG_INVALID_ARGUMENT", () =>
        segment.append(value, TIME_MAX, false),
      );
    }
    appendAll(segment, records);
    holdsRecords(segment, [...records, ...records]);
    await segment.close();
  },
  async "records of a batch have offsets and are read like any others"({ open }) {
    const segment = await open({ baseOffset: 9 });
    const records = someRecords(6);
    for (const [i, { time, value }] of records.entries()) {
      equal("offset", segment.append(value, time, i % 3 !== 2), 9 + i);
    }
    await segment.sync();
    holdsRecords(segment, records);
    await segment.close();
  },
  async "appends and reads go on while a flush and a sync are in flight"({ open }) {
    const segment = await open({ baseOffset: 0 });
    const records = someRecords(400);
    for (let i = 0; i < 400; i += 100) {
      appendAll(segment, records.slice(i, i + 50));
      const inFlight = [segment.flush(), segment.sync()];
      appendAll(segment, records.slice(i + 50, i + 100));
      holdsRecords(segment, records.slice(0, i + 100));
      await Promise.all(inFlight);
      holdsRecords(segment, records.slice(0, i + 100));
    }
    await segment.close();
  },
  async "after a flush nothing is staged"({ open }) {
    const segment = await open({ baseOffset: 0 });
    await segment.flush();
    appendAll(segment, someRecords(10));
    await segment.flush();
    equal("stagedBytes", segment.stagedBytes, 0);
    await segment.close();
  },
};

/** What the limits of a segment promise. */
export const LIMIT_CASES: Cases<SegmentHarness> = {
  async "storeBytes grows by a constant and the value's length with every append"({ open }) {
    const segment = await open({ baseOffset: 0 });
    const overhead = appendedBytes(segment, 0);
    for (const length of [1, 10, 1000]) {
      equal("storeBytes grew by", appendedBytes(segment, length), overhead + length);
    }
    await segment.close();
  },
  async "a segment is full from segmentBytesMax on, and appends go on all the same"({ open }) {
    const probe = await open({ baseOffset: 0, segmentBytesMax: 400 });
    while (probe.storeBytes < 400) {
      equal("isFull", probe.isFull, false);
      appendedBytes(probe, Math.min(20, 400 - probe.storeBytes));
    }
    equal("isFull", probe.isFull, true);
    appendedBytes(probe, 20);
    equal("isFull", probe.isFull, true);
    await probe.close();
  },
  async "a segment is full from indexEntriesMax on, and appends go on all the same"({ open }) {
    const segment = await open({ baseOffset: 30, indexEntriesMax: 3 });
    for (const isFull of [false, false, true, true]) {
      appendedBytes(segment, 0);
      equal("isFull", segment.isFull, isFull);
    }
    await segment.close();
  },
  async "hasRoom says exactly whether records fit below segmentBytesMax"({ open }) {
    const segment = await open({ baseOffset: 0, segmentBytesMax: 1000 });
    const overhead = appendedBytes(segment, 0);
    const room = 1000 - segment.storeBytes;
    holds(segment.hasRoom(room - overhead, 1), "one record that just fits has room");
    holds(!segment.hasRoom(room - overhead + 1, 1), "one byte more has not");
    holds(segment.hasRoom(room - 3 * overhead, 3), "three records that just fit have room");
    holds(!segment.hasRoom(room - 3 * overhead, 4), "one record more has not");
    appendedBytes(segment, room - overhead);
    holds(!segment.hasRoom(0, 1), "a full segment has no room for the empty record");
    await segment.close();
  },
  async "hasRoom says exactly whether records fit below indexEntriesMax"({ open }) {
    const segment = await open({ baseOffset: 0, indexEntriesMax: 5 });
    appendedBytes(segment, 0);
    holds(segment.hasRoom(0, 4), "the fifth record has room");
    holds(!segment.hasRoom(0, 5), "the sixth has not");
    await segment.close();
  },
  async "an empty segment has room for anything"({ open }) {
    const segment = await open({ baseOffset: 0, segmentBytesMax: 1, indexEntriesMax: 1 });
    holds(segment.hasRoom(2 ** 30, 2 ** 20), "a batch larger than every limit has room");
    appendedBytes(segment, 10);
    holds(!segment.hasRoom(0, 1), "the next has not");
    await segment.truncate(0);
    holds(segment.hasRoom(2 ** 30, 2 ** 20), "emptied, it has room again");
    await segment.close();
  },
};

/** Bytes by which one append makes the store grow. */
function appendedBytes(segment: Segment, length: number): number {
  const before = segment.storeBytes;
  segment.append(new Uint8Array(length), 7, false);
  return segment.storeBytes - before;
}

async function refuses(
  segment: Segment,
  code: "ERR_SEGLOG_INVALID_ARGUMENT",
  append: () => unknown,
): Promise<void> {
  const { nextOffset, storeBytes } = segment;
  await failsWith(code, "append", append);
  equal("nextOffset", segment.nextOffset, nextOffset);
  equal("storeBytes", segment.storeBytes, storeBytes);
}
