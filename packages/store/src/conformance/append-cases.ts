import type { Store } from "../contract.ts";
import { expectBytes, expectCode, expectEqual, expectThat } from "./expect.ts";
import type { StoreTraits } from "./harness.ts";
import { type appendSome, expectHolds, expectRising, recordOf, textOf } from "./records.ts";

/** Cases that need one open store, by the promise that they show. */
export type StoreCases = Readonly<Record<string, (store: Store) => Promise<void> | void>>;

/** What the kit asks of `append` and the sizes. */
export function appendCases({ recordBytesMax, stagedBytesMax }: StoreTraits): StoreCases {
  return {
    ...APPEND_CASES,
    ...(recordBytesMax === undefined ? {} : recordLimitCases(recordBytesMax)),
    ...(stagedBytesMax === undefined ? {} : stagedLimitCases(stagedBytesMax)),
  };
}

const APPEND_CASES: StoreCases = {
  "a new store is empty": (store) => {
    expectEqual(store.size, 0, "size");
    expectEqual(store.stagedBytes, 0, "stagedBytes");
    expectEqual(store.tornBytes, 0, "tornBytes");
    const scan = store.scan(0, { recordsMax: 1, bytesMax: 1 });
    expectEqual([scan.positions, scan.records, scan.next], [[], [], 0], "scan of nothing");
  },

  "the first record is at 0, positions rise, and size is the next one": (store) => {
    const positions = [];
    for (let i = 0; i < 50; i++) {
      const { size } = store;
      positions.push(store.append(recordOf(i, i)));
      expectEqual(positions.at(-1), size, "position given and size before");
    }
    expectRising(positions, store.size);
  },

  "the empty record is a record": (store) => {
    const appended = { positions: [], records: [] } as ReturnType<typeof appendSome>;
    for (let i = 0; i < 3; i++) {
      appended.positions.push(store.append(new Uint8Array(0)));
      appended.records.push(new Uint8Array(0));
    }
    expectRising(appended.positions, store.size);
    expectHolds(store, appended, "three empty records");
  },

  "records of every length around a power of two come back, before and after a sync": async (
    store,
  ) => {
    const records = [0, 1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 255, 256, 257, 4095, 4096, 4097].map(
      (length) => recordOf(length, length),
    );
    const appended = { positions: records.map((record) => store.append(record)), records };
    expectHolds(store, appended, "staged");
    await store.sync();
    expectHolds(store, appended, "synced");
  },

  "records that look like headers, zeros and ones come back": async (store) => {
    const records = [
      new Uint8Array(64),
      new Uint8Array(64).fill(255),
      textOf("SEGLOG\r\n"),
      Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 5, 104, 101, 108, 108, 111),
    ];
    const appended = { positions: records.map((record) => store.append(record)), records };
    await store.flush();
    expectHolds(store, appended, "flushed");
  },

  "append copies: the caller may reuse its buffer at once": async (store) => {
    const buffer = new Uint8Array(100);
    const appended = { positions: [] as number[], records: [] as Uint8Array[] };
    for (let i = 0; i < 10; i++) {
      buffer.fill(i + 1);
      appended.records.push(buffer.slice(0, 10 * i));
      appended.positions.push(store.append(buffer.subarray(0, 10 * i)));
    }
    buffer.fill(99);
    expectHolds(store, appended, "staged");
    await store.sync();
    expectHolds(store, appended, "synced");
  },

  "append takes a Buffer and the middle of an array": (store) => {
    const bytes = recordOf(300);
    const appended = {
      positions: [
        store.append(Buffer.from(bytes)),
        store.append(new Uint8Array(bytes.buffer, 100, 50)),
      ],
      records: [bytes, bytes.slice(100, 150)],
    };
    expectHolds(store, appended, "both");
  },

  "a head is the first part of its record, and copied too": async (store) => {
    const head = textOf("head ");
    const position = store.append(textOf("and record"), { head });
    head.fill(0);
    expectBytes(store.read(position), textOf("head and record"), "staged");
    await store.sync();
    expectBytes(store.read(position), textOf("head and record"), "synced");
    const empty = store.append(new Uint8Array(0), { head: textOf("alone") });
    expectBytes(store.read(empty), textOf("alone"), "a head alone");
    expectBytes(
      store.read(store.append(textOf("r"), { head: head.subarray(5) })),
      textOf("r"),
      "r",
    );
  },

  "a batch reads like single records": async (store) => {
    const records = [0, 1, 2, 3].map((i) => recordOf(20, i));
    const appended = {
      positions: records.map((r, i) => store.append(r, { batchContinues: i < 3 })),
      records,
    };
    expectHolds(store, appended, "staged");
    await store.sync();
    expectHolds(store, appended, "synced");
  },

  "a record of 3 MiB comes back between two small ones": async (store) => {
    const records = [recordOf(10), recordOf(3 * 2 ** 20, 1), recordOf(10, 2)];
    const positions = [];
    for (const record of records) {
      positions.push(store.append(record));
      await store.flush();
    }
    expectHolds(store, { positions, records }, "flushed");
  },

  "stagedBytes rises with append and is 0 after a flush": async (store) => {
    let last = 0;
    for (let i = 0; i < 5; i++) {
      store.append(recordOf(100, i));
      expectThat(store.stagedBytes >= last, "stagedBytes does not fall without a flush");
      last = store.stagedBytes;
      expectThat(last <= store.size, "no more is staged than was appended");
    }
    await store.flush();
    expectEqual(store.stagedBytes, 0, "stagedBytes after a flush");
    store.append(recordOf(100));
    await store.sync();
    expectEqual(store.stagedBytes, 0, "stagedBytes after a sync");
  },

  "append refuses what is not bytes, and unknown options; nothing is staged": async (store) => {
    for (const record of [undefined, null, "text", [1], new ArrayBuffer(1), new Uint16Array(1)]) {
      const call = () => store.append(record as unknown as Uint8Array);
      await expectCode(call, "ERR_SEGLOG_INVALID_ARGUMENT", `append of ${String(record)}`);
    }
    for (const options of [{ head: "text" }, { batchContinues: 1 }, { batch: true }, 7]) {
      const call = () => store.append(recordOf(1), options as object);
      await expectCode(call, "ERR_SEGLOG_INVALID_ARGUMENT", JSON.stringify(options));
    }
    expectEqual(store.size, 0, "size");
  },
};

