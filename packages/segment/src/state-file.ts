import { crc32 } from "node:zlib";
import { SeglogError } from "@seglog/errors";
import type { FileHandle, FileSystem } from "@seglog/fs";
import {
  decodeStateSlot,
  encodeStateSlot,
  STATE_FILE_BYTES,
  STATE_SLOT_BYTES,
  STATE_SLOT_POSITIONS,
  STATE_VERSION,
  type StateSlot,
} from "./state-codec.ts";

/** Name of the state file in a log's directory. */
export const STATE_FILE_NAME = "seglog.state";

/** Where a state file is, and how it is made. */
export interface StateFilePlace {
  readonly fs: FileSystem;
  readonly directory: string;
  readonly mode: number;
}

/**
 * The newest valid slot of the state file; `undefined` when the file was never made, or a crash
 * cut short its making.
 *
 * @throws ERR_SEGLOG_UNSUPPORTED_FORMAT  the newest slot is of a later version
 * @throws ERR_SEGLOG_CORRUPT  bytes are there, and no slot is valid
 */
export async function loadStateSlot(
  place: Omit<StateFilePlace, "mode">,
): Promise<StateSlot | undefined> {
  const path = `${place.directory}/${STATE_FILE_NAME}`;
  if ((await place.fs.stat(path)) === undefined) return undefined;
  const handle = await place.fs.open(path, { access: "read" });
  try {
    return newestSlot(handle, path);
  } finally {
    await handle.close();
  }
}

/** Saves `slot`, over the older of the two, and makes it durable; makes the file if needed. */
export async function saveStateSlot(place: StateFilePlace, slot: StateSlot): Promise<void> {
  const { fs, directory, mode } = place;
  const path = `${directory}/${STATE_FILE_NAME}`;
  const isNew = (await fs.stat(path)) === undefined;
  const handle = await fs.open(path, { access: "write", create: "ifMissing", mode });
  try {
    if ((await handle.size()) < STATE_FILE_BYTES) handle.allocate(0, STATE_FILE_BYTES);
    const position = STATE_SLOT_POSITIONS[slot.sequence % 2] as number;
    await handle.write([encodeStateSlot(slot, crc32)], position);
    await handle.sync();
  } finally {
    await handle.close();
  }
  if (isNew) await fs.syncDirectory(directory);
}

function newestSlot(handle: FileHandle, path: string): StateSlot | undefined {
  const content = new Uint8Array(STATE_FILE_BYTES);
  const length = handle.read(content, 0);
  let newest: StateSlot | undefined;
  let later: number | undefined;
  for (const position of STATE_SLOT_POSITIONS) {
    const bytes = content.subarray(position, position + STATE_SLOT_BYTES);
    const decoded = decodeStateSlot(bytes, crc32);
    if (decoded.kind === "unsupported") later = decoded.version;
    if (decoded.kind !== "valid") continue;
    if (newest === undefined || decoded.slot.sequence > newest.sequence) newest = decoded.slot;
  }
  if (later !== undefined) {
    throw new SeglogError("ERR_SEGLOG_UNSUPPORTED_FORMAT", `${path} is of version ${later}`, {
      path,
      found: later,
      supported: [STATE_VERSION],
    });
  }
  if (newest === undefined && content.subarray(0, length).some((byte) => byte !== 0)) {
    throw new SeglogError("ERR_SEGLOG_CORRUPT", `no valid slot in ${path}`, { path });
  }
  return newest;
}
