import type { FileSystem } from "@seglog/fs";
import type { Index } from "@seglog/index";
import type { Offset, Retention } from "@seglog/log";
import type { OpenIndexRequest, OpenStoreRequest } from "@seglog/segment";
import type { FrameFormat, Store } from "@seglog/store";

/** What a log without a codec takes: bytes, or a string, which is stored as UTF-8. */
export type BytesOrString = Uint8Array | string;

/** Turns values into bytes and back. Both must be pure: the same input, the same output. */
export interface Codec<In, Out = In> {
  /** The bytes of `value`; the log copies them before the call that encodes returns. */
  readonly encode: (value: In) => Uint8Array;
  /**
   * The value of `bytes`, not to be written to. Those of the methods whose names end in `View` are
   * lent, as they say; all others may be kept, and are not reused.
   */
  readonly decode: (bytes: Uint8Array) => Out;
}

/** What an acknowledgement means. */
export type Durability =
  /** The record survives a power cut: a sync that covers it has finished. */
  | "commit"
  /** The OS has it, and a sync follows within so many ms: a power cut takes at most that time. */
  | { readonly everyMs: number }
  /** The OS has it: a killed process loses nothing, a power cut may. */
  | "os";

/** Every field may be left out; an unknown name is `ERR_SEGLOG_INVALID_ARGUMENT`. */
export interface OpenLogOptions<In = BytesOrString, Out = Uint8Array> {
  /** Turns values into bytes and back. Default: `Uint8Array` or string in, `Uint8Array` out. */
  readonly codec?: Codec<In, Out> | undefined;
  /** First offset of a log that is made; one that is there keeps its own. Default 0. */
  readonly firstOffset?: Offset | undefined;
  /** What an acknowledgement means. Default `"commit"`. `everyMs`: 1 to 3,600,000. */
  readonly durability?: Durability | undefined;
  /** A segment is full with so many bytes of frames: 1 to 2^30. Default 64 MiB. */
  readonly segmentBytesMax?: number | undefined;
  /**
   * A new segment begins with the append that finds the active one's first record so old, in ms.
   * Default never.
   */
  readonly segmentAgeMsMax?: number | undefined;
  /** A segment is full with so many records: 1 to 2^26. Default 2^26. */
  readonly indexEntriesMax?: number | undefined;
  /** Longest value, in bytes: 0 to 2^28 - 9. Default 64 MiB. */
  readonly recordBytesMax?: number | undefined;
  /** Bytes staged and not yet acknowledged, each record with 16 more: 1 to 2^30. Default 16 MiB. */
  readonly stagedBytesMax?: number | undefined;
  /**
   * How many appends may wait for room beyond `stagedBytesMax`; one more rejects with
   * `ERR_SEGLOG_OVERLOADED`. From 0. Default 1,000,000: some hundred MiB of heap.
   */
  readonly waitingMax?: number | undefined;
  /**
   * Of segments made from now on. `"plain"` has no checksums: damage is not found, and after a
   * power cut neither are records that did not reach the disk whole. Default `"checked"`.
   */
  readonly frameFormat?: FrameFormat | undefined;
  /** What is dropped without being asked, in the background. Default nothing. */
  readonly retention?: Retention | undefined;
  /**
   * Takes no lock, never writes, and follows a writer in another process or thread: sees what is
   * committed, see `Seglog.refresh`. Files are read by calls and not mapped, since a writer
   * may cut them. Default false.
   */
  readonly readOnly?: boolean | undefined;
  /** Permissions of every file made, before the umask. Default 0o644. */
  readonly mode?: number | undefined;
  /** The time in ms since the epoch. Default `Date.now`. */
  readonly clock?: (() => number) | undefined;
  /** The disk. Default `nodeFileSystem()`. */
  readonly fs?: FileSystem | undefined;
  /** Opens a segment's store. Default `openFileStore`. */
  readonly openStore?: ((request: OpenStoreRequest) => Promise<Store>) | undefined;
  /** Opens a segment's index. Default `openMappedIndex`; `memoryIndex` for `"scratch"`. */
  readonly openIndex?: ((request: OpenIndexRequest) => Promise<Index>) | undefined;
}
