import { hasCode } from "@seglog/errors";
import type { FileHandle } from "@seglog/fs";
import { FileWindow } from "./file-window.ts";
import { FRAME_HEADER_BYTES, STORE_HEADER_BYTES } from "./format.ts";
import { FrameWalk } from "./frame-walk.ts";
import { framesOf } from "./frames-of.ts";
import type {
  FrameVisitor,
  InspectedEnd,
  InspectedHeader,
  InspectStoreOptions,
  InspectWalkOptions,
  StoreHeader,
  StoreInspection,
} from "./inspect-contract.ts";
import { endOfNonZero } from "./non-zero-end.ts";
import { proveHeader } from "./prove-header.ts";
import { decodeStoreHeader, mayBeUnfinishedHeader } from "./store-header.ts";

/**
 * Opens a store file to find out what it holds, right or damaged. Changes nothing.
 *
 * @throws ERR_SEGLOG_NOT_FOUND | ERR_SEGLOG_IO  the file cannot be read
 */
export async function inspectStore({ fs, path }: InspectStoreOptions): Promise<StoreInspection> {
  const handle = await fs.open(path, { access: "read" });
  try {
    const fileBytes = await handle.size();
    return new FileInspection(handle, { fileBytes, header: readHeader(handle, fileBytes) });
  } catch (error) {
    // the error tells why nothing can be found out; one of closing would only hide it
    await handle.close().catch(() => undefined);
    throw error;
  }
}

class FileInspection implements StoreInspection {
  readonly path: string;
  readonly fileBytes: number;
  readonly header: InspectedHeader;
  readonly #handle: FileHandle;

  constructor(
    handle: FileHandle,
    { fileBytes, header }: { readonly fileBytes: number; readonly header: InspectedHeader },
  ) {
    this.path = handle.path;
    this.fileBytes = fileBytes;
    this.header = header;
    this.#handle = handle;
  }

  proveHeader(
    baseOffset: number,
    isFirst: (head: Uint8Array) => boolean,
  ): Promise<StoreHeader | undefined> {
    const { fileBytes } = this;
    return proveHeader(this.#handle, { fileBytes, baseOffset, isFirst });
  }

  async walk(
    visitor: FrameVisitor,
    { header, live = false, from = 0 }: InspectWalkOptions,
  ): Promise<InspectedEnd> {
    const fileBytes = await this.#handle.size();
    const walk = new FrameWalk(this.#handle, {
      frames: framesOf(header),
      fileBytes,
      visitor,
      live,
      from,
    });
    return walk.run();
  }

  peek(
    header: StoreHeader,
    position: number,
  ): { readonly frameBytes: number; readonly head: Uint8Array } | undefined {
    const bytes = new Uint8Array(2 * FRAME_HEADER_BYTES);
    const from = STORE_HEADER_BYTES + position;
    const read = this.#handle.read(bytes, from);
    if (read < FRAME_HEADER_BYTES) return undefined;
    const payloadBytes = framesOf(header).payloadBytes(bytes, 0);
    const frameBytes = FRAME_HEADER_BYTES + payloadBytes;
    if (payloadBytes === -1 || from + frameBytes > this.fileBytes) return undefined;
    const head = bytes.subarray(FRAME_HEADER_BYTES, Math.min(frameBytes, bytes.length));
    return { frameBytes, head };
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

function readHeader(handle: FileHandle, fileBytes: number): InspectedHeader {
  const bytes = new Uint8Array(STORE_HEADER_BYTES);
  const read = handle.read(bytes, 0);
  if (read < STORE_HEADER_BYTES || bytes.every((byte) => byte === 0)) {
    const isUnfinished =
      mayBeUnfinishedHeader(bytes.subarray(0, read)) &&
      (fileBytes <= STORE_HEADER_BYTES || endOfNonZero(new FileWindow(handle, fileBytes), 0) === 0);
    return isUnfinished ? { kind: "unfinished" } : { kind: "bad" };
  }
  try {
    return { kind: "good", header: decodeStoreHeader(bytes, handle.path) };
  } catch (error) {
    if (hasCode(error, "ERR_SEGLOG_UNSUPPORTED_FORMAT")) {
      const { found, supported } = error.context;
      return { kind: "later", found: String(found), supported: supported.map(String) };
    }
    if (hasCode(error, "ERR_SEGLOG_CORRUPT") || hasCode(error, "ERR_SEGLOG_NOT_A_LOG")) {
      return { kind: "bad" };
    }
    throw error;
  }
}
