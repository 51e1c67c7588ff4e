import { FRAME_HEADER_BYTES, type Store } from "@seglog/store";
import { type StorePlace, storeConformance } from "@seglog/store/conformance";
import { describe, expect, test } from "vitest";
import { memoryPlace } from "./places.ts";

/** What is broken, which case must find it, and how it is broken. */
interface Mutant {
  readonly foundBy: string;
  readonly breaks: (store: Store) => Partial<Store>;
}

const MUTANTS: Readonly<Record<string, Mutant>> = {
  "append keeps the caller's buffer": {
    foundBy: "append copies: the caller may reuse its buffer at once",
    breaks(store) {
      const kept = new Map<number, Uint8Array>();
      return {
        append(record, options) {
          const position = store.append(record, options);
          kept.set(position, record);
          return position;
        },
        read: (position) => (kept.get(position) ?? store.read(position)).slice(),
        readView: (position) => kept.get(position) ?? store.readView(position),
      };
    },
  },
  "append forgets the head": {
    foundBy: "a head is the first part of its record, and copied too",
    breaks: (store) => ({ append: (record) => store.append(record) }),
  },
  "positions are off by one": {
    foundBy: "the first record is at 0, positions rise, and size is the next one",
    breaks: (store) => ({
      append: (record, options) => store.append(record, options) + 1,
      read: (position) => store.read(position - 1),
      readView: (position) => store.readView(position - 1),
    }),
  },
  "append drops the empty record": {
    foundBy: "the empty record is a record",
    breaks: (store) => ({
      append: (record, options) =>
        record.length === 0 && options === undefined ? store.size : store.append(record, options),
    }),
  },
  "read lends what it should give": {
    foundBy: "what read and scan gave stays as it is while the store goes on",
    breaks(store) {
      const shared = new Uint8Array(4 * 2 ** 20);
      return {
        read(position) {
          const view = store.readView(position);
          shared.set(view);
          return shared.subarray(0, view.length);
        },
        append(record, options) {
          shared.fill(0, 0, 8);
          return store.append(record, options);
        },
      };
    },
  },
  "read does not look behind a flush": {
    foundBy: "staged, flushed and synced records read alike, side by side",
    breaks(store) {
      let flushed = 0;
      return {
        async flush() {
          await store.flush();
          flushed = store.size;
        },
        read(position) {
          const record = store.read(position);
          return position < flushed ? record : record.map((byte) => byte ^ 1);
        },
      };
    },
  },
  "scan skips a record": {
    foundBy: "scan stops at recordsMax, and goes on where it stopped",
    breaks: (store) => ({
      scan(from, limits) {
        const scan = store.scan(from, limits);
        return scan.next < store.size ? { ...scan, next: store.next(scan.next) } : scan;
      },
    }),
  },
  "scan ignores bytesMax": {
    foundBy: "scan gives more for more bytesMax, one record for 1, and all for plenty",
    breaks: (store) => ({
      scan: (from, limits) => store.scan(from, { ...limits, bytesMax: 2 ** 40 }),
    }),
  },
  "next of the last record is not size": {
    foundBy: "next leads from each record to the following one, and to size",
    breaks: (store) => ({
      next(position) {
        const next = store.next(position);
        return next === store.size ? next + 1 : next;
      },
    }),
  },
  "truncate keeps the record at its position": {
    foundBy: "truncate drops the record at its position and all after it",
    breaks: (store) => ({
      truncate: (size) => store.truncate(size < store.size ? store.next(size) : size),
    }),
  },
  "truncate forgets what is staged": {
    foundBy: "truncate drops records that were only staged",
    breaks: (store) => ({
      truncate: async (size) => {
        if (store.stagedBytes === 0) await store.truncate(size);
      },
    }),
  },
  "close is not idempotent": {
    foundBy: "close is idempotent, also when called twice at once",
    breaks(store) {
      let closed = false;
      return {
        async close() {
          if (closed) throw new Error("closed twice");
          closed = true;
          await store.close();
        },
      };
    },
  },
  "read goes on after close": {
    foundBy: "after close every call but close is CLOSED",
    breaks(store) {
      let last = new Uint8Array(0);
      let closed = false;
      return {
        append(record, options) {
          last = record.slice();
          return store.append(record, options);
        },
        read: (position) => (closed ? last : store.read(position)),
        async close() {
          closed = true;
          await store.close();
        },
      };
    },
  },
  "sync only flushes": {
    foundBy: "what a resolved sync covered survives a power cut",
    breaks: (store) => ({ sync: () => store.flush() }),
  },
  "a sync in flight counts for what came later": {
    foundBy: "of two overlapping syncs each covers what was appended before it",
    breaks(store) {
      let running: Promise<void> | undefined;
      return {
        sync() {
          running ??= store.sync().finally(() => {
            running = undefined;
          });
          return running;
        },
      };
    },
  },
  "a split record ends where it begins": {
    foundBy: "readView splits a record into head and rest, or leaves it whole",
    breaks: (store) => ({
      readView(position, split) {
        const view = store.readView(position, split);
        if (split !== undefined) split.next = position;
        return view;
      },
    }),
  },
  "a head is said to lie where its frame begins": {
    foundBy: "readView splits a record into head and rest, or leaves it whole",
    breaks: (store) => ({
      readView(position, split) {
        const view = store.readView(position, split);
        if (split !== undefined) split.at = Math.max(0, split.at - FRAME_HEADER_BYTES);
        return view;
      },
    }),
  },
  "a scan takes the places of the records before for those of its own": {
    foundBy: "a scan splits records into head and rest, or leaves them whole",
    breaks(store) {
      let starts: readonly number[] | undefined;
      return {
        scan(from, limits, wishes) {
          const scan = store.scan(from, limits, wishes);
          if (scan.split === undefined) return scan;
          starts ??= [...scan.split.starts];
          return { ...scan, split: { ...scan.split, starts } };
        },
      };
    },
  },
  "refresh takes in more than it was asked for": {
    foundBy: "a store opened for reading takes in with refresh what was appended and flushed since",
    breaks: (store) => ({ refresh: () => store.refresh(1000) }),
  },
  "refresh takes in nothing": {
    foundBy: "refresh takes in records larger than whatever it reads in one go",
    breaks: () => ({ refresh: async () => {} }),
  },
  "sync resolves before it is done": {
    foundBy: "what a resolved sync covered survives a power cut",
    breaks: (store) => ({
      async sync() {
        setImmediate(() => void store.sync().catch(() => undefined));
      },
    }),
  },
};

const TRAITS = { persistent: true, durable: true, follows: true };

describe("a store is rejected by the kit when", () => {
  test.each(Object.entries(MUTANTS))("%s", async (_name, { foundBy, breaks }) => {
    await expect(runCase(foundBy, breaks)).rejects.toThrow();
    await runCase(foundBy, () => ({}));
  });
});

/** Runs one case of the kit on stores some of whose members are others. */
async function runCase(name: string, breaks: Mutant["breaks"]): Promise<void> {
  const place = async (): Promise<StorePlace> => {
    const inner = await memoryPlace();
    return {
      ...inner,
      open: async () => broken(await inner.open(), breaks),
      openReader: async () => broken(await (inner.openReader as typeof inner.open)(), breaks),
    };
  };
  const found = storeConformance(place, TRAITS).find((one) => one.name === name);
  if (found === undefined) throw new Error(`the kit has no case "${name}"`);
  await found.run();
}

function broken(store: Store, breaks: Mutant["breaks"]): Store {
  const members = breaks(store);
  return new Proxy(store, {
    get(target, member) {
      const own = Reflect.get(members, member);
      if (own !== undefined) return own;
      const value = Reflect.get(target, member, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
