/**
 * What each error code carries in {@link SeglogError.context}, beside the message.
 *
 * A code is never renamed and never reused. New codes and new optional fields may be added.
 */
export interface ErrorContexts {
  /** An option, value, offset or position that no call accepts. Nothing was changed. */
  readonly ERR_SEGLOG_INVALID_ARGUMENT: {
    /** Name of the option or parameter, with its path: `"retention.bytesMax"`. */
    readonly name: string;
    /** What was given. */
    readonly value: unknown;
    /** What is accepted, in words: `"a safe integer from 0"`. */
    readonly allowed: string;
  };
  /** A well-formed offset or position that is not held. Nothing was changed. */
  readonly ERR_SEGLOG_OUT_OF_RANGE: {
    readonly name: string;
    readonly value: number;
    /** Smallest value held, inclusive. */
    readonly from: number;
    /** One past the largest value held; equal to `from` when nothing is held. */
    readonly to: number;
  };
  /** A record longer than the limit. Nothing was written. */
  readonly ERR_SEGLOG_RECORD_TOO_LARGE: { readonly bytes: number; readonly bytesMax: number };
  /** Too much is staged. Nothing was staged by this call; wait until there is room. */
  readonly ERR_SEGLOG_OVERLOADED: { readonly stagedBytes: number; readonly bytesMax: number };
  /** Damage that a crash cannot explain. Nothing was repaired. */
  readonly ERR_SEGLOG_CORRUPT: {
    readonly path: string;
    /** Byte position of the damage inside the store or file named by `path`, where known. */
    readonly position?: number;
    readonly offset?: number;
  };
  /** A file of a version or format that this release does not read. Nothing was changed. */
  readonly ERR_SEGLOG_UNSUPPORTED_FORMAT: {
    readonly path: string;
    readonly found: number | string;
    readonly supported: readonly (number | string)[];
  };
  /** A directory or file that is not what it was opened as. Nothing was changed. */
  readonly ERR_SEGLOG_NOT_A_LOG: { readonly path: string };
  /** Another writer holds the directory. */
  readonly ERR_SEGLOG_LOCKED: { readonly path: string };
  /** A file or directory that must not exist yet, or must be empty. */
  readonly ERR_SEGLOG_EXISTS: { readonly path: string };
  /** A file that was asked for is not there. */
  readonly ERR_SEGLOG_NOT_FOUND: { readonly path: string };
  /** The operating system refused a call; its error is the `cause`. */
  readonly ERR_SEGLOG_IO: {
    readonly path: string;
    /** The file-system call: `"write"`, `"sync"`, `"open"`, … */
    readonly operation: string;
    /** The system's code: `"ENOSPC"`, `"EIO"`, …, or `undefined` where it gave none. */
    readonly errno?: string | undefined;
  };
  /**
   * The disk had no room, or the system no means, for what was to be written. Nothing of it was
   * acknowledged, and nothing can be until it was taken back: see `Log.resume`, `Store.truncate`.
   * The system's refusal is the `cause`.
   */
  readonly ERR_SEGLOG_NOT_WRITTEN: {
    readonly path: string;
    /** The system's code: `"ENOSPC"`, `"EMFILE"`, … */
    readonly errno?: string | undefined;
  };
  /** An earlier write or sync failed; reopen to recover. The first failure is the `cause`. */
  readonly ERR_SEGLOG_POISONED: { readonly path?: string };
  /** Used after `close()`. */
  readonly ERR_SEGLOG_CLOSED: { readonly what: string };
  /** A call that writes, on something opened read-only. */
  readonly ERR_SEGLOG_READ_ONLY: { readonly path: string };
  /** A snapshot stream that ends early, is damaged, or is not one. Nothing was restored. */
  readonly ERR_SEGLOG_BAD_SNAPSHOT: {
    /** Bytes of the stream read when the fault was found. */
    readonly position: number;
  };
  /** A codec threw; its error is the `cause`. On encode, nothing was staged. */
  readonly ERR_SEGLOG_CODEC: { readonly operation: "encode" | "decode"; readonly offset?: number };
  /** No provider for something the platform must offer could be loaded. */
  readonly ERR_SEGLOG_UNAVAILABLE: { readonly what: string };
  /** A bug in seglog or in a custom part: never bad input, never a bad disk. */
  readonly ERR_SEGLOG_INVARIANT: Record<never, never>;
}

/** Every code that a {@link SeglogError} may carry. */
export type ErrorCode = keyof ErrorContexts;
