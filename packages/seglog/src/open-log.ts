import { resolve } from "node:path";
import { SeglogError } from "@seglog/errors";
import { nodeFileSystem } from "@seglog/fs";
import { type CommitTarget, groupCommit } from "@seglog/groupcommit";
import { type Index, memoryIndex, openMappedIndex } from "@seglog/index";
import { type Log, openLog as openSegmentedLog } from "@seglog/log";
import {
  type OpenIndexRequest,
  openDirectoryCatalog,
  RECORD_HEAD_BYTES,
  type SegmentCatalog,
} from "@seglog/segment";
import { openFileStore } from "@seglog/store";
import { BackgroundTimers } from "./background-timers.ts";
import { bytes } from "./codecs.ts";
import type { BytesOrString, Codec, OpenLogOptions, Seglog } from "./contract.ts";
import { checkOpenOptions, type SharedLimits } from "./log-options.ts";
import { TypedLog } from "./typed-log.ts";

/**
 * Opens the log in `directory`, or makes one, with its directory, where there is none.
 *
 * This is the one place where the layers meet: file stores and mapped indexes make segments,
 * segments a log, and group commit stands on top.
 *
 * @throws ERR_SEGLOG_INVALID_ARGUMENT  naming the option that is wrong; nothing was changed
 * @throws ERR_SEGLOG_LOCKED  another writer has the directory
 * @throws ERR_SEGLOG_CORRUPT  something is missing or damaged that no crash takes
 * @throws ERR_SEGLOG_UNSUPPORTED_FORMAT  made by a later release
 * @throws ERR_SEGLOG_NOT_FOUND  `readOnly`, and there is no log
 * @throws ERR_SEGLOG_EXISTS  a file is where the directory is to be
 * @throws ERR_SEGLOG_UNAVAILABLE  this platform offers no lock that dies with its process
 * @throws ERR_SEGLOG_IO  the operating system refused a call; see `cause`
 */
export function openLog(
  directory: string,
  options?: OpenLogOptions<BytesOrString, Uint8Array> & { readonly codec?: undefined },
): Promise<Seglog>;
export function openLog<In, Out = In>(
  directory: string,
  options: OpenLogOptions<In, Out> & { readonly codec: Codec<In, Out> },
): Promise<Seglog<In, Out>>;
export async function openLog(
  directory: string,
  options: OpenLogOptions<never, unknown> = {},
): Promise<Seglog<never, unknown>> {
  const limits = checkOpenOptions(directory, options);
  // once: the process may change its working directory while the log is open
  const catalog = await openCatalog(resolve(directory), options, limits);
  let log: Log;
  try {
    log = await openSegmentedLog(catalog, {
      firstOffset: options.firstOffset,
      segmentAgeMsMax: options.segmentAgeMsMax,
      recordBytesMax: limits.recordBytesMax,
      // group commit keeps the bound; this one only has to be out of its way
      stagedBytesMax: Number.MAX_SAFE_INTEGER,
      commitOn: limits.durability === "commit" ? "sync" : "flush",
      retention: options.retention,
      clock: options.clock,
    });
  } catch (error) {
    await catalog.close();
    throw error;
  }
  const timers = new BackgroundTimers(log, limits.durability, options.retention);
  return new TypedLog<never, unknown>({
    log,
    commits: groupCommit(commitTarget(log, limits), {
      bytesMax: limits.stagedBytesMax,
      waitingMax: limits.waitingMax,
      resume: () => log.resume(),
      closedError: () => closedError(log.path),
    }),
    codec: options.codec ?? bytes(),
    onClose: () => timers.stop(),
  });
}

/** The directory catalog that `openLog` composes, with the layers' default parts. */
export function openCatalog(
  directory: string,
  options: OpenLogOptions<never, unknown>,
  { recordBytesMax }: Pick<SharedLimits, "recordBytesMax">,
): Promise<SegmentCatalog> {
  const { segmentBytesMax, indexEntriesMax, frameFormat, mode, readOnly } = options;
  return openDirectoryCatalog({
    directory,
    fs: options.fs ?? nodeFileSystem(readOnly === true ? READER : {}),
    openStore: options.openStore ?? openFileStore,
    openIndex: options.openIndex ?? openDefaultIndex,
    recordBytesMax: recordBytesMax + RECORD_HEAD_BYTES,
    stagedBytesMax: Number.MAX_SAFE_INTEGER,
    ...(segmentBytesMax === undefined ? {} : { segmentBytesMax }),
    ...(indexEntriesMax === undefined ? {} : { indexEntriesMax }),
    ...(frameFormat === undefined ? {} : { frameFormat }),
    ...(mode === undefined ? {} : { mode }),
    ...(readOnly === undefined ? {} : { readOnly }),
  });
}

/**
 * The writer of another process may cut a file, and a page of a mapping that lies behind the
 * file's end kills the process that touches it. Who only reads beside a writer reads by calls.
 */
const READER = Object.freeze({ mapper: "read-through" as const });

async function openDefaultIndex(request: OpenIndexRequest): Promise<Index> {
  const { fs, path, access, mode } = request;
  if (access === "scratch") return memoryIndex();
  return openMappedIndex({ fs, path, access, mode });
}

/** As the log itself says it. */
function closedError(what: string): SeglogError<"ERR_SEGLOG_CLOSED"> {
  return new SeglogError("ERR_SEGLOG_CLOSED", `the log ${what} is closed`, { what });
}

/** What an acknowledgement waits for: a sync, or that the OS has the bytes. */
function commitTarget(log: Log, { durability }: SharedLimits): CommitTarget {
  return {
    append: (record) => log.append(record),
    sync: () => (durability === "commit" ? log.sync() : log.flush()),
  };
}
