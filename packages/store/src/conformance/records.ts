import type { Position, Store } from "../contract.ts";
import { expectBytes, expectEqual, expectThat } from "./expect.ts";

/** A record of `length` bytes that differs from those of other seeds, every byte value in it. */
export function recordOf(length: number, seed = 0): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = (i * 131 + (i >>> 8) * 7 + seed * 29 + 1) & 255;
  return bytes;
}

/** Bytes of a text. */
export function textOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** What a store is expected to hold. */
export interface Appended {
  readonly positions: Position[];
  readonly records: Uint8Array[];
}

/** Appends `count` records of varying length, the empty one among them. */
export function appendSome(store: Store, count: number, seed = 0): Appended {
  const appended: Appended = { positions: [], records: [] };
  for (let i = 0; i < count; i++) {
    const record = recordOf((i * 37) % 101, seed + i);
    appended.positions.push(store.append(record));
    appended.records.push(record);
  }
  return appended;
}

/** Checks every record by every way of reading. */
export function expectHolds(store: Store, { positions, records }: Appended, when: string): void {
  const boundaries = [...positions, store.size];
  for (const [i, position] of positions.entries()) {
    const what = `${when}, record ${i}`;
    expectBytes(store.read(position), records[i] as Uint8Array, `${what} by read`);
    expectBytes(store.readView(position), records[i] as Uint8Array, `${what} by readView`);
    expectEqual(store.next(position), boundaries[i + 1], `${what}, the next position`);
  }
  const scan = store.scan(boundaries[0] as Position, {
    recordsMax: positions.length + 1,
    bytesMax: Number.MAX_SAFE_INTEGER,
  });
  expectEqual(scan.positions, positions, `${when}, positions of a scan`);
  expectEqual(scan.next, store.size, `${when}, end of a scan`);
  expectEqual(scan.records.length, records.length, `${when}, records of a scan`);
  for (const [i, record] of scan.records.entries()) {
    expectBytes(record, records[i] as Uint8Array, `${when}, record ${i} by scan`);
  }
}

/** Checks that positions begin at 0, rise, and end below the size. */
export function expectRising(positions: readonly Position[], size: Position): void {
  expectEqual(positions[0] ?? 0, 0, "position of the first record");
  for (const [i, position] of positions.entries()) {
    expectThat(Number.isSafeInteger(position), `position ${position} is a safe integer`);
    const next = positions[i + 1] ?? size;
    expectThat(position < next, `position ${position} is below the next, ${next}`);
  }
}
