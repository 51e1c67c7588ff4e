import { answersAs, equal, failsWith, writeAll } from "./expect.ts";
import type { IndexCase } from "./harness.ts";

const MAX = Number.MAX_SAFE_INTEGER;

/** What `read` and `floor` promise. */
export const readingCases: readonly IndexCase[] = [
  {
    name: "the first entry is always kept",
    async prove({ open }) {
      const index = await open();
      for (let n = 0; n < 1000; n += 1) index.write(3 + n, 17 + n * 7);
      equal("read(3)", index.read(3), 17);
      equal("position of floor(3)", index.floor(3)?.position, 17);
      await index.close();
    },
  },
  {
    name: "read never answers for an offset that was not written",
    async prove({ open }) {
      const index = await open();
      writeAll(index, { firstOffset: 10, positions: [0, 5000, 10_000] });
      for (const offset of [0, 9, 13, 14, 42, 2 ** 32 + 10, 2 ** 32 + 11, MAX]) {
        equal(`read(${offset})`, index.read(offset), undefined);
      }
      await index.close();
    },
  },
  {
    name: "floor is never above the offset asked for, and the last entry far beyond the end",
    async prove({ open, exact }) {
      const index = await open();
      const positions = Array.from({ length: 100 }, (_, n) => n * 5000);
      writeAll(index, { firstOffset: 10, positions });
      answersAs(index, { firstOffset: 10, positions }, exact);
      for (const offset of [110, 2 ** 32 + 10, MAX]) {
        if (exact) equal(`offset of floor(${offset})`, index.floor(offset)?.offset, 109);
      }
      await index.close();
    },
  },
  {
    name: "20,000 entries at uneven distances are all found from their floor",
    async prove({ open, exact }) {
      const index = await open();
      const model = { firstOffset: 1_000_000, positions: unevenPositions(20_000) };
      writeAll(index, model);
      answersAs(index, model, exact);
      await index.close();
    },
  },
  {
    name: "an entry returned by floor stays as it was while writing goes on",
    async prove({ open }) {
      const index = await open();
      index.write(0, 11);
      const entry = index.floor(0);
      for (let n = 1; n < 5000; n += 1) index.write(n, 11 + n * 100);
      index.floor(4000);
      equal("offset of the entry", entry?.offset, 0);
      equal("position of the entry", entry?.position, 11);
      await index.close();
    },
  },
  {
    name: "asking for what is no safe integer from 0 is refused",
    async prove({ open }) {
      const index = await open();
      const code = "ERR_SEGLOG_INVALID_ARGUMENT";
      for (let round = 0; round < 2; round += 1) {
        for (const wrong of [-1, 0.5, Number.NaN, MAX + 1, Number.NEGATIVE_INFINITY]) {
          await failsWith(`read(${wrong})`, code, () => index.read(wrong));
          await failsWith(`floor(${wrong})`, code, () => index.floor(wrong));
        }
        index.write(round, round);
      }
      await index.close();
    },
  },
];

/** Rising positions with steps from 1 to 8192, the same at every call. */
export function unevenPositions(count: number): number[] {
  const positions: number[] = [];
  let position = 0;
  let state = 1;
  for (let n = 0; n < count; n += 1) {
    positions.push(position);
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    position += 1 + (state >>> (19 + (n % 8)));
  }
  return positions;
}
