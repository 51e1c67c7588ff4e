import { resolve } from "node:path";
import { hasCode } from "@seglog/errors";
import { nodeFileSystem } from "@seglog/fs";
import { inspectIndex } from "@seglog/index";
import { type Repair, type RepairOptions, repairDirectory } from "@seglog/segment";
import { copyStore, inspectStore } from "@seglog/store";
import { checkDirectoryOptions } from "./log-options.ts";
import { openLog } from "./open-log.ts";

/**
 * Makes a log that opens of one that is damaged. What it takes away or writes over goes to
 * `quarantine` in the log's directory first: it deletes nothing. Records that are whole keep their
 * offsets; reading one that is lost is `ERR_SEGLOG_CORRUPT`. A log without damage is left alone.
 *
 * Of records without checksums (format `"plain"`) it finds only what has no place, or no length; a
 * value that is damaged stays as it is. Not for logs with stores of another kind (`openStore`):
 * it would take every one of them for damaged, and away.
 *
 * A crash at any moment, and any failure, leaves a directory that can be repaired again. Where it
 * did something it opens the log, to be sure, and closes it.
 *
 * @throws ERR_SEGLOG_INVALID_ARGUMENT  naming the option that is wrong
 * @throws ERR_SEGLOG_LOCKED  a writer has the directory
 * @throws ERR_SEGLOG_NOT_FOUND  there is no directory, or no log in it; nothing was changed
 * @throws ERR_SEGLOG_UNSUPPORTED_FORMAT  a file was made by a later release; nothing was changed
 * @throws ERR_SEGLOG_IO  a file cannot be read or written; what was in its place is still there
 */
export async function repairLog(directory: string, options: RepairOptions = {}): Promise<Repair> {
  const names = ["fs", "dryRun", "onProgress", "clock", "mode"];
  checkDirectoryOptions(directory, options, names);
  const path = resolve(directory);
  const repair = await repairDirectory({
    ...options,
    fs: options.fs ?? nodeFileSystem({ mapper: "read-through" }),
    directory: path,
    inspectStore,
    inspectIndex,
    copyStore,
  });
  if (repair.actions.length > 0 && !repair.dryRun) await proveItOpens(path, options);
  return repair;
}

async function proveItOpens(path: string, { fs, mode }: RepairOptions): Promise<void> {
  try {
    const log = await openLog(path, {
      ...(fs === undefined ? {} : { fs }),
      ...(mode === undefined ? {} : { mode }),
    });
    await log.close();
  } catch (error) {
    // somebody was faster: it opens
    if (!hasCode(error, "ERR_SEGLOG_LOCKED")) throw error;
  }
}