function recordLimitCases(recordBytesMax: number): StoreCases {
  return {
    "a record of recordBytesMax is taken, one byte more is not, head included": async (store) => {
      const record = recordOf(recordBytesMax);
      const appended = { positions: [store.append(record)], records: [record] };
      const { size } = store;
      const code = "ERR_SEGLOG_RECORD_TOO_LARGE";
      await expectCode(() => store.append(recordOf(recordBytesMax + 1)), code, "one more");
      await expectCode(() => store.append(record, { head: recordOf(1) }), code, "a head more");
      expectEqual(store.size, size, "size after refusals");
      expectHolds(store, appended, "after refusals");
    },
  };
}

function stagedLimitCases(stagedBytesMax: number): StoreCases {
  return {
    "append is refused when stagedBytesMax is reached, and goes on after a flush": async (
      store,
    ) => {
      const record = recordOf(Math.ceil(stagedBytesMax / 8));
      const appended = { positions: [] as number[], records: [] as Uint8Array[] };
      const append = () => {
        appended.positions.push(store.append(record));
        appended.records.push(record);
      };
      const fill = () => {
        for (let i = 0; i < 9; i++) append();
      };
      await expectCode(fill, "ERR_SEGLOG_OVERLOADED", "nine eighths");
      expectThat(appended.records.length > 0, "some were taken");
      expectHolds(store, appended, "overloaded");
      await store.flush();
      append();
      expectHolds(store, appended, "after the flush");
    },

    "one record larger than stagedBytesMax is taken when nothing is staged": async (store) => {
      const record = recordOf(stagedBytesMax + 1);
      const position = store.append(record);
      expectBytes(store.read(position), record, "staged");
      await store.flush();
      expectBytes(store.read(position), record, "flushed");
    },
  };
}
