import { crc32 } from "node:zlib";
import type { FileSystem } from "@seglog/fs";
import type { CatalogState } from "./contract.ts";
import {
  decodeStateSlot,
  isUnfinishedStateFile,
  STATE_FILE_BYTES,
  STATE_SLOT_BYTES,
  STATE_SLOT_POSITIONS,
  type StateSlot,
} from "./state-codec.ts";

/**
 * What a state file holds.
 * - `"none"`: there is no file, or one in which nothing was saved yet.
 * - `"good"`: a state; `torn` when the other slot holds bytes that are none, or another log's.
 * - `"bad"`: bytes, and no valid slot.
 * - `"foreign"`: a state that is of another log, by what the stores say.
 * - `"later"`: a slot of a version that this release does not know.
 */
export type InspectedState =
  | { readonly kind: "none" }
  | {
      readonly kind: "good";
      readonly state: CatalogState;
      readonly sequence: number;
      readonly logId: number;
      readonly torn: boolean;
    }
  | { readonly kind: "bad" }
  | { readonly kind: "foreign" }
  | { readonly kind: "later"; readonly found: number };

/** Reads a state file, right or damaged. @throws ERR_SEGLOG_IO  it cannot be read */
export async function inspectState(fs: FileSystem, path: string): Promise<InspectedState> {
  if ((await fs.stat(path)) === undefined) return { kind: "none" };
  const handle = await fs.open(path, { access: "read" });
  const content = new Uint8Array(STATE_FILE_BYTES);
  try {
    handle.read(content, 0);
  } finally {
    await handle.close();
  }
  let newest: StateSlot | undefined;
  let torn = false;
  for (const position of STATE_SLOT_POSITIONS) {
    const bytes = content.subarray(position, position + STATE_SLOT_BYTES);
    const decoded = decodeStateSlot(bytes, crc32);
    if (decoded.kind === "unsupported") return { kind: "later", found: decoded.version };
    if (decoded.kind === "invalid") torn ||= bytes.some((byte) => byte !== 0);
    else {
      const { slot } = decoded;
      if (newest !== undefined && newest.logId !== slot.logId) torn = true;
      if (newest === undefined || slot.sequence > newest.sequence) newest = slot;
    }
  }
  if (newest !== undefined) return { kind: "good", ...newest, torn };
  return { kind: isUnfinishedStateFile(content) ? "none" : "bad" };
}
