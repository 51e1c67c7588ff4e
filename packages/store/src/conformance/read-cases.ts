import type { Position, Store } from "../contract.ts";
import type { StoreCases } from "./append-cases.ts";
import { expectBytes, expectCode, expectEqual, expectThat } from "./expect.ts";
import { appendSome, expectHolds, recordOf } from "./records.ts";

/** What the kit asks of the reading members. */
export const READ_CASES: StoreCases = {
  "staged, flushed and synced records read alike, side by side": async (store) => {
    const first = appendSome(store, 20);
    await store.sync();
    const second = appendSome(store, 20, 100);
    await store.flush();
    const third = appendSome(store, 20, 200);
    expectHolds(
      store,
      {
        positions: [...first.positions, ...second.positions, ...third.positions],
        records: [...first.records, ...second.records, ...third.records],
      },
      "all three",
    );
  },

  "read gives bytes that the caller owns, from memory and from disk": async (store) => {
    const record = recordOf(100);
    const position = store.append(record);
    for (const when of ["staged", "synced"]) {
      const mine = store.read(position);
      mine.fill(0);
      expectBytes(store.read(position), record, `${when}, after writing to what was read`);
      if (when === "staged") await store.sync();
    }
  },

  "what read and scan gave stays as it is while the store goes on": async (store) => {
    const record = recordOf(1000);
    const position = store.append(record);
    const read = store.read(position);
    const scanned = store.scan(position, { recordsMax: 1, bytesMax: 1 }).records[0] as Uint8Array;
    for (let i = 1; i < 200; i++) {
      store.append(recordOf(1000, i));
      if (i % 20 === 0) await store.flush();
    }
    await store.truncate(0);
    for (let i = 1; i < 50; i++) store.append(recordOf(1000, i));
    await store.sync();
    expectBytes(read, record, "read");
    expectBytes(scanned, record, "scanned");
  },

  "readView lends bytes that are right until the caller awaits": async (store) => {
    const { positions, records } = appendSome(store, 30);
    await store.flush();
    const views = positions.map((position) => store.readView(position));
    for (let i = 0; i < 30; i++) store.append(recordOf(50, i));
    for (const [i, view] of views.entries()) {
      expectBytes(view, records[i] as Uint8Array, `view ${i}`);
    }
  },

  "readView splits a record into head and rest, or leaves it whole": async (store) => {
    const { head, positions, records } = appendWithHeads(store);
    for (const when of ["staged", "synced"]) {
      for (const [i, position] of positions.entries()) {
        const record = records[i] as Uint8Array;
        const split = { headBytes: head.length, bytes: new Uint8Array(0), at: 0, next: -1 };
        const view = store.readView(position, split);
        if (split.next === -1) {
          expectBytes(view, record, `${when}, record ${i}, whole`);
          continue;
        }
        const { bytes, at, next } = split;
        expectThat(record.length >= head.length, `${when}, record ${i} has no whole head`);
        expectBytes(bytes.subarray(at, at + head.length), head, `${when}, head of ${i}`);
        expectBytes(view, record.subarray(head.length), `${when}, what is left of ${i}`);
        expectEqual(next, store.next(position), `${when}, where record ${i} ends`);
      }
      await store.sync();
    }
    const none = { headBytes: 0, bytes: head, at: 0, next: -1 };
    await expectCode(
      () => store.readView(store.size, none),
      "ERR_SEGLOG_OUT_OF_RANGE",
      "a split read at the end",
    );
  },

  "a scan splits records into head and rest, or leaves them whole": async (store) => {
    const { head, positions, records } = appendWithHeads(store);
    const headBytes = head.length;
    const into = { bytes: new Uint8Array(2 ** 20), views: [], starts: [] };
    // again and again: what is lent is made anew, of other records; the last one has no head
    for (const wishes of [{ headBytes }, { headBytes, into }, { headBytes }, { headBytes, into }]) {
      for (const [from, count] of [
        [0, 20],
        [3, 20],
        [1, 5],
        [4, 22],
      ] as const) {
        const limits = { recordsMax: count, bytesMax: 2 ** 20 };
        const scan = store.scan(positions[from] as number, limits, wishes);
        const { split } = scan;
        expectEqual(scan.records.length, count, `records from ${from}`);
        for (const [i, view] of scan.records.entries()) {
          const record = records[from + i] as Uint8Array;
          const what = `record ${from + i} from ${from}`;
          expectBytes(view, split === undefined ? record : record.subarray(head.length), what);
          if (split === undefined) continue;
          const at = split.starts[i] as number;
          expectBytes(split.bytes.subarray(at - head.length, at), head, `head of ${what}`);
          expectBytes(split.bytes.subarray(at, at + view.length), view, `place of ${what}`);
        }
      }
      await store.sync();
    }
  },

  "appends and reads go on while a flush or a sync is in flight": async (store) => {
    const all = { positions: [] as Position[], records: [] as Uint8Array[] };
    for (let round = 0; round < 20; round++) {
      const pending = round % 2 === 0 ? store.sync() : store.flush();
      for (let i = 0; i < 5; i++) {
        const more = appendSome(store, 3, 7 * round + i);
        all.positions.push(...more.positions);
        all.records.push(...more.records);
        expectHolds(store, all, `round ${round}, in flight`);
        await undefined;
      }
      await pending;
      expectHolds(store, all, `round ${round}`);
    }
  },

  "next leads from each record to the following one, and to size": async (store) => {
    const { positions } = appendSome(store, 25);
    for (const when of ["staged", "synced"]) {
      const walked: Position[] = [];
      let p: Position = 0;
      for (; p < store.size && walked.length <= positions.length; p = store.next(p)) walked.push(p);
      expectEqual(walked, positions, `${when}, positions walked`);
      expectEqual(p, store.size, `${when}, end of the walk`);
      await store.sync();
    }
  },

  "scan stops at recordsMax, and goes on where it stopped": (store) => {
    const { positions } = appendSome(store, 25);
    const seen: Position[] = [];
    for (let next = 0; next < store.size; ) {
      const scan = store.scan(next, { recordsMax: 4, bytesMax: 2 ** 30 });
      expectEqual(scan.records.length, Math.min(4, 25 - seen.length), "records of a scan");
      seen.push(...scan.positions);
      next = scan.next;
    }
    expectEqual(seen, positions, "positions of all scans");
  },

  "scan gives more for more bytesMax, one record for 1, and all for plenty": async (store) => {
    const { positions } = appendSome(store, 40);
    const boundaries = [...positions, store.size];
    const check = (when: string) => {
      let last = 1;
      for (const bytesMax of [1, 50, 200, 1000, 2 ** 30]) {
        const { next, records } = store.scan(0, { recordsMax: 100, bytesMax });
        expectEqual(boundaries[records.length], next, `${when}, end of a scan`);
        expectThat(records.length >= last, `${when}, bytesMax ${bytesMax} gives no less`);
        if (bytesMax === 1) expectEqual(records.length, 1, `${when}, records for bytesMax 1`);
        last = records.length;
      }
      expectEqual(last, 40, `${when}, records for plenty`);
    };
    check("staged");
    await store.sync();
    check("synced");
  },

  "scan from size gives nothing": (store) => {
    appendSome(store, 3);
    const scan = store.scan(store.size, { recordsMax: 1, bytesMax: 1 });
    expectEqual([scan.records.length, scan.next], [0, store.size], "scan at the end");
  },

  "a position that is not held is OUT_OF_RANGE": async (store) => {
    const range = "ERR_SEGLOG_OUT_OF_RANGE";
    await expectCode(() => store.read(0), range, "read in an empty store");
    appendSome(store, 3);
    for (const position of [store.size, store.size + 1, Number.MAX_SAFE_INTEGER]) {
      await expectCode(() => store.read(position), range, `read(${position})`);
      await expectCode(() => store.readView(position), range, `readView(${position})`);
      await expectCode(() => store.next(position), range, `next(${position})`);
    }
    const limits = { recordsMax: 1, bytesMax: 1 };
    await expectCode(() => store.scan(store.size + 1, limits), range, "scan behind the end");
  },

  "what is no position, and no limit, is INVALID_ARGUMENT": async (store) => {
    appendSome(store, 3);
    const invalid = "ERR_SEGLOG_INVALID_ARGUMENT";
    const limits = { recordsMax: 1, bytesMax: 1 };
    for (const value of [-1, 0.5, Number.NaN, Infinity, 2 ** 53, "0", undefined, 0n]) {
      const position = value as Position;
      await expectCode(() => store.read(position), invalid, `read(${String(value)})`);
      await expectCode(() => store.readView(position), invalid, `readView(${String(value)})`);
      await expectCode(() => store.next(position), invalid, `next(${String(value)})`);
      await expectCode(() => store.scan(position, limits), invalid, `scan(${String(value)})`);
      await expectCode(() => store.truncate(position), invalid, `truncate(${String(value)})`);
    }
    for (const bad of [0, -1, 1.5, Number.NaN, "1"]) {
      const recordsMax = bad as number;
      const call = () => store.scan(0, { recordsMax, bytesMax: 1 });
      await expectCode(call, invalid, `recordsMax ${String(bad)}`);
      const other = () => store.scan(0, { recordsMax: 1, bytesMax: recordsMax });
      await expectCode(other, invalid, `bytesMax ${String(bad)}`);
    }
  },
};

/** Records with a head, of different lengths, and at the end one that is shorter than it. */
function appendWithHeads(store: Store) {
  const head = recordOf(5, 99);
  const positions: Position[] = [];
  const records: Uint8Array[] = [];
  for (const [i, length] of [0, 1, 40, 3000, 7, ...new Array<number>(20).fill(30)].entries()) {
    const record = recordOf(length, i);
    positions.push(store.append(record, { head }));
    records.push(Uint8Array.of(...head, ...record));
  }
  positions.push(store.append(recordOf(2)));
  records.push(recordOf(2));
  return { head, positions, records };
}
