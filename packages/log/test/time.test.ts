import { describe, expect, it } from "vitest";
import { memoryPlace } from "./support/place.ts";
import { valueAt } from "./support/records.ts";

describe("times", () => {
  const times = [5, 5, 5, 7, 9, 9, 12, 30, 30, 31];

  it("offsetAtTime finds the first record at or after every time", async () => {
    let now = 0;
    const log = await memoryPlace({ indexEntriesMax: 3, clock: () => now }).open();
    for (const [n, time] of times.entries()) {
      now = time;
      log.append(valueAt(n));
    }
    expect(log.offsetAtTime(0)).toBe(0); // nothing is committed
    await log.sync();
    for (let time = 0; time < 40; time += 0.5) {
      const found = times.findIndex((each) => each >= time);
      expect(log.offsetAtTime(time), String(time)).toBe(found === -1 ? times.length : found);
    }
    await log.truncateBefore(4);
    expect([0, 5, 9, 10].map((time) => log.offsetAtTime(time))).toEqual([4, 4, 4, 6]);
    await log.close();
  });

  it("never fall, though the clock does, over rolls and reopening", async () => {
    let now = 100;
    const place = memoryPlace({ indexEntriesMax: 2, clock: () => now });
    const log = await place.open();
    const clock = [100, 90, 110, 3, 0, 111];
    for (const [n, time] of clock.entries()) {
      now = time;
      log.append(valueAt(n));
    }
    await log.close();
    now = 1;
    const again = await place.open();
    again.append(valueAt(6));
    await again.sync();
    expect([0, 1, 2, 3, 4, 5, 6].map((n) => again.read(n).time)).toEqual([
      100, 100, 110, 110, 110, 111, 111,
    ]);
    await again.close();
  });

  it("never fall behind a truncateAfter, of everything too, and a crash", async () => {
    let now = 500;
    const log = await memoryPlace({ clock: () => now }).open();
    log.append(valueAt(0));
    now = 20;
    await log.truncateAfter(-1);
    log.append(valueAt(0));
    await log.sync();
    expect(log.read(0).time).toBe(500);
    await log.close();
  });

  it("an empty log has none: its next offset is the answer", async () => {
    const log = await memoryPlace({ firstOffset: 7 }).open();
    expect(log.offsetAtTime(0)).toBe(7);
    expect(log.offsetAtTime(Number.MAX_VALUE)).toBe(7);
    await log.close();
  });

  it.each([-1, Number.NaN, "5", undefined])("offsetAtTime(%s) is refused", async (time) => {
    const log = await memoryPlace().open();
    expect(() => log.offsetAtTime(time as number)).toThrow(
      expect.objectContaining({ code: "ERR_SEGLOG_INVALID_ARGUMENT" }),
    );
    await log.close();
  });

  it.each([-1, Number.NaN, 2 ** 48, Number.POSITIVE_INFINITY])(
    "a clock that gives %s appends nothing",
    async (time) => {
      const log = await memoryPlace({ clock: () => time }).open();
      expect(() => log.append(valueAt(0))).toThrow(/clock/);
      expect(() => log.appendBatch([valueAt(0)])).toThrow(/clock/);
      expect(log.nextOffset).toBe(0);
      await log.close();
    },
  );
});
