import { randomBytes } from "node:crypto";
import { performance } from "node:perf_hooks";
import type { FileHandle } from "@seglog/fs";
import type { Seglog } from "../contract.ts";

/** One operation to measure. */
export interface DiskCase {
  readonly id: string;
  readonly name: string;
  readonly unit: string;
  /** Id of the raw operation to compare with. */
  readonly raw?: string;
  /** Works for so long. @returns units done per second */
  readonly run: (ms: number) => Promise<number>;
}

const RECORD_BYTES = 128;
const BLOCK_BYTES = 1 << 20;
const LARGE_BYTES = 1 << 14;
const MIB = 2 ** 20;

/** Each raw operation, and what a log makes of it. In order: reads need what was written before. */
export function* diskCases(raw: FileHandle, log: Seglog): Generator<DiskCase, undefined> {
  const file = { length: 0 };
  const grow = async (bytes: Uint8Array): Promise<void> => {
    await raw.write([bytes], file.length);
    file.length += bytes.length;
  };
  yield* syncCases({ raw, log, grow });
  yield* writeCases({ raw, log, grow });
  yield {
    id: "raw-read",
    name: `raw disk: read ${RECORD_BYTES} B anywhere, cached`,
    unit: "reads/s",
    run: (ms) => timed(ms, async () => readRaw(raw, file.length)),
  };
  yield {
    id: "read",
    name: "read of a record anywhere, cached",
    unit: "reads/s",
    raw: "raw-read",
    run: (ms) => timed(ms, async () => readRecords(log)),
  };
}

interface CaseParts {
  readonly raw: FileHandle;
  readonly log: Seglog;
  /** Writes at the end of the raw file. */
  readonly grow: (bytes: Uint8Array) => Promise<void>;
}

function* syncCases({ raw, log, grow }: CaseParts): Generator<DiskCase, undefined> {
  const value = new Uint8Array(randomBytes(RECORD_BYTES));
  const work = async (): Promise<number> => {
    await grow(value);
    await raw.sync();
    return 1;
  };
  const name = `raw disk: write ${RECORD_BYTES} B and sync`;
  yield { id: "raw-sync", name, unit: "durable/s", run: (ms) => timed(ms, work) };
  for (const count of [1, 64, 1024]) {
    yield {
      id: `append-${count}`,
      name: `append of ${RECORD_BYTES} B, ${count} ${count === 1 ? "caller" : "callers"}`,
      unit: "durable/s",
      raw: "raw-sync",
      run: (ms) => appendsPerSecond(log, value, { count, ms }),
    };
  }
}

function* writeCases({ raw, log, grow }: CaseParts): Generator<DiskCase, undefined> {
  const value = new Uint8Array(randomBytes(LARGE_BYTES));
  const block = new Uint8Array(randomBytes(BLOCK_BYTES));
  const growByBlock = async (): Promise<number> => {
    await grow(block);
    return BLOCK_BYTES / MIB;
  };
  yield {
    id: "raw-write",
    name: "raw disk: write blocks of 1 MiB, sync at the end",
    unit: "MiB/s",
    run: (ms) => timed(ms, growByBlock, () => raw.sync()),
  };
  yield {
    id: "write",
    name: `write of ${LARGE_BYTES / 1024} KiB, sync at the end`,
    unit: "MiB/s",
    raw: "raw-write",
    run: (ms) =>
      timed(
        ms,
        () => writeMebibyte(log, value),
        () => log.sync(),
      ),
  };
}

/** Units of work done per second, `finish` included. */
async function timed(
  ms: number,
  work: () => Promise<number>,
  finish?: () => Promise<void>,
): Promise<number> {
  const begun = performance.now();
  let done = 0;
  do done += await work();
  while (performance.now() - begun < ms);
  await finish?.();
  return (done * 1000) / (performance.now() - begun);
}

async function appendsPerSecond(
  log: Seglog,
  value: Uint8Array,
  { count, ms }: { readonly count: number; readonly ms: number },
): Promise<number> {
  const begun = performance.now();
  let done = 0;
  const call = async (): Promise<void> => {
    do {
      await log.append(value);
      done++;
    } while (performance.now() - begun < ms);
  };
  await Promise.all(Array.from({ length: count }, call));
  return (done * 1000) / (performance.now() - begun);
}

/** @returns 1 */
async function writeMebibyte(log: Seglog, value: Uint8Array): Promise<number> {
  for (let bytes = 0; bytes < MIB; bytes += value.length) log.write(value);
  // far below the bound, so that no write is refused, and far enough for the disk to be busy
  if (log.stats().stagedBytes > 8 * MIB) await log.sync();
  return 1;
}

const READS_AT_ONCE = 200;

function readRaw(raw: FileHandle, size: number): number {
  for (let i = 0; i < READS_AT_ONCE; i++) {
    raw.read(new Uint8Array(RECORD_BYTES), Math.floor(Math.random() * (size - RECORD_BYTES)));
  }
  return READS_AT_ONCE;
}

function readRecords(log: Seglog): number {
  for (let i = 0; i < READS_AT_ONCE; i++) {
    log.read(Math.floor(Math.random() * log.committedOffset));
  }
  return READS_AT_ONCE;
}
