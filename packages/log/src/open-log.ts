import type { SegmentCatalog } from "@seglog/segment";
import type { Log, OpenLogOptions } from "./contract.ts";
import type { RecoveryEvent } from "./events-contract.ts";
import { followLog } from "./followed-log.ts";
import { publish } from "./log-channels.ts";
import { resolveLogOptions } from "./log-options.ts";
import { type RecoveredLog, recoverSegments } from "./recover-segments.ts";
import { SegmentedLog } from "./segmented-log.ts";
import { serialCatalog } from "./serial-catalog.ts";

/**
 * Opens the log in `catalog`, or makes one where the catalog is empty; the log then owns the
 * catalog. After a crash it finishes what was under way: see {@link Log.recovery}.
 *
 * On failure the caller closes the catalog, which may have been closed already.
 *
 * @throws ERR_SEGLOG_INVALID_ARGUMENT  naming the option that is wrong
 * @throws ERR_SEGLOG_CORRUPT  something is missing or damaged that no crash takes
 */
export async function openLog(catalog: SegmentCatalog, options: OpenLogOptions = {}): Promise<Log> {
  const resolved = resolveLogOptions(options);
  const begun = performance.now();
  const serial = serialCatalog(catalog);
  if (catalog.readOnly) return followLog(serial);
  const recovered = await recoverSegments(serial, resolved.firstOffset);
  publish("seglog:recovery", () => recoveryEvent(catalog, recovered, performance.now() - begun));
  const log = new SegmentedLog(serial, recovered, resolved);
  try {
    await log.loadCursors();
    await log.enforceRetention();
    return log;
  } catch (error) {
    await log.close().catch(() => {}); // the first failure is the one to tell
    throw error;
  }
}

function recoveryEvent(
  { path, readOnly }: SegmentCatalog,
  { recovery, segments, firstOffset, nextOffset }: RecoveredLog,
  ms: number,
): RecoveryEvent {
  const { clean, tornBytes, indexesRebuilt } = recovery;
  return {
    path,
    readOnly,
    clean,
    tornBytes,
    indexesRebuilt: indexesRebuilt.length,
    segments: segments.length,
    firstOffset,
    nextOffset,
    ms,
  };
}
