import { resolve } from "node:path";
import { nodeFileSystem } from "@seglog/fs";
import { inspectIndex } from "@seglog/index";
import { type Verification, type VerifyOptions, verifyDirectory } from "@seglog/segment";
import { inspectStore } from "@seglog/store";
import { checkDirectoryOptions } from "./log-options.ts";

/**
 * Reads everything in a log's directory, every frame of every segment, and says what is wrong.
 *
 * Takes no lock, changes nothing, and may run beside a writer. Memory is bounded, whatever the
 * files claim; others have their turn at least every 16 MiB. A damage is reported, never thrown.
 * Of records without checksums (format `"plain"`) it cannot say whether their values are right, see
 * `recordsUnchecked`; of a file of a later release nothing, which is a finding, `"later version"`.
 * Logs with stores of another kind (`openStore`) look damaged to it, whatever they hold.
 *
 * @throws ERR_SEGLOG_INVALID_ARGUMENT  naming the option that is wrong
 * @throws ERR_SEGLOG_NOT_FOUND  there is no directory, or no log in it
 * @throws ERR_SEGLOG_IO  the directory cannot be listed
 */
export async function verifyLog(
  directory: string,
  options: VerifyOptions = {},
): Promise<Verification> {
  checkDirectoryOptions(directory, options, ["fs", "onProgress", "signal"]);
  return verifyDirectory({
    ...options,
    // a file that a writer cuts must not be mapped
    fs: options.fs ?? nodeFileSystem({ mapper: "read-through" }),
    directory: resolve(directory),
    inspectStore,
    inspectIndex,
  });
}
