import { SeglogError } from "@seglog/errors";
import { nodeFileSystem } from "@seglog/fs";
import { baseOffsetOf, indexBaseOf, STATE_FILE_NAME } from "@seglog/segment";

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
  if (names.some(isOfLog)) return;
  throw new SeglogError("ERR_SEGLOG_NOT_FOUND", `no log in ${directory}`, { path: directory });
}

function isOfLog(name: string): boolean {
  const isSegment = baseOffsetOf(name) !== undefined || indexBaseOf(name) !== undefined;
  return name === STATE_FILE_NAME || isSegment;
}
