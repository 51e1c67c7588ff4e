import { openLog } from "@seglog/log";
import { describe, expect, it } from "vitest";
import { memoryPlace } from "./support/place.ts";
import { appendRange, brief, collect, rangeOf, textOf, valueAt } from "./support/records.ts";

const LIMITS = { indexEntriesMax: 4 };
const OUT_OF_RANGE = { code: "ERR_SEGLOG_OUT_OF_RANGE" };

async function filled(count: number, first = 0) {
  const log = await memoryPlace({ ...LIMITS, firstOffset: first }).open();
  appendRange(log, first, first + count);
  await log.sync();
  return log;
}

describe("what is committed", () => {
  it("a record is read once a sync has covered it, or uncommitted from the call on", async () => {
    const log = await memoryPlace(LIMITS).open();
    appendRange(log, 0, 3);
    expect([log.nextOffset, log.committedOffset, log.offsetRange()]).toEqual([3, 0, undefined]);
    expect(() => log.read(0)).toThrow(expect.objectContaining(OUT_OF_RANGE));
    expect(textOf(log.read(0, { uncommitted: true }).value)).toBe("0");
    expect(await collect(log.batches())).toEqual([]);
    await log.flush();
    expect(log.committedOffset).toBe(0);
    await log.sync();
    expect([log.committedOffset, log.offsetRange()]).toEqual([3, { lowest: 0, highest: 2 }]);
    expect(textOf(log.readView(2).value)).toBe(textOf(valueAt(2)));
    await log.close();
  });

  it('with commitOn "flush", once the OS has it', async () => {
    const log = await memoryPlace({ ...LIMITS, commitOn: "flush" }).open();
    appendRange(log, 0, 3);
    expect(log.committedOffset).toBe(0);
    await log.flush();
    expect(log.committedOffset).toBe(3);
    expect(log.stats().syncs).toBe(0);
    await log.close();
  });

  it("uncommitted reads see what waits for a roll, one by one and in batches, both ways", async () => {
    const log = await memoryPlace(LIMITS).open();
    appendRange(log, 0, 6);
    await log.sync();
    appendRange(log, 6, 30);
    for (let n = 0; n < 30; n++) {
      expect(textOf(log.read(n, { uncommitted: true }).value)).toBe(textOf(valueAt(n)));
    }
    const options = { uncommitted: true, recordsMax: 5 };
    const [forward, backward] = [log.batches(options), log.batches({ ...options, reverse: true })];
    expect(brief(await collect(forward))).toEqual(rangeOf(0, 30));
    expect(brief(await collect(backward)).reverse()).toEqual(rangeOf(0, 30));
    await log.close();
  });

  it("read gives bytes that the caller owns", async () => {
    const log = await filled(3);
    log.read(1).value.fill(0);
    expect(textOf(log.read(1).value)).toBe(textOf(valueAt(1)));
    await log.close();
  });
});

