import { dirname } from "node:path/posix";
import type { FileHandle } from "@seglog/fs";
import { FileWindow } from "./file-window.ts";
import { STORE_HEADER_BYTES } from "./format.ts";
import type { StoreHeader } from "./inspect-contract.ts";
import {
  badHeader,
  decodeStoreHeader,
  encodeStoreHeader,
  mayBeUnfinishedHeader,
  notAStore,
  ofAnotherLog,
} from "./store-header.ts";
import type { FileStoreOptions } from "./store-options.ts";

/** The header of a file, and whether it was written just now: then there are no frames. */
export interface OpenedHeader extends StoreHeader {
  readonly isNew: boolean;
}

/**
 * Reads the header, or writes one where the file is new or its creation was cut short.
 *
 * @returns `undefined` for an unfinished file that is open for reading: an empty store
 */
export async function openHeader(
  handle: FileHandle,
  options: FileStoreOptions,
): Promise<OpenedHeader | undefined> {
  const { fs, path, access, end, baseOffset } = options;
  const bytes = new Uint8Array(STORE_HEADER_BYTES);
  const read = handle.read(bytes, 0);
  if (read < STORE_HEADER_BYTES || bytes.every((byte) => byte === 0)) {
    if (!mayBeUnfinishedHeader(bytes.subarray(0, read))) throw notAStore(path);
    if (end !== "crashed" && options.create === "never") {
      throw badHeader(path, "nothing");
    }
    if (!(await isZeroFrom(handle, STORE_HEADER_BYTES))) throw badHeader(path, "only zeros");
    return access === "read" ? undefined : writeHeader(handle, options);
  }
  const header = decodeStoreHeader(bytes, path);
  if (baseOffset !== undefined && baseOffset !== header.baseOffset) {
    throw badHeader(path, `base offset ${header.baseOffset} instead of ${baseOffset}`);
  }
  if (isAnother(options.logId, header.logId)) throw ofAnotherLog(path);
  // Whoever made the file may have been killed before its name was durable.
  if (access === "write" && end === "crashed") await fs.syncDirectory(dirname(path));
  return { ...header, isNew: false };
}

/** Whether two ids are of different logs; one of 0 may be of any. */
function isAnother(a: number, b: number): boolean {
  return a !== 0 && b !== 0 && a !== b;
}

/** Durable, with the file's name, when this resolves. */
async function writeHeader(handle: FileHandle, options: FileStoreOptions): Promise<OpenedHeader> {
  const header: StoreHeader = {
    frameFormat: options.frameFormat,
    salt: options.random() >>> 0,
    baseOffset: options.baseOffset ?? 0,
    logId: options.logId,
  };
  await handle.truncate(0);
  await handle.write([encodeStoreHeader(header)], 0);
  await handle.sync();
  await options.fs.syncDirectory(dirname(options.path));
  return { ...header, isNew: true };
}

/** Whether there are only zeros from `position` to the end of the file. */
async function isZeroFrom(handle: FileHandle, position: number): Promise<boolean> {
  const fileBytes = await handle.size();
  const window = new FileWindow(handle, fileBytes);
  for (let p = position; p < fileBytes; p++) if (window.byte(p) !== 0) return false;
  return true;
}
