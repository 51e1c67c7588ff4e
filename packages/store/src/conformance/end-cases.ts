import type { Store } from "../contract.ts";
import type { StoreCases } from "./append-cases.ts";
import { expectCode, expectEqual } from "./expect.ts";
import type { StorePlace } from "./harness.ts";
import { type Appended, appendSome, expectHolds, recordOf } from "./records.ts";

/** What the kit asks of `truncate` and `close`. */
export const END_CASES: StoreCases = {
  "truncate drops the record at its position and all after it": async (store) => {
    const all = appendSome(store, 30);
    await store.sync();
    for (const count of [29, 15, 1]) {
      await store.truncate(all.positions[count] as number);
      expectEqual(store.size, all.positions[count], `size after truncate to ${count}`);
      expectHolds(store, firstOf(all, count), `truncated to ${count}`);
    }
  },

  "truncate drops records that were only staged": async (store) => {
    const all = appendSome(store, 10);
    await store.truncate(all.positions[4] as number);
    expectHolds(store, firstOf(all, 4), "truncated");
    expectEqual(store.stagedBytes, 0, "stagedBytes");
  },

  "appends go on where truncate cut, and other bytes come back": async (store) => {
    const all = appendSome(store, 10);
    await store.sync();
    expectHolds(store, all, "before");
    const kept = firstOf(all, 5);
    await store.truncate(all.positions[5] as number);
    const record = recordOf(77, 9);
    expectEqual(store.append(record), all.positions[5], "position after truncate");
    kept.positions.push(all.positions[5] as number);
    kept.records.push(record);
    expectHolds(store, kept, "staged");
    await store.sync();
    expectHolds(store, kept, "synced");
  },

  "truncate to 0 empties the store, truncate to size changes nothing": async (store) => {
    const all = appendSome(store, 10);
    await store.truncate(store.size);
    expectHolds(store, all, "truncated to size");
    await store.truncate(0);
    expectEqual(store.size, 0, "size");
    await store.truncate(0);
    expectHolds(store, appendSome(store, 10, 3), "appended again");
  },

  "truncate to a position not held is OUT_OF_RANGE and changes nothing": async (store) => {
    const all = appendSome(store, 5);
    const call = () => store.truncate(store.size + 1);
    await expectCode(call, "ERR_SEGLOG_OUT_OF_RANGE", "truncate behind the end");
    expectHolds(store, all, "after the refusal");
    expectHolds(store, all, "after the refusal");
  },

  "a sealed store reads on, and refuses to append and to truncate": async (store) => {
    const all = appendSome(store, 20);
    const sealing = store.seal();
    expectHolds(store, all, "while it is being sealed");
    await sealing;
    expectHolds(store, all, "sealed");
    expectEqual(store.stagedBytes, 0, "stagedBytes");
    const calls: Record<string, () => unknown> = {
      append: () => store.append(recordOf(1)),
      truncate: () => store.truncate(0),
    };
    for (const [name, call] of Object.entries(calls)) {
      await expectCode(call, "ERR_SEGLOG_READ_ONLY", `${name} after seal`);
    }
    await store.seal();
    await store.sync();
    expectHolds(store, all, "sealed twice");
  },

  "an empty store can be sealed": async (store) => {
    await store.seal();
    expectEqual(store.size, 0, "size");
    await expectCode(() => store.append(recordOf(1)), "ERR_SEGLOG_READ_ONLY", "append");
  },

  "close is idempotent, also when called twice at once": async (store) => {
    appendSome(store, 5);
    await Promise.all([store.close(), store.close()]);
    await store.close();
  },

  "after close every call but close is CLOSED": async (store) => {
    appendSome(store, 5);
    await store.close();
    const limits = { recordsMax: 1, bytesMax: 1 };
    const calls: Record<string, () => unknown> = {
      append: () => store.append(recordOf(1)),
      read: () => store.read(0),
      readView: () => store.readView(0),
      next: () => store.next(0),
      scan: () => store.scan(0, limits),
      flush: () => store.flush(),
      sync: () => store.sync(),
      truncate: () => store.truncate(0),
      seal: () => store.seal(),
    };
    for (const [name, call] of Object.entries(calls)) {
      await expectCode(call, "ERR_SEGLOG_CLOSED", `${name} after close`);
    }
  },

  "close waits for a flush and a sync in flight": async (store) => {
    appendSome(store, 5);
    const pending = [store.flush(), store.sync()];
    appendSome(store, 5);
    await store.close();
    await Promise.all(pending);
  },
};

/** Cases that open a place more than once. */
export type PlaceCases = Readonly<Record<string, (place: StorePlace) => Promise<void>>>;

