import type { Index } from "../contract.ts";
import { answersAs, equal, failsWith, type Model, writeAll } from "./expect.ts";
import type { IndexCase, IndexHarness } from "./harness.ts";
import { unevenPositions } from "./reading-cases.ts";

/** What `sync` and `close` promise. */
export const lifetimeCases: readonly IndexCase[] = [
  {
    name: "sync resolves with and without entries, and as often as asked",
    async prove({ open, exact }) {
      const index = await open();
      await index.sync();
      writeAll(index, { firstOffset: 0, positions: [0, 13] });
      await index.sync();
      await index.sync();
      index.write(2, 26);
      answersAs(index, { firstOffset: 0, positions: [0, 13, 26] }, exact);
      await index.close();
    },
  },
  {
    name: "writing, reading and truncating go on while a sync is in flight",
    async prove({ open, exact }) {
      const index = await open();
      const positions = unevenPositions(6000);
      index.write(0, positions[0] as number);
      const syncing = index.sync();
      for (let n = 1; n < 6000; n += 1) index.write(n, positions[n] as number);
      index.truncate(5000);
      answersAs(index, { firstOffset: 0, positions: positions.slice(0, 5000) }, exact);
      await syncing;
      answersAs(index, { firstOffset: 0, positions: positions.slice(0, 5000) }, exact);
      await index.close();
    },
  },
  {
    name: "close is idempotent, also while it runs",
    async prove({ open }) {
      const index = await open();
      index.write(0, 0);
      await Promise.all([index.close(), index.close()]);
      await index.close();
    },
  },
  {
    name: "after close every call but close fails with ERR_SEGLOG_CLOSED, from the call on",
    async prove({ open }) {
      const index = await open();
      writeAll(index, { firstOffset: 3, positions: [0, 13, 26] });
      const { bytes } = index;
      const closing = index.close();
      await isClosed(index);
      await closing;
      await isClosed(index);
      equal("nextOffset", index.nextOffset, 6);
      equal("bytes", index.bytes, bytes);
    },
  },
  {
    name: "after close an empty index fails with ERR_SEGLOG_CLOSED too",
    async prove({ open }) {
      const index = await open();
      await index.close();
      await isClosed(index);
      equal("nextOffset", index.nextOffset, undefined);
    },
  },
];

/** What opening again promises. */
export const reopeningCases: readonly IndexCase[] = [
  ...[0, 1, 2, 255, 256, 4096, 4097, 9000].map((count) => ({
    name: `reopening finds ${count} entries, and writing goes on behind them`,
    async prove(harness: IndexHarness): Promise<void> {
      const model = { firstOffset: 70, positions: unevenPositions(count) };
      await provesReopening(harness, model, (index) => writeAll(index, model));
    },
  })),
  {
    name: "reopening finds what a truncate left, and nothing of what it dropped",
    async prove(harness) {
      const positions = unevenPositions(6000);
      const model = { firstOffset: 0, positions: positions.slice(0, 10) };
      await provesReopening(harness, model, (index) => {
        writeAll(index, { firstOffset: 0, positions });
        index.truncate(10);
      });
    },
  },
  {
    name: "reopening finds an index that was emptied empty, and any offset may be first",
    async prove(harness) {
      await provesReopening(harness, { firstOffset: 12, positions: [] }, (index) => {
        writeAll(index, { firstOffset: 500, positions: [0, 13, 26] });
        index.truncate(500);
      });
    },
  },
];

/** `fill` leaves what `model` says: before closing, after reopening, and when grown by 2 since. */
async function provesReopening(
  { open, reopen, exact }: IndexHarness,
  model: Model,
  fill: (index: Index) => void,
): Promise<void> {
  if (reopen === undefined) throw new Error("the harness has no reopen");
  const first = await open();
  fill(first);
  answersAs(first, model, exact);
  await first.close();
  const second = await reopen();
  answersAs(second, model, exact);
  equal("bytes", second.bytes, first.bytes);
  const end = model.positions.at(-1) ?? -1;
  const grown = { ...model, positions: [...model.positions, end + 1, end + 5001] };
  second.write(model.firstOffset + model.positions.length, end + 1);
  second.write(model.firstOffset + model.positions.length + 1, end + 5001);
  answersAs(second, grown, exact);
  await second.close();
  const third = await reopen();
  answersAs(third, grown, exact);
  await third.close();
}

async function isClosed(index: Index): Promise<void> {
  const code = "ERR_SEGLOG_CLOSED";
  for (const offset of [0, 3, 6]) {
    await failsWith(`write(${offset}, 99)`, code, () => index.write(offset, 99));
    await failsWith(`read(${offset})`, code, () => index.read(offset));
    await failsWith(`floor(${offset})`, code, () => index.floor(offset));
    await failsWith(`truncate(${offset})`, code, () => index.truncate(offset));
  }
  await failsWith("sync", code, () => index.sync());
}
