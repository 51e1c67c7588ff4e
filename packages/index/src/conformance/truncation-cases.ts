import { answersAs, equal, failsWith, writeAll } from "./expect.ts";
import type { IndexCase } from "./harness.ts";
import { unevenPositions } from "./reading-cases.ts";

const MAX = Number.MAX_SAFE_INTEGER;

/** What `truncate` promises. */
export const truncationCases: readonly IndexCase[] = [
  {
    name: "truncate drops the offset and all above it, and keeps all below",
    async prove({ open, exact }) {
      const index = await open();
      const positions = unevenPositions(300);
      writeAll(index, { firstOffset: 5, positions });
      for (const count of [299, 298, 150, 2, 1]) {
        index.truncate(5 + count);
        answersAs(index, { firstOffset: 5, positions: positions.slice(0, count) }, exact);
      }
      await index.close();
    },
  },
  {
    name: "after a truncate writing goes on at its offset, and what was dropped is not seen again",
    async prove({ open, exact }) {
      const index = await open();
      const positions = unevenPositions(5000);
      writeAll(index, { firstOffset: 0, positions });
      index.truncate(2500);
      const moved = [...positions.slice(0, 2500), ...positions.slice(2500).map((p) => p + 3)];
      for (let n = 2500; n < 5000; n += 1) {
        index.write(n, moved[n] as number);
        equal(`read(${n + 1})`, index.read(n + 1), undefined);
      }
      answersAs(index, { firstOffset: 0, positions: moved }, exact);
      await index.close();
    },
  },
  {
    name: "after a truncate only the next offset is written, at a position above what stayed",
    async prove({ open, exact }) {
      const index = await open();
      writeAll(index, { firstOffset: 0, positions: [0, 100_000, 200_000, 300_000] });
      index.truncate(2);
      const code = "ERR_SEGLOG_INVALID_ARGUMENT";
      await failsWith("write(3, 400000)", code, () => index.write(3, 400_000));
      await failsWith("write(1, 400000)", code, () => index.write(1, 400_000));
      await failsWith("write(2, 1)", code, () => index.write(2, 1));
      if (exact) await failsWith("write(2, 100000)", code, () => index.write(2, 100_000));
      index.write(2, 100_001);
      answersAs(index, { firstOffset: 0, positions: [0, 100_000, 100_001] }, exact);
      await index.close();
    },
  },
  {
    name: "truncating to the first offset, or below, empties; then any offset may be first",
    async prove({ open, exact }) {
      const index = await open();
      for (const [first, cut] of [
        [5, 5],
        [9, 0],
        [3, 2],
      ] as const) {
        writeAll(index, { firstOffset: first, positions: [10, 20, 30] });
        index.truncate(cut);
        answersAs(index, { firstOffset: first, positions: [] }, exact);
        equal("bytes", index.bytes, 0);
      }
      const model = { firstOffset: 1000, positions: [0, 1] };
      writeAll(index, model);
      answersAs(index, model, exact);
      await index.close();
    },
  },
  {
    name: "truncating where nothing was written does nothing",
    async prove({ open, exact }) {
      const index = await open();
      index.truncate(0);
      index.truncate(MAX);
      answersAs(index, { firstOffset: 0, positions: [] }, exact);
      const model = { firstOffset: 4, positions: [1, 2, 3] };
      writeAll(index, model);
      for (const offset of [7, 8, MAX]) index.truncate(offset);
      answersAs(index, model, exact);
      index.write(7, 4);
      answersAs(index, { firstOffset: 4, positions: [1, 2, 3, 4] }, exact);
      await index.close();
    },
  },
  {
    name: "truncating to what is no safe integer from 0 is refused, and drops nothing",
    async prove({ open, exact }) {
      const index = await open();
      const model = { firstOffset: 0, positions: [0, 13, 26] };
      writeAll(index, model);
      for (const wrong of [-1, 1.5, Number.NaN, MAX + 1, Number.POSITIVE_INFINITY]) {
        const code = "ERR_SEGLOG_INVALID_ARGUMENT";
        await failsWith(`truncate(${wrong})`, code, () => index.truncate(wrong));
      }
      answersAs(index, model, exact);
      await index.close();
    },
  },
];
