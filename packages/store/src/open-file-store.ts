import type { FileHandle } from "@seglog/fs";
import { CheckedFrames } from "./checked-frames.ts";
import type { OpenFileStoreOptions, Store } from "./contract.ts";
import { FileBytes } from "./file-bytes.ts";
import { FileStore } from "./file-store.ts";
import { FRAME_FLAGS, GENERATIONS, STORE_HEADER_BYTES } from "./format.ts";
import type { FrameCodec } from "./frame-codec.ts";
import { openHeader } from "./open-header.ts";
import { PlainFrames } from "./plain-frames.ts";
import { Preallocation } from "./preallocation.ts";
import { corruptStore, type RecoveredEnd, recover } from "./recover.ts";
import { Staging } from "./staging.ts";
import { checkFileStoreOptions, type FileStoreOptions } from "./store-options.ts";
import { endBatchAt, frameBefore } from "./truncate-file.ts";

/**
 * Opens, or makes, a store in one file. The store is ready when this resolves, and the file's
 * name, header, and every frame that it has, are durable (`access: "write"`).
 *
 * One writer at a time: whoever opens for writing must see to that, with `FileSystem.lock`.
 *
 * @throws ERR_SEGLOG_INVALID_ARGUMENT  an option; nothing was opened
 * @throws ERR_SEGLOG_NOT_FOUND | ERR_SEGLOG_EXISTS  see `create`
 * @throws ERR_SEGLOG_NOT_A_LOG  the file begins otherwise
 * @throws ERR_SEGLOG_UNSUPPORTED_FORMAT  it is of a version that this release does not know
 * @throws ERR_SEGLOG_CORRUPT  damage that a crash cannot explain; nothing was changed
 */
export async function openFileStore(options: OpenFileStoreOptions): Promise<Store> {
  const checked = checkFileStoreOptions(options);
  const { fs, path, access, create, mode } = checked;
  const handle = await fs.open(path, {
    access,
    create,
    ...(mode === undefined ? undefined : { mode }),
  });
  try {
    return await openStore(handle, checked);
  } catch (error) {
    // The error tells why there is no store; one of closing would only hide it.
    await handle.close().catch(() => undefined);
    throw error;
  }
}

async function openStore(handle: FileHandle, options: FileStoreOptions): Promise<Store> {
  const header = await openHeader(handle, options);
  const frames =
    header?.frameFormat === "plain" ? new PlainFrames() : new CheckedFrames(header?.salt ?? 0);
  const isNew = header === undefined || header.isNew;
  const end = isNew ? EMPTY : await findEnd(handle, frames, options);
  const readOnly = options.access === "read" || options.end === "sealed";
  const fileBytes = await handle.size();
  const file = new FileBytes(handle, fileBytes);
  if (options.end === "sealed") file.mapLate(options.fs, handle);
  const preallocates = options.preallocate && frames.format === "checked" && !readOnly;
  return new FileStore({
    fs: options.fs,
    handle,
    follows: options.access === "read" && options.end !== "sealed",
    frames,
    file,
    staging: new Staging(end.position, options.bufferBytes),
    preallocation: new Preallocation(handle, {
      fileBytes,
      fileBytesMax: preallocates ? STORE_HEADER_BYTES + options.expectedBytes : 0,
    }),
    generation: (end.generation + 1) % GENERATIONS,
    tornBytes: end.tornBytes,
    readOnly,
    recordBytesMax: options.recordBytesMax,
    stagedBytesMax: options.stagedBytesMax,
  });
}

function findEnd(
  handle: FileHandle,
  frames: FrameCodec,
  options: FileStoreOptions,
): Promise<RecoveredEnd> {
  return options.end === "crashed"
    ? recoverEnd(handle, frames, options)
    : trustEnd(handle, frames, options);
}

/**
 * All frames are read. Those that stay are made durable, and not only synced: where the process
 * before was told that a sync failed, the OS may take their pages for written, and no later sync
 * would write them.
 */
async function recoverEnd(
  handle: FileHandle,
  frames: FrameCodec,
  { access, keepRecords }: FileStoreOptions,
): Promise<RecoveredEnd> {
  const end = await recover(handle, frames, { live: access === "read", keepRecords });
  if (access === "read") return end;
  if (keepRecords !== undefined) await endBatchAt(end.position, { handle, frames });
  // also where it has its length: a sync of that may have failed, and no later one covers it then
  await handle.truncate(end.mustCut ? STORE_HEADER_BYTES + end.position : await handle.size());
  await rewrite(handle, 0, STORE_HEADER_BYTES);
  if (frames instanceof CheckedFrames) {
    const to = STORE_HEADER_BYTES + end.position;
    await rewrite(handle, STORE_HEADER_BYTES + end.unsureFrom, to);
  }
  await handle.sync();
  return end;
}

/** Writes file bytes `[from, to)` over themselves: whatever a crash keeps of it is the same. */
async function rewrite(handle: FileHandle, from: number, to: number): Promise<void> {
  const bytes = new Uint8Array(Math.min(to - from, REWRITE_BYTES));
  for (let at = from; at < to; at += REWRITE_BYTES) {
    const part = bytes.subarray(0, Math.min(REWRITE_BYTES, to - at));
    handle.read(part, at);
    await handle.write([part], at);
  }
}

const REWRITE_BYTES = 2 ** 20;

/** The file is as `close()` left it: it ends where the last frame does. */
async function trustEnd(
  handle: FileHandle,
  frames: FrameCodec,
  { access, end }: FileStoreOptions,
): Promise<RecoveredEnd> {
  const position = (await handle.size()) - STORE_HEADER_BYTES;
  if (position === 0) return EMPTY;
  if (end === "sealed" || access === "read" || !(frames instanceof CheckedFrames)) {
    return { position, generation: -1, tornBytes: 0, mustCut: false, unsureFrom: position };
  }
  const last = frameBefore({ handle, frames }, position);
  if (last === undefined) throw corruptStore(handle.path, position);
  const generation = last.tags & FRAME_FLAGS.generation;
  return { position, generation, tornBytes: 0, mustCut: false, unsureFrom: position };
}

const EMPTY: RecoveredEnd = Object.freeze({
  position: 0,
  generation: -1,
  tornBytes: 0,
  mustCut: false,
  unsureFrom: 0,
});
