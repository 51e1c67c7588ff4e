import { crc32 } from "node:zlib";
import { type SimulatedDisk, simulatedDisk } from "@seglog/fs/sim";
import { inspectStore } from "@seglog/store";
import { expect } from "vitest";
import { type FrameFormat, hasCode, openLog, repairLog, verifyLog } from "../src/index.ts";

const NOTHING = Uint8Array.of(1, 2, 3);

export const DIRECTORY = "/log";

/** Where a record lies. */
export interface Place {
  readonly path: string;
  /** Bytes of the file. */
  readonly from: number;
  readonly to: number;
}

/** A log that nobody has open, to be damaged. */
export interface StoredLog {
  readonly disk: SimulatedDisk;
  readonly values: ReadonlyMap<number, Uint8Array>;
  readonly places: ReadonlyMap<number, Place>;
  /** Base offsets. */
  readonly segments: readonly number[];
}

export interface StoredLogOptions {
  readonly records?: number;
  readonly segmentBytesMax?: number;
  /** Whether it was closed, or its writer killed. */
  readonly closed?: boolean;
  readonly frameFormat?: FrameFormat;
  /** Records of a batch; 1 appends each alone. */
  readonly batch?: number;
  readonly firstOffset?: number;
  readonly valueBytes?: (offset: number) => number;
}

/** Makes a log of records that differ in bytes and, unless told otherwise, in length. */
export async function storedLog({
  records = 60,
  segmentBytesMax = 1000,
  closed = true,
  frameFormat = "checked",
  batch = 1,
  firstOffset = 0,
  valueBytes = (offset) => 10 + ((offset * 7) % 40),
}: StoredLogOptions = {}): Promise<StoredLog> {
  const disk = simulatedDisk({ seed: 1 });
  const values = new Map<number, Uint8Array>();
  let now = 1000;
  const clock = (): number => (now += 3);
  const log = await openLog(DIRECTORY, { fs: disk.fs, segmentBytesMax, frameFormat, clock });
  for (let offset = 0; offset < records; offset += batch) {
    const some = Array.from({ length: batch }, (_, i) => bytesFor(offset + i, valueBytes));
    await log.appendBatch(some);
    for (const [i, value] of some.entries()) values.set(offset + i, value);
  }
  if (firstOffset > 0) await log.truncateBefore(firstOffset);
  for (let offset = 0; offset < firstOffset; offset++) values.delete(offset);
  if (closed) await log.close();
  // what a killed writer leaves
  const left = await copyOf(disk);
  if (!closed) await log.close();
  const segments: number[] = [];
  const places = new Map<number, Place>();
  for (const name of await left.fs.list(DIRECTORY)) {
    if (!name.endsWith(".store")) continue;
    segments.push(Number.parseInt(name, 10));
    for (const [offset, place] of await placesIn(left, `${DIRECTORY}/${name}`)) {
      places.set(offset, place);
    }
  }
  return { disk: left, values, places, segments };
}

function bytesFor(offset: number, valueBytes: (offset: number) => number): Uint8Array {
  const value = new Uint8Array(valueBytes(offset));
  for (let i = 0; i < value.length; i++) value[i] = offset * 31 + i * 7 + 1;
  return value;
}

/** Another disk with the same files in the log's directory, all of them durable. */
export async function copyOf(disk: SimulatedDisk): Promise<SimulatedDisk> {
  const copy = simulatedDisk({ seed: 1 });
  await copy.fs.makeDirectory(DIRECTORY);
  for (const name of await disk.fs.list(DIRECTORY)) {
    const path = `${DIRECTORY}/${name}`;
    if ((await disk.fs.stat(path))?.kind === "file") await putFile(copy, path, disk.contents(path));
  }
  return copy;
}

/** Makes a durable file of these bytes. */
export async function putFile(disk: SimulatedDisk, path: string, bytes: Uint8Array): Promise<void> {
  const handle = await disk.fs.open(path, { access: "write", create: "ifMissing" });
  await handle.sync();
  await handle.close();
  await disk.fs.syncDirectory(DIRECTORY);
  disk.replace(path, bytes);
}

export function storePath(baseOffset: number): string {
  return `${DIRECTORY}/${String(baseOffset).padStart(20, "0")}.store`;
}

export function indexPath(baseOffset: number): string {
  return `${DIRECTORY}/${String(baseOffset).padStart(20, "0")}.index`;
}

export const STATE_PATH = `${DIRECTORY}/seglog.state`;

/** Which log it is, by the header of its first store. */
export function logIdOf({ disk, segments }: StoredLog): number {
  const bytes = disk.contents(storePath(segments[0] as number));
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(24);
}

/** A store or state file of another log, as if it were of the one with `logId`. */
export function withLogId(logId: number, file: Uint8Array): Uint8Array {
  const bytes = file.slice();
  const fields = new DataView(bytes.buffer);
  const set = (from: number, { at, sumAt }: { at: number; sumAt: number }): void => {
    fields.setUint32(from + at, logId);
    fields.setUint32(from + sumAt, crc32(bytes.subarray(from, from + sumAt)));
  };
  if (fields.getUint32(0) === SEGL && bytes[4] === 0x4f) set(0, { at: 24, sumAt: 28 });
  else for (const from of [0, 4096]) set(from, { at: 12, sumAt: 60 });
  return bytes;
}

