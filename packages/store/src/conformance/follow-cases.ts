import type { Store } from "../contract.ts";
import type { PlaceCases } from "./end-cases.ts";
import { expectCode, expectEqual } from "./expect.ts";
import type { StorePlace } from "./harness.ts";
import { type Appended, appendSome, expectHolds, recordOf } from "./records.ts";

/** What the kit asks of `refresh`, where a store can be read by others while it grows. */
export const FOLLOW_CASES: PlaceCases = {
  "a store opened for reading takes in with refresh what was appended and flushed since": (place) =>
    followed(place, async ({ writer, reader, all }) => {
      for (const count of [1, 40, 3]) {
        add(all, appendSome(writer, count, count));
        await writer.flush();
        await reader.refresh(1000);
        expectHolds(reader, all, `refreshed for ${count} more`);
      }
      add(all, appendSome(writer, 2, 1));
      await writer.sync();
      await reader.refresh(1);
      expectEqual(reader.size, all.positions.at(-1), "size when one of two was asked for");
      await reader.refresh(1);
      expectHolds(reader, all, "when the other was");
    }),

  "refresh takes in records larger than whatever it reads in one go": (place) =>
    followed(place, async ({ writer, reader, all }) => {
      for (const bytes of [20_000, 300_000, 1_500_000]) {
        const record = recordOf(bytes, bytes);
        all.positions.push(writer.append(record));
        all.records.push(record);
      }
      await writer.flush();
      await reader.refresh(10);
      expectHolds(reader, all, "refreshed");
    }),

  "refresh finds nothing where nothing was written, and what it found is read while it runs": (
    place,
  ) =>
    followed(place, async ({ writer, reader, all }) => {
      await reader.refresh(10);
      expectHolds(reader, all, "nothing was written");
      const before = { positions: [...all.positions], records: [...all.records] };
      add(all, appendSome(writer, 5, 9));
      await writer.flush();
      const refreshing = reader.refresh(10);
      expectHolds(reader, before, "while refresh runs");
      await refreshing;
      expectHolds(reader, all, "afterwards");
    }),

  "a store that is written through this object has nothing to take in": async (place) => {
    const store = await place.open();
    const all = appendSome(store, 10);
    await store.refresh(10);
    expectHolds(store, all, "refreshed");
    await expectCode(() => store.refresh(0), "ERR_SEGLOG_INVALID_ARGUMENT", "refresh(0)");
    await store.close();
    await expectCode(() => store.refresh(1), "ERR_SEGLOG_CLOSED", "refresh of a closed store");
  },
};

interface Followed {
  readonly writer: Store;
  readonly reader: Store;
  readonly all: Appended;
}

/** Runs `prove` with a store of ten records, and another opened for reading beside it. */
async function followed(
  place: StorePlace,
  prove: (stores: Followed) => Promise<void>,
): Promise<void> {
  const { openReader } = place;
  if (openReader === undefined) throw new Error("the place has no openReader");
  const writer = await place.open();
  try {
    const all = appendSome(writer, 10);
    await writer.sync();
    const reader = await openReader.call(place);
    try {
      await prove({ writer, reader, all });
    } finally {
      await reader.close();
    }
  } finally {
    await writer.close();
  }
}

function add(all: Appended, more: Appended): void {
  all.positions.push(...more.positions);
  all.records.push(...more.records);
}
