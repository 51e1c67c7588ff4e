import { dirname, resolve } from "node:path";
import { hasCode, invalidArgument, SeglogError } from "@seglog/errors";
import { type FileSystem, nodeFileSystem } from "@seglog/fs";
import { restoreSnapshot } from "@seglog/log";
import {
  LOCK_FILE_NAME,
  PROGRESS_FILE_NAME,
  type SegmentCatalog,
  STATE_FILE_NAME,
} from "@seglog/segment";
import type { OpenLogOptions } from "./contract.ts";
import { checkOpenOptions } from "./log-options.ts";
import { openCatalog } from "./open-log.ts";

/** Where a snapshot is built before it takes the log's name: beside it, on the same file system. */
const BUILDING_SUFFIX = ".restoring";

/**
 * Makes a log of what `Seglog.reader` streamed: same offsets, times and values.
 *
 * Atomic: `directory`, which must be missing or empty, is a whole log afterwards, or untouched.
 * The log is not opened. Options are those of `openLog` that say how segments are made.
 *
 * @throws ERR_SEGLOG_EXISTS  `directory` is not empty, or what has its name with `.restoring` is no
 *   directory; nothing was changed
 * @throws ERR_SEGLOG_LOCKED  somebody else restores to this directory
 * @throws ERR_SEGLOG_BAD_SNAPSHOT  the stream is damaged, ends early, goes on too long, or is none
 * @throws ERR_SEGLOG_UNSUPPORTED_FORMAT  the snapshot was made by a later release
 */
export async function restoreLog(
  directory: string,
  stream: ReadableStream<Uint8Array>,
  options: OpenLogOptions<never, unknown> = {},
): Promise<{ readonly firstOffset: number; readonly nextOffset: number }> {
  const limits = checkOpenOptions(directory, options);
  if (options.readOnly === true) throw invalidArgument("readOnly", true, "false, to restore");
  if (!(stream instanceof ReadableStream)) {
    throw invalidArgument("stream", stream, "a ReadableStream of bytes");
  }
  const fs = options.fs ?? nodeFileSystem();
  const target = resolve(directory);
  await checkEmpty(fs, target);
  const building = `${target}${BUILDING_SUFFIX}`;
  await checkDirectory(fs, building);
  const catalog = await openCatalog(building, { ...options, fs }, limits);
  try {
    await discard(fs, catalog); // what a restore that a crash cut short has left
    const { recordBytesMax } = limits;
    const range = await restoreSnapshot(catalog, stream, { recordBytesMax });
    await checkEmpty(fs, target); // another restore may have been here
    await fs.rename(building, target);
    await fs.syncDirectory(dirname(building));
    return range;
  } catch (error) {
    // the first failure is the one to tell; what cannot be removed now goes with the next restore
    await removeBuilding(fs, catalog).catch(() => undefined);
    throw error;
  } finally {
    await catalog.close(); // and its lock, held until the log has its name
  }
}

async function checkEmpty(fs: FileSystem, directory: string): Promise<void> {
  const stat = await fs.stat(directory);
  if (stat === undefined) return;
  if (stat.kind === "directory" && (await fs.list(directory)).length === 0) return;
  throw new SeglogError("ERR_SEGLOG_EXISTS", `${directory} is not empty`, { path: directory });
}

/** A link would lead to somebody else's directory, whose log would be taken for an old attempt. */
async function checkDirectory(fs: FileSystem, path: string): Promise<void> {
  const stat = await fs.stat(path);
  if (stat === undefined || stat.kind === "directory") return;
  throw new SeglogError("ERR_SEGLOG_EXISTS", `${path} is in the way`, { path });
}

async function removeBuilding(fs: FileSystem, catalog: SegmentCatalog): Promise<void> {
  await discard(fs, catalog);
  await fs.remove(`${catalog.path}/${LOCK_FILE_NAME}`);
  await fs.removeDirectory(catalog.path);
}

/** Removes what is being built, so that what is left cannot be taken for a log. */
async function discard(fs: FileSystem, catalog: SegmentCatalog): Promise<void> {
  const listed = await catalog.list();
  for (const name of [STATE_FILE_NAME, PROGRESS_FILE_NAME]) {
    await fs.remove(`${catalog.path}/${name}`).catch((error: unknown) => {
      if (!hasCode(error, "ERR_SEGLOG_NOT_FOUND")) throw error;
    });
  }
  await catalog.remove(listed.map(({ baseOffset }) => baseOffset));
}
