import type { FileSystem } from "@seglog/fs";
import type { FrameFormat, Position } from "./contract.ts";

/** What the first 32 bytes of a store file say. */
export interface StoreHeader {
  readonly frameFormat: FrameFormat;
  /** A random u32 that seeds the checksums: frames of another file are not taken for ours. */
  readonly salt: number;
  readonly baseOffset: number;
  /** Which log the store is of, a u32; 0 where that is not known. */
  readonly logId: number;
}

/**
 * What the beginning of a file is.
 * - `"good"`: a header.
 * - `"unfinished"`: nothing, or what a crash may leave while a store is made: there are no frames.
 * - `"bad"`: anything else.
 * - `"later"`: a header of a version or frame format that this release does not know.
 */
export type InspectedHeader =
  | { readonly kind: "good"; readonly header: StoreHeader }
  | { readonly kind: "unfinished" }
  | { readonly kind: "bad" }
  | { readonly kind: "later"; readonly found: string; readonly supported: readonly string[] };

/** A store file, open for reading only, whatever it holds. */
export interface StoreInspection {
  readonly path: string;
  /** Length of the file when it was opened. */
  readonly fileBytes: number;
  readonly header: InspectedHeader;

  /**
   * The header that a file without one must have had. Its salt is proven when the first frame is
   * valid with the salt that is still in the file, or two successive frames are; or when the salt
   * that makes the first frame valid, which the checksum tells, makes the second one valid, too.
   * Its `logId` is what is in the file where the header's checksum proves it, and 0 elsewhere.
   *
   * @param isFirst  whether a payload, by its first 8 bytes or fewer, is that of the store's first
   *   record: asked of plain frames, which have no salt, and end where the file does
   */
  proveHeader(
    baseOffset: number,
    isFirst: (head: Uint8Array) => boolean,
  ): Promise<StoreHeader | undefined>;

  /**
   * Visits every valid frame, in order, and every stretch of bytes that is none. Memory is bounded
   * whatever lengths the file claims; others have a turn whenever 16 MiB were read.
   *
   * Overlap: the file may be written meanwhile by its store; see {@link InspectWalkOptions.live}.
   *
   * @throws what a member of `visitor` throws: the walk ends with it
   */
  walk(visitor: FrameVisitor, options: InspectWalkOptions): Promise<InspectedEnd>;

  /**
   * What would be the frame at `position`, by its length and the first bytes of its payload, 8 or
   * fewer; `undefined` where none can begin. A checksum is not looked at.
   */
  peek(
    header: StoreHeader,
    position: Position,
  ): { readonly frameBytes: number; readonly head: Uint8Array } | undefined;

  /** Gives the file back. */
  close(): Promise<void>;
}

/** Where the store is that `inspectStore` looks at. */
export interface InspectStoreOptions {
  readonly fs: FileSystem;
  readonly path: string;
}

/** How the frames of an inspected store are walked. */
export interface InspectWalkOptions {
  /** The file's own, or a proven one. */
  readonly header: StoreHeader;
  /** Whether a writer may be appending: what looks bad is looked at once more. Default false. */
  readonly live?: boolean;
  /**
   * Where to begin: the position of a frame, of a batch's first one where the end is to be judged.
   * What lies before it has no part in {@link InspectedEnd}. Default 0.
   */
  readonly from?: Position;
}

/** One frame; lent: the object and the bytes are used again for the next. */
export interface InspectedFrame {
  readonly position: Position;
  /** Bytes of the frame, its header of 8 included. */
  readonly frameBytes: number;
  /** The first bytes of the payload are `bytes[at]` and those behind: 8, or the whole payload. */
  readonly bytes: Uint8Array;
  readonly at: number;
  /** Number of the sync that covers the frame, modulo 4; 0 in plain frames. */
  readonly generation: number;
  /** The next frame belongs to the same batch; false in plain frames. */
  readonly batchContinues: boolean;
}

/** Told what a store holds, from its start to its end. */
export interface FrameVisitor {
  /**
   * @returns false to refuse a plain frame, which nothing but its contents can tell: it is then
   *   taken for bad
   */
  frame(frame: InspectedFrame): boolean;
  /**
   * Bytes `[from, to)` hold no valid frame, and one begins at `to`; or no valid frame follows, and
   * `to` is where the last byte is that is not zero. Of plain frames `to` is always the latter.
   *
   * @returns where a plain store's frames go on, if somebody knows
   */
  bad(span: {
    readonly from: Position;
    readonly to: Position;
    readonly last: boolean;
  }): Position | undefined;
  /** Called now and then with how far the walk has come; may throw to end it. */
  turn(position: Position): void;
}

/** How a store ends. */
export interface InspectedEnd {
  /** Behind the last valid frame. */
  readonly position: Position;
  /** What lies behind it. */
  readonly rest: "nothing" | "zeros" | "bytes";
  /** What opening would make of it, had the store not been closed: see FORMAT.md, "Recovery". */
  readonly verdict: "keep" | "cut" | "cutBatch" | "corrupt";
  /** Generation of the last valid frame; -1 when there is none. */
  readonly generation: number;
  /** Length of the file that was walked. */
  readonly fileBytes: number;
}

/** A frame to be written whose payload is `head`, then zeros up to `payloadBytes`. */
export interface FillFrame {
  readonly head: Uint8Array;
  readonly payloadBytes: number;
  /** As of a neighbour, 0 to 3; see FORMAT.md. */
  readonly generation: number;
}

/** Frames to stand in `[from, to)` of a copy, which they must fill. */
export interface FilledSpan {
  readonly from: Position;
  readonly to: Position;
  readonly frames: Iterable<FillFrame>;
}

/** How a store file is copied with changes. */
export interface CopyStoreOptions {
  readonly fs: FileSystem;
  /** The file to copy; left out where `spans` make up the whole store. */
  readonly from?: string;
  /** The copy: made or written anew. */
  readonly to: string;
  /** Header of the copy. */
  readonly header: StoreHeader;
  /** In ascending order, without overlap. Everything outside them is as in `from`. */
  readonly spans: readonly FilledSpan[];
  /** Where the copy ends. */
  readonly end: Position;
  /** Position of the last frame that is kept of a batch whose rest is cut off. */
  readonly endBatchAt?: Position;
  /** Permissions of the copy, before the process's umask. */
  readonly mode?: number;
  /** Called now and then; may throw to end the copy. */
  readonly turn?: () => void;
}
