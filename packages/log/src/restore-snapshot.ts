import { checkOptions, hasCode, invalidArgument, SeglogError } from "@seglog/errors";
import type { SegmentCatalog } from "@seglog/segment";
import { borrowedCatalog } from "./borrowed-catalog.ts";
import type { Log, OpenLogOptions } from "./contract.ts";
import { tooLarge } from "./log-errors.ts";
import { openLog } from "./open-log.ts";
import {
  decodeSnapshotHeader,
  decodeSnapshotRecord,
  SNAPSHOT_HEADER_BYTES,
  SNAPSHOT_RECORD_HEAD_BYTES,
  SNAPSHOT_VALUE_BYTES_MAX,
  SNAPSHOT_VERSION,
  snapshotValueBytes,
} from "./snapshot-format.ts";
import { StreamBytes } from "./stream-bytes.ts";

const OPTIONS = Object.freeze(["segmentAgeMsMax", "recordBytesMax", "stagedBytesMax"]);
/** Exclusive bound of a record's time: 48 bits of ms since the epoch. */
const TIME_LIMIT = 2 ** 48;

/** The options of `openLog` that say how records are staged and segments made. */
export type RestoreOptions = Pick<
  OpenLogOptions,
  "segmentAgeMsMax" | "recordBytesMax" | "stagedBytesMax"
>;

/**
 * Fills an empty catalog with the records of a snapshot: same offsets, times and values.
 * The log is closed cleanly when this resolves with its range. After a failure the catalog holds
 * part of the snapshot: discard it.
 *
 * Ownership: the catalog stays open, also after a failure: it is the caller's to close.
 *
 * @throws ERR_SEGLOG_INVALID_ARGUMENT  an option, or `stream`; nothing was changed
 * @throws ERR_SEGLOG_EXISTS  the catalog holds a log; nothing was changed
 * @throws ERR_SEGLOG_BAD_SNAPSHOT  the stream is damaged, ends early, goes on too long, or is none
 * @throws ERR_SEGLOG_UNSUPPORTED_FORMAT  the snapshot is of a later version
 * @throws ERR_SEGLOG_RECORD_TOO_LARGE  a record is longer than `recordBytesMax`
 */
export async function restoreSnapshot(
  catalog: SegmentCatalog,
  stream: ReadableStream<Uint8Array>,
  options: RestoreOptions = {},
): Promise<{ readonly firstOffset: number; readonly nextOffset: number }> {
  checkOptions("options", options, OPTIONS);
  if (!(stream instanceof ReadableStream) || stream.locked) {
    throw invalidArgument("stream", stream, "a ReadableStream of bytes that nobody reads");
  }
  if ((await catalog.loadState()) !== undefined || (await catalog.list()).length > 0) {
    throw new SeglogError("ERR_SEGLOG_EXISTS", `${catalog.path} holds a log`, {
      path: catalog.path,
    });
  }
  const bytes = new StreamBytes(stream);
  try {
    return await restoreFrom(bytes, borrowedCatalog(catalog), options);
  } finally {
    await bytes.cancel();
  }
}

async function restoreFrom(
  bytes: StreamBytes,
  catalog: SegmentCatalog,
  options: OpenLogOptions,
): Promise<{ readonly firstOffset: number; readonly nextOffset: number }> {
  const decoded = decodeSnapshotHeader(
    (await bytes.take(SNAPSHOT_HEADER_BYTES)) ?? new Uint8Array(SNAPSHOT_HEADER_BYTES),
  );
  if (decoded.kind === "unsupported") {
    throw new SeglogError(
      "ERR_SEGLOG_UNSUPPORTED_FORMAT",
      `the snapshot is of version ${decoded.version}`,
      { path: "snapshot", found: decoded.version, supported: [SNAPSHOT_VERSION] },
    );
  }
  if (decoded.kind === "invalid") throw badSnapshot(0, "the stream is not a snapshot");
  const { firstOffset, recordCount } = decoded.header;
  const { recordBytesMax = Number.POSITIVE_INFINITY } = options;
  let time = 0;
  const log = await openLog(catalog, { ...options, firstOffset, clock: () => time });
  try {
    let { checksum } = decoded;
    for (let i = 0; i < recordCount; i++) {
      const position = bytes.position;
      const head = await bytes.peek(SNAPSHOT_RECORD_HEAD_BYTES);
      if (head === undefined) throw badSnapshot(position, "the snapshot ends early");
      const length = snapshotValueBytes(head);
      if (length > SNAPSHOT_VALUE_BYTES_MAX) throw badSnapshot(position, "no record is so long");
      // before so many bytes are gathered
      if (length > recordBytesMax) throw tooLarge("a record", length, recordBytesMax);
      const record = await bytes.take(SNAPSHOT_RECORD_HEAD_BYTES + length);
      if (record === undefined) throw badSnapshot(position, "the snapshot ends early");
      const found = decodeSnapshotRecord(record, checksum);
      if (found === undefined) throw badSnapshot(position, "a record's checksum is wrong");
      if (found.time < time || found.time >= TIME_LIMIT) {
        throw badSnapshot(position, "a record's time falls, or is none");
      }
      ({ time, checksum } = found);
      await appendWhenThereIsRoom(log, found.value);
    }
    if (!(await bytes.isAtEnd())) {
      throw badSnapshot(bytes.position, "the snapshot goes on too long");
    }
    await log.sync();
  } catch (error) {
    await log.close().catch(() => {}); // the first failure is the one to tell
    throw error;
  }
  await log.close();
  return { firstOffset, nextOffset: firstOffset + recordCount };
}

async function appendWhenThereIsRoom(log: Log, value: Uint8Array): Promise<void> {
  try {
    log.append(value);
  } catch (error) {
    if (!hasCode(error, "ERR_SEGLOG_OVERLOADED")) throw error;
    await log.flush();
    log.append(value);
  }
}

function badSnapshot(position: number, text: string): SeglogError {
  return new SeglogError("ERR_SEGLOG_BAD_SNAPSHOT", `${text}, at byte ${position}`, { position });
}
