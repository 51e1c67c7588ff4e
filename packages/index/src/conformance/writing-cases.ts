import type { Index } from "../contract.ts";
import { answersAs, equal, failsWith, holds, writeAll } from "./expect.ts";
import type { IndexCase } from "./harness.ts";

const MAX = Number.MAX_SAFE_INTEGER;
const NOT_A_COUNT: readonly number[] = [-1, 0.5, Number.NaN, MAX + 1, Number.POSITIVE_INFINITY];

/** What `write` promises. */
export const writingCases: readonly IndexCase[] = [
  {
    name: "a new index is empty, and says so to every question",
    async prove({ open, exact }) {
      const index = await open();
      answersAs(index, { firstOffset: 0, positions: [] }, exact);
      equal("bytes", index.bytes, 0);
      await index.close();
    },
  },
  {
    name: "one entry is found",
    async prove({ open, exact }) {
      const index = await open();
      index.write(0, 0);
      answersAs(index, { firstOffset: 0, positions: [0] }, exact);
      await index.close();
    },
  },
  {
    name: "the first offset may be any, and entries count on from it",
    async prove({ open, exact }) {
      const index = await open();
      const model = { firstOffset: 4_294_967_290, positions: [0, 13, 26, 39, 52, 65, 78, 91] };
      writeAll(index, model);
      answersAs(index, model, exact);
      await index.close();
    },
  },
  {
    name: "positions come back exactly on both sides of 2^31, 2^32 and up to 2^53 - 1",
    async prove({ open, exact }) {
      const index = await open();
      const positions = [31, 32, 33, 52].flatMap((n) => [2 ** n - 1, 2 ** n, 2 ** n + 1]);
      const model = { firstOffset: 7, positions: [1, ...positions, MAX - 1, MAX] };
      writeAll(index, model);
      answersAs(index, model, exact);
      await index.close();
    },
  },
  {
    name: "the largest offset is written, and nothing after it",
    async prove({ open, exact }) {
      const index = await open();
      writeAll(index, { firstOffset: MAX - 1, positions: [5, 6] });
      await refuses(index, MAX + 1, 7);
      answersAs(index, { firstOffset: MAX - 1, positions: [5, 6] }, exact);
      await index.close();
    },
  },
  {
    name: "an offset that is not the next one is refused, and nothing is written",
    async prove({ open, exact }) {
      const index = await open();
      const model = { firstOffset: 10, positions: [100, 200, 300] };
      writeAll(index, model);
      for (const offset of [0, 9, 10, 12, 14, 15, MAX]) await refuses(index, offset, 400);
      answersAs(index, model, exact);
      index.write(13, 400);
      answersAs(index, { firstOffset: 10, positions: [100, 200, 300, 400] }, exact);
      await index.close();
    },
  },
  {
    name: "a position that does not rise is refused, and nothing is written",
    async prove({ open, exact }) {
      const index = await open();
      const model = { firstOffset: 0, positions: [100, 200] };
      writeAll(index, model);
      for (const position of [0, 99, 100, 199, 200]) await refuses(index, 2, position);
      answersAs(index, model, exact);
      index.write(2, 201);
      answersAs(index, { firstOffset: 0, positions: [100, 200, 201] }, exact);
      await index.close();
    },
  },
  {
    name: "what is no safe integer from 0 is refused as offset and as position",
    async prove({ open, exact }) {
      const index = await open();
      for (const wrong of NOT_A_COUNT) {
        await refuses(index, wrong, 0);
        await refuses(index, 0, wrong);
      }
      index.write(0, 0);
      for (const wrong of NOT_A_COUNT) {
        await refuses(index, wrong, 1);
        await refuses(index, 1, wrong);
      }
      answersAs(index, { firstOffset: 0, positions: [0] }, exact);
      await index.close();
    },
  },
  {
    name: "bytes rises with what is kept",
    async prove({ open, exact }) {
      const index = await open();
      index.write(0, 0);
      const one = index.bytes;
      holds("bytes of one entry is above 0", one > 0);
      for (let n = 1; n < 1000; n += 1) index.write(n, n * 1_000_000);
      holds("bytes does not fall", index.bytes >= one);
      if (exact) equal("bytes of 1000 entries", index.bytes, 1000 * one);
      await index.close();
    },
  },
];

async function refuses(index: Index, offset: number, position: number): Promise<void> {
  const call = `write(${offset}, ${position})`;
  await failsWith(call, "ERR_SEGLOG_INVALID_ARGUMENT", () => index.write(offset, position));
}
