import { hasCode, SeglogError } from "@seglog/errors";
import type { FileSystem } from "@seglog/fs";
import { type InspectedState, inspectState } from "./inspect-state.ts";
import { baseOffsetOf } from "./segment-name.ts";
import { STATE_FILE_NAME } from "./state-file.ts";

/**
 * A directory that holds no log is neither sound nor damaged: most likely its name was mistyped.
 * As opening for writing sees it, a log begins with the first state that was saved: without one,
 * and without a segment, opening makes a log, or finds none. Changes nothing.
 *
 * @throws ERR_SEGLOG_NOT_FOUND  there is no directory, or no log in it
 * @throws ERR_SEGLOG_IO  the directory cannot be listed
 */
export async function refuseNoLog(fs: FileSystem, directory: string): Promise<void> {
  const names = await fs.list(directory);
  if (names.some((name) => baseOffsetOf(name) !== undefined)) return;
  const hasStateFile = names.includes(STATE_FILE_NAME);
  if (hasStateFile && (await stateOf(fs, `${directory}/${STATE_FILE_NAME}`))?.kind !== "none") {
    return;
  }
  const why = hasStateFile ? ": its making was cut short, and opening it begins anew" : "";
  throw new SeglogError("ERR_SEGLOG_NOT_FOUND", `no log in ${directory}${why}`, {
    path: directory,
  });
}

/** `undefined` where it cannot be read, which is a finding, and no proof that there is none. */
async function stateOf(fs: FileSystem, path: string): Promise<InspectedState | undefined> {
  const stat = await fs.stat(path);
  if (stat !== undefined && stat.kind !== "file") return undefined;
  try {
    return await inspectState(fs, path);
  } catch (error) {
    if (!hasCode(error, "ERR_SEGLOG_IO")) throw error;
    return undefined;
  }
}
