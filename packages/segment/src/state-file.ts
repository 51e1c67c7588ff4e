import { crc32 } from "node:zlib";
import { checkInteger, checkOptions, SeglogError } from "@seglog/errors";
import type { FileHandle, FileSystem } from "@seglog/fs";
import type { CatalogState } from "./contract.ts";
import { TIME_LIMIT } from "./record-head.ts";
import {
  decodeStateSlot,
  encodeStateSlot,
  isUnfinishedStateFile,
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
  /** Permissions of the file, where it is made. */
  readonly mode: number;
  /** Source of random u32s, for the id of a new log. Default: the system's. */
  readonly random?: () => number;
}

/**
 * Two slots of one file, written in turn: the newest valid one holds the state, and the other is
 * written next, so that at every moment one whole, durable state is there. See FORMAT.md.
 */
export class StateFile {
  readonly #place: StateFilePlace;
  readonly #path: string;
  /** Of the newest valid slot; 0 before the first. */
  #sequence = 0;
  /** `undefined` before a state was loaded or saved. */
  #logId: number | undefined;
  /** Whether the file's name lasts. */
  #isNamed = false;

  constructor(place: StateFilePlace) {
    this.#place = place;
    this.#path = `${place.directory}/${STATE_FILE_NAME}`;
  }

  /** Which log this is: what its stores must have in their headers; 0 where nothing says it yet. */
  get logId(): number {
    return this.#logId ?? 0;
  }

  /**
   * The state last saved; `undefined` when the file was never made, or a crash cut that short.
   *
   * @throws ERR_SEGLOG_UNSUPPORTED_FORMAT  a slot is of a later version
   * @throws ERR_SEGLOG_CORRUPT  bytes are there, and no slot is valid
   */
  async load(): Promise<CatalogState | undefined> {
    const { fs } = this.#place;
    if ((await fs.stat(this.#path)) === undefined) return undefined;
    const handle = await fs.open(this.#path, { access: "read" });
    try {
      const slot = newestSlot(handle);
      this.#logId = slot?.logId ?? this.#logId;
      return slot?.state;
    } finally {
      await handle.close();
    }
  }

  /**
   * To be called before the state is acted upon, or saved: makes durable what is loaded. A
   * process may have been killed between writing a slot and its sync, and the slot be in the OS's
   * memory only. Written over itself, it is there whatever became of that sync.
   *
   * @returns whether there is a state
   * Errors as of {@link StateFile.load}.
   */
  async settle(): Promise<boolean> {
    const { fs } = this.#place;
    if ((await fs.stat(this.#path)) === undefined) return false;
    const handle = await fs.open(this.#path, { access: "write" });
    try {
      const slot = newestSlot(handle);
      if (slot === undefined) return false;
      await writeSlot(handle, slot);
      this.#sequence = slot.sequence;
      this.#logId = slot.logId;
    } finally {
      await handle.close();
    }
    await this.#makeNameLast();
    return true;
  }

  /**
   * Saves `state` over the older slot, durably. After a failure the old state is still there, and
   * the next save is written to the same slot. The first one of a log draws its id; a log of the
   * time before ids stays without: had only one slot an id, the loss of that slot would change it.
   */
  async save(state: CatalogState): Promise<void> {
    checkState(state);
    const { fs, mode, random } = this.#place;
    this.#logId ??= drawLogId(random);
    const logId = this.#logId;
    const handle = await fs.open(this.#path, { access: "write", create: "ifMissing", mode });
    try {
      const bytes = await handle.size();
      if (bytes < STATE_FILE_BYTES) handle.allocate(bytes, STATE_FILE_BYTES);
      await writeSlot(handle, { sequence: this.#sequence + 1, logId, state });
    } finally {
      await handle.close();
    }
    await this.#makeNameLast();
    this.#sequence++;
  }

  async #makeNameLast(): Promise<void> {
    if (this.#isNamed) return;
    await this.#place.fs.syncDirectory(this.#place.directory);
    this.#isNamed = true;
  }
}

/**
 * Writes a whole state file that holds `state` and nothing else, under any name; durable, but for
 * the name, when this resolves.
 */
export async function replaceStateFile(
  { fs, path, mode }: { readonly fs: FileSystem; readonly path: string; readonly mode: number },
  { logId, state }: Pick<StateSlot, "logId" | "state">,
): Promise<void> {
  checkState(state);
  const handle = await fs.open(path, { access: "write", create: "ifMissing", mode });
  try {
    await handle.truncate(0);
    handle.allocate(0, STATE_FILE_BYTES);
    await writeSlot(handle, { sequence: 1, logId, state });
  } finally {
    await handle.close();
  }
}

/** From 1: 0 says that the id is not known. */
function drawLogId(random = systemRandom): number {
  return random() >>> 0 || 1;
}

function systemRandom(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] as number;
}

async function writeSlot(handle: FileHandle, slot: StateSlot): Promise<void> {
  const position = STATE_SLOT_POSITIONS[slot.sequence % 2] as number;
  await handle.write([encodeStateSlot(slot, crc32)], position);
  await handle.sync();
}

function newestSlot(handle: FileHandle): StateSlot | undefined {
  const { path } = handle;
  const content = new Uint8Array(STATE_FILE_BYTES);
  handle.read(content, 0);
  let newest: StateSlot | undefined;
  for (const position of STATE_SLOT_POSITIONS) {
    const bytes = content.subarray(position, position + STATE_SLOT_BYTES);
    const decoded = decodeStateSlot(bytes, crc32);
    if (decoded.kind === "unsupported") throw unsupported(path, decoded.version);
    if (decoded.kind !== "valid") continue;
    if (newest === undefined || decoded.slot.sequence > newest.sequence) newest = decoded.slot;
  }
  if (newest === undefined && !isUnfinishedStateFile(content)) {
    throw new SeglogError("ERR_SEGLOG_CORRUPT", `no valid slot in ${path}`, { path });
  }
  return newest;
}

function checkState(state: CatalogState): void {
  checkOptions("state", state, ["firstOffset", "closedAt", "truncatingTo", "lastTime"]);
  checkInteger("state.firstOffset", state.firstOffset, { min: 0 });
  for (const name of ["closedAt", "truncatingTo"] as const) {
    if (state[name] !== undefined) checkInteger(`state.${name}`, state[name], { min: 0 });
  }
  checkInteger("state.lastTime", state.lastTime, { min: 0, max: TIME_LIMIT - 1 });
}

function unsupported(path: string, version: number): SeglogError {
  return new SeglogError("ERR_SEGLOG_UNSUPPORTED_FORMAT", `${path} is of version ${version}`, {
    path,
    found: version,
    supported: [STATE_VERSION],
  });
}
