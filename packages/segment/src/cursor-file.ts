import { crc32 } from "node:zlib";
import { checkInteger, hasCode, invalidArgument } from "@seglog/errors";
import type { FileHandle, FileSystem } from "@seglog/fs";
import { removeIfThere } from "./clean-up.ts";
import type { Offset, SavedCursor } from "./contract.ts";
import {
  CURSOR_FILE_BYTES,
  CURSOR_SLOT_BYTES,
  CURSOR_SLOT_POSITIONS,
  type CursorSlot,
  decodeCursorSlot,
  encodeCursorSlot,
} from "./cursor-codec.ts";

/**
 * What a cursor may be called: 1 to 64 of `a-z 0-9 . _ -`, a letter or digit first. A file has the
 * name: nothing in it leads elsewhere, and no two differ by case only.
 */
export const CURSOR_NAME_PATTERN: RegExp = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const SUFFIX = ".cursor";

/** Where the cursors of a log are. */
export interface CursorPlace {
  readonly fs: FileSystem;
  readonly directory: string;
  readonly mode: number;
  /** Which log they are of; 0 where that is not known. */
  readonly logId: number;
}

/** Name of the cursor whose file has this name; `undefined` for any other file. */
export function cursorNameOf(fileName: string): string | undefined {
  if (!fileName.endsWith(SUFFIX)) return undefined;
  const name = fileName.slice(0, -SUFFIX.length);
  return CURSOR_NAME_PATTERN.test(name) ? name : undefined;
}

/** @throws ERR_SEGLOG_INVALID_ARGUMENT  `name` is no cursor's name */
function checkCursorName(name: unknown): asserts name is string {
  if (typeof name === "string" && CURSOR_NAME_PATTERN.test(name)) return;
  throw invalidArgument("name", name, "1 to 64 of a-z 0-9 . _ -, a letter or digit first");
}

/** The cursors that have a file. One whose making a crash cut short is none. */
export async function listCursors(place: CursorPlace): Promise<SavedCursor[]> {
  const cursors: SavedCursor[] = [];
  for (const fileName of await place.fs.list(place.directory)) {
    const name = cursorNameOf(fileName);
    if (name === undefined) continue;
    const found = await loadCursor(place, name);
    if (found.kind === "good") cursors.push({ name, offset: found.slot.offset });
    else if (found.kind === "bad") cursors.push({ name, offset: undefined });
  }
  // the order of names is not that of files: `a-b.cursor` is listed before `a.cursor`
  return cursors.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Writes `offset` over the older of two slots, durably; a new file gets both, so that one with
 * nothing in the first was never finished.
 */
export async function saveCursor(place: CursorPlace, name: string, offset: Offset): Promise<void> {
  checkCursorName(name);
  checkInteger("offset", offset, { min: 0 });
  const { fs, directory, mode, logId } = place;
  const found = await loadCursor(place, name);
  const sequence = found.kind === "good" ? found.slot.sequence : 0;
  const how = { access: "write", create: "ifMissing", mode } as const;
  const handle = await fs.open(pathOf(place, name), how);
  try {
    if (found.kind !== "good") {
      const bytes = await handle.size();
      if (bytes < CURSOR_FILE_BYTES) handle.allocate(bytes, CURSOR_FILE_BYTES);
      await writeSlot(handle, { sequence: 1, logId, offset });
    }
    await writeSlot(handle, { sequence: Math.max(2, sequence + 1), logId, offset });
  } finally {
    await handle.close();
  }
  if (found.kind !== "good") await fs.syncDirectory(directory);
}

/** Removes the cursor's file, durably. */
export async function removeCursor(place: CursorPlace, name: string): Promise<void> {
  checkCursorName(name);
  await removeIfThere(place.fs, pathOf(place, name));
  await place.fs.syncDirectory(place.directory);
}

/** What a cursor's file holds. */
type LoadedCursor =
  | { readonly kind: "good"; readonly slot: CursorSlot }
  /** There is none, or its first save was cut short. */
  | { readonly kind: "none" }
  /** It is damaged, of another log, or of a later release. */
  | { readonly kind: "bad" };

/** @throws ERR_SEGLOG_IO  it cannot be read */
async function loadCursor(place: CursorPlace, name: string): Promise<LoadedCursor> {
  let handle: FileHandle;
  try {
    handle = await place.fs.open(pathOf(place, name), { access: "read" });
  } catch (error) {
    if (hasCode(error, "ERR_SEGLOG_NOT_FOUND")) return { kind: "none" };
    throw error;
  }
  try {
    const content = new Uint8Array(CURSOR_FILE_BYTES);
    handle.read(content, 0);
    return newestIn(content, place.logId);
  } finally {
    await handle.close();
  }
}

function newestIn(content: Uint8Array, logId: number): LoadedCursor {
  let newest: CursorSlot | undefined;
  for (const at of CURSOR_SLOT_POSITIONS) {
    const slot = decodeCursorSlot(content.subarray(at, at + CURSOR_SLOT_BYTES), crc32);
    if (slot === undefined) continue;
    if (newest === undefined || slot.sequence > newest.sequence) newest = slot;
  }
  const isFirstEmpty = content.subarray(0, CURSOR_SLOT_BYTES).every((byte) => byte === 0);
  if (newest === undefined) return { kind: isFirstEmpty ? "none" : "bad" };
  const isForeign = newest.logId !== logId && newest.logId !== 0 && logId !== 0;
  if (isForeign) return { kind: "bad" };
  // only the first of two saves that make a file: it was never told to be there
  return isFirstEmpty && newest.sequence === 1 ? { kind: "none" } : { kind: "good", slot: newest };
}

async function writeSlot(handle: FileHandle, slot: CursorSlot): Promise<void> {
  const position = CURSOR_SLOT_POSITIONS[slot.sequence % 2] as number;
  await handle.write([encodeCursorSlot(slot, crc32)], position);
  await handle.sync();
}

function pathOf({ directory }: CursorPlace, name: string): string {
  return `${directory}/${name}${SUFFIX}`;
}