/** For stores that are there again. */
export const REOPEN_CASES: PlaceCases = {
  "what close left is there again, and appends go on behind it": async (place) => {
    const all: Appended = { positions: [], records: [] };
    for (let round = 0; round < 4; round++) {
      const store = await place.open();
      expectEqual(store.tornBytes, 0, "tornBytes");
      if (round > 0) expectHolds(store, all, `opened for the ${round}. time`);
      const more = appendSome(store, 20, 20 * round);
      all.positions.push(...more.positions);
      all.records.push(...more.records);
      expectHolds(store, all, `appended in round ${round}`);
      await store.close();
    }
  },

  "closing a sealed store leaves alone what was appended through another": async (place) => {
    const sealed = await place.open();
    const all = appendSome(sealed, 10);
    await sealed.seal();
    const other = await place.open();
    const more = appendSome(other, 10, 50);
    await other.sync();
    await sealed.close();
    const both = {
      positions: [...all.positions, ...more.positions],
      records: [...all.records, ...more.records],
    };
    expectHolds(other, both, "after the sealed one was closed");
    await other.close();
    const again = await place.open();
    expectHolds(again, both, "opened again");
    await again.close();
  },

  "an empty store is empty again": async (place) => {
    await (await place.open()).close();
    const store = await place.open();
    expectEqual(store.size, 0, "size");
    await store.close();
  },

  "what truncate dropped does not come back": async (place) => {
    const before = await place.open();
    const all = appendSome(before, 20);
    await before.sync();
    await before.truncate(all.positions[7] as number);
    await before.close();
    const store = await place.open();
    expectEqual(store.size, all.positions[7], "size");
    expectHolds(store, firstOf(all, 7), "opened again");
    await store.close();
  },
};

/** For places with a power cut. */
export const DURABILITY_CASES: PlaceCases = {
  "what a resolved sync covered survives a power cut": async (place) => {
    await cutAfter(place, async (store) => {
      const all = appendSome(store, 20);
      await store.sync();
      appendSome(store, 20, 50);
      return all;
    });
  },

  "of two overlapping syncs each covers what was appended before it": async (place) => {
    await cutAfter(place, async (store) => {
      const all = appendSome(store, 5);
      const first = store.sync();
      await undefined;
      const more = appendSome(store, 5, 50);
      await Promise.all([first, store.sync()]);
      return {
        positions: [...all.positions, ...more.positions],
        records: [...all.records, ...more.records],
      };
    });
  },

  "a sync covers what was only flushed before it, also where more was appended since": async (
    place,
  ) => {
    await cutAfter(place, async (store) => {
      const all = [appendSome(store, 5)];
      await store.sync();
      await store.sync();
      all.push(appendSome(store, 5, 50));
      await store.flush();
      all.push(appendSome(store, 5, 50));
      await store.sync();
      return {
        positions: all.flatMap(({ positions }) => positions),
        records: all.flatMap(({ records }) => records),
      };
    });
  },

  "a resolved truncate survives a power cut, and so does what stays": async (place) => {
    await cutAfter(place, async (store) => {
      const all = appendSome(store, 20);
      await store.truncate(all.positions[9] as number);
      return firstOf(all, 9);
    });
  },

  "what stays of a batch that truncate cut in two survives a power cut": async (place) => {
    await cutAfter(place, async (store) => {
      const records = [0, 1, 2, 3].map((i) => recordOf(20, i));
      const positions = records.map((r, i) => store.append(r, { batchContinues: i < 3 }));
      await store.sync();
      await store.truncate(positions[2] as number);
      return firstOf({ positions, records }, 2);
    });
  },

  "a resolved seal is as durable as a sync": async (place) => {
    await cutAfter(place, async (store) => {
      const all = appendSome(store, 20);
      await store.seal();
      return all;
    });
  },

  "a resolved close is as durable as a sync": async (place) => {
    await cutAfter(place, async (store) => {
      const all = appendSome(store, 20);
      await store.close();
      return all;
    });
  },
};

/** Does `work`, cuts the power, and expects at least what `work` returned. */
async function cutAfter(
  place: StorePlace,
  work: (store: Store) => Promise<Appended>,
): Promise<void> {
  if (place.powerCut === undefined) throw new Error("the place has no powerCut");
  const kept = await work(await place.open());
  await place.powerCut();
  const store = await place.open();
  if (store.size === 0) expectEqual(kept.records.length, 0, "records lost with the power");
  const end = store.scan(0, { recordsMax: kept.records.length, bytesMax: 2 ** 30 }).next;
  await store.truncate(end);
  expectHolds(store, kept, "after the power cut");
  await store.close();
}

function firstOf({ positions, records }: Appended, count: number): Appended {
  return { positions: positions.slice(0, count), records: records.slice(0, count) };
}
