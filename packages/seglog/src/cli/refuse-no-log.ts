import { SeglogError } from "@seglog/errors";
import { nodeFileSystem } from "@seglog/fs";
import { STATE_FILE_NAME } from "@seglog/segment";

const SEGMENT_FILE = /^\d{20}\.(store|index)$/;

/**
 * A directory that holds none of a log's files is no damaged log, and no sound one either: its
 * name was mistyped. A directory that cannot be listed is left to whoever reads it.
 *
 * @throws ERR_SEGLOG_NOT_FOUND
 */
export async function refuseNoLog(directory: string): Promise<void> {
  const fs = nodeFileSystem();
  const names = await fs.list(directory).catch(() => undefined);
  if (names === undefined) return;
  if (names.some((name) => name === STATE_FILE_NAME || SEGMENT_FILE.test(name))) return;
  throw new SeglogError("ERR_SEGLOG_NOT_FOUND", `no log in ${directory}`, { path: directory });
}
