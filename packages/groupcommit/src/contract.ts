import type { SeglogError } from "@seglog/errors";

/**
 * What group commit needs of whatever it commits to: a `Log`, a `Store`, or anything with these
 * two methods.
 */
export interface CommitTarget {
  /**
   * Stages one record and returns its address (a log's offset, a store's position).
   * The record is copied before this returns. What it throws rejects that append alone.
   */
  append(record: Uint8Array): number;

  /**
   * When it resolves, every record staged before the call is durable. Never called while an
   * earlier call is pending; `append` may be called meanwhile.
   * A rejection poisons the group commit, but for what {@link GroupCommitOptions.resume} mends.
   */
  sync(): Promise<void>;
}

/**
 * Many concurrent appends, one durable write.
 *
 * The first append that finds no sync running starts one; what arrives meanwhile shares the next.
 * Order: records are staged, and promises resolve, in the order of the calls; an append that is
 * refused or aborted rejects at once, ahead of them.
 *
 * After a failed `sync` of the target it is poisoned: everything that waits, and every later
 * call, rejects with `ERR_SEGLOG_POISONED`, the target's error as `cause`. After `close` every
 * call but `close` and `stats` fails with `ERR_SEGLOG_CLOSED`.
 *
 * With {@link GroupCommitOptions.resume}, a target that says `ERR_SEGLOG_NOT_WRITTEN` has only had
 * no room: calls reject with that error until `resume` resolves, and then everything that waits.
 * None of it is there any more, nor after a crash, and appends go on. Where records were lost that
 * `stage` took, and that nobody waited for, `stage` and `ready` go on failing with it until a
 * `flush` has said so.
 */
export interface GroupCommit {
  /**
   * Stages `record` at once, or, when {@link GroupCommitOptions.bytesMax} is reached, in its turn.
   *
   * Durability: when the promise resolves, a sync that began after the record was staged has
   * finished. Ownership: `record` is copied when it is staged; where it has to wait for room,
   * it must not change before the promise settles.
   *
   * @returns the address that the target gave the record
   * @throws ERR_SEGLOG_OVERLOADED  there is no room, and as many appends wait for it as may; all
   *   that are refused until there is room share one error
   * @throws the signal's reason, when it aborts before the record is staged; it is then never
   *   written. Once staged, a record cannot be aborted, and the promise tells its real fate.
   */
  append(
    record: Uint8Array,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<number>;

  /**
   * As {@link GroupCommit.append}, for anything that stages synchronously: `request.stage` is
   * called once, in its turn, and what it returns is what the promise resolves with.
   */
  submit<T>(request: SubmitRequest<T>): Promise<T>;

  /**
   * Stages `record` now and returns its address. Durability: as of the next `flush`, or sooner.
   *
   * @throws ERR_SEGLOG_OVERLOADED  there is no room, or appends wait for some; nothing was staged
   * @throws ERR_SEGLOG_POISONED | ERR_SEGLOG_CLOSED  nothing was staged
   */
  stage(record: Uint8Array): number;

  /**
   * As {@link GroupCommit.stage}, for anything that stages synchronously: `request.stage` is called
   * now, and what it returns is returned. Its errors are thrown.
   */
  stageBy<T>(request: Omit<SubmitRequest<T>, "signal">): T;

  /** Resolves when {@link GroupCommit.stage} has room again; rejects as it would throw. */
  ready(): Promise<void>;

  /** When this resolves, all that was staged, or waited for room, before the call is durable. */
  flush(): Promise<void>;

  /**
   * Lets nothing more in, commits what is staged or waits, and settles every promise. Does not
   * close the target. Idempotent. Resolves also when poisoned.
   *
   * @throws ERR_SEGLOG_NOT_WRITTEN  records that `stage` took are lost, and no `flush` has said so
   */
  close(): Promise<void>;

  /** Counters since construction. */
  stats(): GroupCommitStats;
}

/** What `GroupCommit.submit` stages. */
export interface SubmitRequest<T> {
  /** Bytes that count against `bytesMax` until they are durable. */
  readonly bytes: number;
  /** Stages synchronously into the target. What it throws rejects this submission alone. */
  readonly stage: () => T;
  readonly signal?: AbortSignal | undefined;
}

/** Bounds and pace of a group commit; every field may be left out. */
export interface GroupCommitOptions {
  /**
   * Bytes that may be staged and not yet durable, each record counted with 16 bytes more than its
   * length. Beyond it, appends wait their turn; one record larger than it goes alone.
   * From 1 to 2^40; default 64 MiB.
   */
  readonly bytesMax?: number;
  /**
   * Once so many bytes are staged a sync begins, within the call that staged them, though nobody
   * waits and though the turn goes on. From 1 to `bytesMax`; default: a quarter of it.
   */
  readonly syncBytes?: number;
  /**
   * How many appends may wait for room, each of which costs some hundred bytes of heap: one more
   * rejects with `ERR_SEGLOG_OVERLOADED`. From 0; default 1,000,000.
   */
  readonly waitingMax?: number;
  /**
   * How long a sync waits, once somebody waits for it, for more appends to join, in ms.
   * From 0 to 60,000, in steps of Node's timers (1 ms); default 0: it begins at the end of the
   * current turn or, of 128 callers and more, once half of them are staged, where that measures
   * faster. `flush`, `close`, `syncBytes` and a lack of room cut the wait short.
   */
  readonly lingerMs?: number;
  /**
   * Called when the target has failed with `ERR_SEGLOG_NOT_WRITTEN`: is to drop, durably, what the
   * target holds beyond its last sync, and to let it go on. Who waits is rejected when it resolves.
   * Where it rejects the group commit is poisoned. `Log.resume` does this. Default: every failure
   * poisons.
   */
  readonly resume?: () => Promise<void>;
  /**
   * Makes the `ERR_SEGLOG_CLOSED` of calls after `close`, and of what waits for `ready` then, which
   * can name what is closed; called for each, and not to throw. Default: an error that says that
   * the group commit is closed.
   */
  readonly closedError?: () => SeglogError<"ERR_SEGLOG_CLOSED">;
  /**
   * The clock of {@link GroupCommitStats.syncMs}, and by which callers go in halves or not, in ms
   * from any start, never going back.
   * Default: `performance.now`.
   */
  readonly now?: () => number;
}

/** Counters since construction, and what is under way now. */
export interface GroupCommitStats {
  /** Records staged. */
  readonly appends: number;
  /** Syncs that finished. */
  readonly syncs: number;
  /** Records staged and not yet durable. */
  readonly pending: number;
  /** Bytes of these, counted as in {@link GroupCommitOptions.bytesMax}. */
  readonly pendingBytes: number;
  /** Appends that wait for room. */
  readonly waiting: number;
  /** Most records that one sync covered. */
  readonly batchMax: number;
  /** Time from begin to end of the syncs, in ms. */
  readonly syncMs: { readonly last: number; readonly max: number; readonly total: number };
}
