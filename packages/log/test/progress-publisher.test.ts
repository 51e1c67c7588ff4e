import type { LogProgress } from "@seglog/segment";
import { expect, test } from "vitest";
import { cutTo, lowestCutSince } from "../src/progress-publisher.ts";

const ENDLESS = Number.POSITIVE_INFINITY;
const NONE: LogProgress = { firstOffset: 0, committedOffset: 1000, cutCount: 0, cuts: [] };

test("for every n, cuts tell how far those after the nth went: never less far, and exactly below 16", () => {
  let seed = 1;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) % below;
  };
  for (let run = 0; run < 40; run++) {
    let progress = NONE;
    const all: number[] = [];
    for (let count = 1 + random(60); count > 0; count--) {
      // rising ends are what has to be kept apart
      const nextOffset = run % 2 === 0 ? random(100) : all.length * 3 + random(3);
      all.push(nextOffset);
      progress = cutTo(progress, nextOffset);
      expect(progress.cutCount).toBe(all.length);
      expect(progress.cuts.length).toBeLessThanOrEqual(16);
      const exact = [...all.keys(), all.length].map((n) => Math.min(ENDLESS, ...all.slice(n)));
      const told = exact.map((_, n) => lowestCutSince(progress, n));
      expect(told.filter((end, n) => end > (exact[n] as number))).toEqual([]);
      if (progress.cuts.length < 16) expect(told).toEqual(exact);
    }
  }
});