describe("batches", () => {
  it("any range, either way", async () => {
    const log = await filled(11, 5);
    for (let from = 5; from <= 16; from++) {
      for (let to = 5; to <= 16; to++) {
        const forward = await collect(log.batches({ from, to, recordsMax: 3 }));
        expect(brief(forward), `${from} to ${to}`).toEqual(rangeOf(from, to));
        const backward = await collect(log.batches({ from, to, reverse: true, recordsMax: 3 }));
        expect(brief(backward).reverse(), `${from} to ${to}`).toEqual(rangeOf(from, to));
      }
    }
    await log.close();
  });

  it.each([1, 20, 60, 10_000])(
    "hold at most bytesMax (%s) with framing; one larger record goes alone",
    async (bytesMax) => {
      const log = await memoryPlace({ indexEntriesMax: 50 }).open();
      const sizes = [0, 5, 30, 100, 2, 2, 2, 50, 0, 0, 0, 44, 45];
      for (const size of sizes) log.append(new Uint8Array(size));
      await log.sync();
      for (const reverse of [false, true]) {
        const seen: number[] = [];
        for await (const batch of log.batches({ bytesMax, reverse })) {
          const bytes = batch.reduce((sum, { value }) => sum + value.length + 16, 0);
          if (batch.length > 1) expect(bytes).toBeLessThanOrEqual(bytesMax);
          seen.push(...batch.map(({ value }) => value.length));
        }
        expect(reverse ? seen.reverse() : seen).toEqual(sizes);
      }
      await log.close();
    },
  );

  it("end where the log ended at the call, over appends and rolls", async () => {
    const log = await filled(11);
    const iteration = log.batches({ recordsMax: 2 });
    const seen = [...((await iteration.next()).value ?? [])];
    appendRange(log, 11, 40);
    await log.sync();
    seen.push(...(await collect(iteration)));
    expect(brief(seen)).toEqual(rangeOf(0, 11));
    await log.close();
  });

  it("go on behind what truncateBefore removed", async () => {
    const log = await filled(20);
    const [forward, backward] = [
      log.batches({ recordsMax: 3 }),
      log.batches({ recordsMax: 3, reverse: true }),
    ];
    const seen = brief((await forward.next()).value ?? []);
    const back = brief((await backward.next()).value ?? []);
    await log.truncateBefore(10);
    seen.push(...brief(await collect(forward)));
    back.push(...brief(await collect(backward)));
    expect(seen).toEqual([...rangeOf(0, 3), ...rangeOf(10, 20)]);
    expect(back.reverse()).toEqual(rangeOf(10, 20));
    await log.close();
  });

  it("end at what truncateAfter removed, though other records have come in its place", async () => {
    const log = await filled(20);
    const forward = log.batches({ recordsMax: 3 });
    const backward = log.batches({ recordsMax: 3, reverse: true });
    const untouched = log.batches({ recordsMax: 3, to: 9 });
    const seen = brief((await forward.next()).value ?? []);
    await log.truncateAfter(9);
    for (let n = 0; n < 30; n++) log.append(new TextEncoder().encode("other"));
    await log.sync();
    seen.push(...brief(await collect(forward)));
    expect(seen).toEqual(rangeOf(0, 10));
    expect(brief(await collect(backward)).reverse()).toEqual(rangeOf(0, 10));
    expect(brief(await collect(untouched))).toEqual(rangeOf(0, 9));
    await log.close();
  });

  it("fail with the signal's reason when it aborts, at once if it has", async () => {
    const log = await filled(20);
    const controller = new AbortController();
    const iteration = log.batches({ recordsMax: 1, signal: controller.signal });
    await iteration.next();
    const reason = new Error("enough");
    controller.abort(reason);
    await expect(iteration.next()).rejects.toBe(reason);
    await expect(log.batches({ signal: AbortSignal.abort(reason) }).next()).rejects.toBe(reason);
    await log.close();
  });

  it("hold nothing between batches: leaving one unfinished keeps nobody waiting", async () => {
    const log = await filled(20);
    for await (const _ of log.batches({ recordsMax: 1 })) break;
    await log.batches({ recordsMax: 1 }).next();
    await log.truncateBefore(20);
    expect(log.segments().length).toBe(1);
    await log.close();
  });

  it("fail with ERR_SEGLOG_CLOSED once the log is closed", async () => {
    const log = await filled(20);
    const iteration = log.batches({ recordsMax: 1 });
    await iteration.next();
    await log.close();
    await expect(iteration.next()).rejects.toMatchObject({ code: "ERR_SEGLOG_CLOSED" });
  });
});

describe("a backward iteration", () => {
  it("looks at no more records than a few before the first batch, however many there are", async () => {
    let scanned = 0;
    const catalog = await memoryPlace().catalog();
    const create = catalog.create.bind(catalog);
    catalog.create = async (baseOffset) => {
      const segment = await create(baseOffset);
      const scan = segment.scan.bind(segment);
      segment.scan = (from, limits) => {
        const records = scan(from, limits);
        scanned += records.length;
        return records;
      };
      return segment;
    };
    const log = await openLog(catalog);
    for (let n = 0; n < 200; n++) log.append(new Uint8Array(300_000).fill(n));
    await log.sync();
    const offsets: number[] = [];
    for await (const batch of log.batches({ reverse: true })) {
      if (offsets.length === 0) expect(scanned).toBeLessThan(20);
      offsets.push(...batch.map(({ offset }) => offset));
    }
    expect(offsets).toEqual(Array.from({ length: 200 }, (_, i) => 199 - i));
    expect(scanned).toBeLessThan(3 * 200);
    await log.close();
  });
});
