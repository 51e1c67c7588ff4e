import type { SegmentCatalog } from "@seglog/segment";
import type { Log, OpenLogOptions } from "./contract.ts";
import type { RecoveryEvent } from "./events-contract.ts";
import { closeAll } from "./follow-view.ts";
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
  if (catalog.readOnly) {
    const followed = await followLog(serial);
    publish("seglog:recovery", () => recoveryEvent(followed, performance.now() - begun));
    return followed;
  }
  const recovered = await recoverSegments(serial, resolved.firstOffset);
  const log = await openOrClose(recovered, () => new SegmentedLog(serial, recovered, resolved));
  publish("seglog:recovery", () => recoveryEvent(log, performance.now() - begun));
  try {
    await log.loadCursors();
    await log.enforceRetention();
    return log;
  } catch (error) {
    await log.close().catch(() => {}); // the first failure is the one to tell
    throw error;
  }
}

/** What is looked at to make a log of segments may fail; nobody else would close them. */
async function openOrClose<T>({ segments }: RecoveredLog, open: () => T): Promise<T> {
  try {
    return open();
  } catch (error) {
    await closeAll(segments);
    throw error;
  }
}

function recoveryEvent(log: Log, ms: number): RecoveryEvent {
  const { path, readOnly, firstOffset, nextOffset } = log;
  const { clean, tornBytes, indexesRebuilt } = log.recovery;
  const segments = log.segments().length;
  const rebuilt = indexesRebuilt.length;
  return {
    path,
    readOnly,
    clean,
    tornBytes,
    indexesRebuilt: rebuilt,
    segments,
    firstOffset,
    nextOffset,
    ms,
  };
}