/** The first letters of the magic of a store, "SEGLOG". */
const SEGL = 0x5345474c;

async function placesIn(disk: SimulatedDisk, path: string): Promise<Map<number, Place>> {
  const places = new Map<number, Place>();
  const store = await inspectStore({ fs: disk.fs, path });
  if (store.header.kind !== "good") throw new Error("a new store has a header");
  const { header } = store.header;
  let offset = header.baseOffset;
  await store.walk(
    {
      frame({ position, frameBytes }) {
        places.set(offset++, { path, from: 32 + position, to: 32 + position + frameBytes });
        return true;
      },
      bad: () => undefined,
      turn: () => {},
    },
    { header },
  );
  await store.close();
  return places;
}

/** Flips bits of the frame of a record; by default in its checksum. */
export function spoil({ disk, places }: StoredLog, offset: number, at = 0): void {
  const place = places.get(offset);
  if (place === undefined) throw new Error(`no record ${offset}`);
  disk.corrupt(place.path, place.from + at, 0x55);
}

/** What every file of the log's directory holds, its subdirectories left out. */
export async function contentsOf({ disk }: Pick<StoredLog, "disk">): Promise<Map<string, string>> {
  const all = new Map<string, string>();
  for (const name of await disk.fs.list(DIRECTORY)) {
    const path = `${DIRECTORY}/${name}`;
    if ((await disk.fs.stat(path))?.kind !== "file") continue;
    all.set(name, Buffer.from(disk.contents(path)).toString("hex"));
  }
  return all;
}

/** What the files in quarantine hold. */
export async function quarantineOf({ disk }: Pick<StoredLog, "disk">): Promise<Set<string>> {
  const directory = `${DIRECTORY}/quarantine`;
  if ((await disk.fs.stat(directory)) === undefined) return new Set();
  const names = await disk.fs.list(directory);
  const kept = new Set<string>();
  for (const name of names) {
    const path = `${directory}/${name}`;
    if ((await disk.fs.stat(path))?.kind !== "file") continue;
    kept.add(Buffer.from(disk.contents(path)).toString("hex"));
  }
  return kept;
}

/** Which offsets read right, and which are damaged; a record that reads wrong fails the test. */
export async function readAll(log: Pick<StoredLog, "disk" | "values">): Promise<{
  readonly right: ReadonlySet<number>;
  readonly corrupt: ReadonlySet<number>;
  readonly firstOffset: number;
  readonly nextOffset: number;
}> {
  const right = new Set<number>();
  const corrupt = new Set<number>();
  const opened = await openLog(DIRECTORY, { fs: log.disk.fs });
  const { firstOffset, nextOffset } = opened;
  for (let offset = firstOffset; offset < nextOffset; offset++) {
    try {
      const { value } = opened.read(offset);
      if (Buffer.compare(value, log.values.get(offset) ?? NOTHING) !== 0) {
        expect([offset, value]).toEqual([offset, log.values.get(offset)]);
      }
      right.add(offset);
    } catch (error) {
      if (!hasCode(error, "ERR_SEGLOG_CORRUPT")) throw error;
      expect(error.context.offset).toBe(offset);
      corrupt.add(offset);
    }
  }
  await opened.close();
  return { right, corrupt, firstOffset, nextOffset };
}

/**
 * Repairs a log: nothing is deleted, a dry run changes nothing, the log opens, what is not said to
 * be lost reads right, and there is nothing left to be repaired.
 *
 * @returns the kinds of what was wrong and what was done, and what was lost
 */
export async function repaired(log: StoredLog): Promise<{
  readonly kinds: readonly string[];
  readonly actions: readonly string[];
  readonly lost: readonly { readonly from: number; readonly to: number | undefined }[];
}> {
  const { fs } = log.disk;
  const before = await contentsOf(log);
  const verified = await verifyLog(DIRECTORY, { fs });
  const planned = await repairLog(DIRECTORY, { fs, dryRun: true });
  expect(await contentsOf(log)).toEqual(before);
  const repair = await repairLog(DIRECTORY, { fs });
  expect({ ...repair, quarantined: [], dryRun: true }).toEqual(planned);
  expect(repair.damages).toEqual(verified.damages);
  const kept = await quarantineOf(log);
  for (const { kind, path } of repair.actions) {
    const original = before.get(path.slice(DIRECTORY.length + 1));
    if (kind !== "create" && original !== undefined) expect(kept).toContain(original);
  }
  const { right } = await readAll(log);
  for (const offset of log.values.keys()) {
    const isLost = repair.lost.some(({ from, to }) => from <= offset && offset < (to ?? Infinity));
    if (right.has(offset) === isLost) expect({ offset, isLost }).toBe("told");
  }
  const after = await verifyLog(DIRECTORY, { fs });
  const left = after.damages.filter(({ kind, harmless }) => !harmless && kind !== "lost record");
  expect(left).toEqual([]);
  expect((await repairLog(DIRECTORY, { fs })).actions).toEqual([]);
  expect([log.disk.openHandles, log.disk.openMappings, log.disk.heldLocks]).toEqual([0, 0, 0]);
  const harmful = verified.damages.filter(({ harmless }) => !harmless);
  return {
    kinds: harmful.map(({ kind }) => kind),
    actions: repair.actions.map(({ kind }) => kind),
    lost: repair.lost,
  };
}
