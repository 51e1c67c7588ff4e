import { memoryFileSystem } from "@seglog/fs";
import { copyStore, inspectStore } from "@seglog/store";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lostBytes, lostFrames, payloadKind, saysLost, toldNumber } from "../src/lost-record.ts";
import { writeNumber, writeTime } from "../src/record-head.ts";

const span = fc
  .record({
    count: fc.integer({ min: 1, max: 200 }),
    more: fc.nat(5000),
    offset: fc.nat(2 ** 40),
    from: fc.nat(2 ** 33),
    before: fc.integer({ min: -1, max: 3 }),
    after: fc.integer({ min: -1, max: 3 }),
  })
  .map(({ more, ...rest }) => ({ ...rest, to: rest.from + rest.count * 8 + more }));

describe("lost frames", () => {
  it("are as many as asked for, fill their span, and none is taken for its record", () => {
    fc.assert(
      fc.property(span, (lost) => {
        let position = lost.from;
        let offset = lost.offset;
        for (const { head, payloadBytes } of lostFrames(lost)) {
          const payload = { bytes: head, at: 0, payloadBytes };
          expect(payloadKind(payload, offset)).toBe("lost");
          if (payloadBytes >= 8) expect(toldNumber(payload)).toBe(offset % 65_536);
          position += 8 + payloadBytes;
          offset++;
        }
        expect([position, offset]).toEqual([lost.to, lost.offset + lost.count]);
      }),
    );
  });

  it("lead from the generation before to the one behind in steps of at most one, if they can", () => {
    fc.assert(
      fc.property(span, (lost) => {
        const own = [...lostFrames(lost)].map(({ generation }) => generation);
        const all = [lost.before, ...own, lost.after].filter((generation) => generation !== -1);
        const steps = all.slice(1).map((generation, i) => (generation - (all[i] ?? 0) + 4) % 4);
        const isPossible = lost.count > 1 || steps.reduce((sum, step) => sum + step, 0) < 3;
        if (isPossible) expect(steps.every((step) => step <= 1)).toBe(true);
      }),
    );
  });

  it("are valid where they stand in a store, long ones too", async () => {
    const fs = memoryFileSystem();
    const to = 3 * 2 ** 20;
    const lost = { from: 0, to, offset: 70_000, count: 3, before: -1, after: -1 };
    const header = { frameFormat: "checked", salt: 77, baseOffset: 70_000, logId: 0 } as const;
    const spans = [{ ...lost, frames: lostFrames(lost) }];
    await copyStore({ fs, to: "/lost", header, spans, end: to });
    const store = await inspectStore({ fs, path: "/lost" });
    const frames: number[] = [];
    const end = await store.walk(
      {
        frame({ frameBytes }) {
          frames.push(frameBytes);
          return true;
        },
        bad: () => expect.unreachable(),
        turn: () => {},
      },
      { header },
    );
    await store.close();
    expect(frames).toEqual([8, 8, to - 16]);
    expect(end).toMatchObject({ position: to, rest: "nothing", verdict: "keep" });
  });
});

it("a record is told from a lost one by its number, whatever its time", () => {
  const record = new Uint8Array(8);
  for (const offset of [0, 1, 65_535, 65_536, 1e9]) {
    writeNumber(record, offset);
    for (const time of [0, 91_557_014_032_211]) {
      writeTime(record, time);
      const head = { bytes: record, at: 0, payloadBytes: 8 };
      expect(payloadKind(head, offset)).toBe("record");
      expect(payloadKind(head, offset + 2)).toBe("wrong");
      expect(saysLost(record, offset)).toBe(false);
    }
  }
  expect(lostBytes(3)).toBe(32);
});
