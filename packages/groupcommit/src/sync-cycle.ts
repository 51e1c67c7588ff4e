import { invariant } from "@seglog/errors";
import { Batch } from "./batch.ts";
import type { CommitTarget, GroupCommitStats } from "./contract.ts";
import { HalfTurns } from "./half-turns.ts";
import type { ResolvedOptions } from "./options.ts";
import { Pacer } from "./pacer.ts";
import type { Settlers } from "./wait-queue.ts";

/** What the owner of a {@link SyncCycle} does when a sync is over. */
export interface SyncEvents {
  /** A sync succeeded, and the promises that it covers were resolved. */
  committed(): void;
  /** A sync failed. Nothing was settled. */
  failed(cause: unknown): void;
}

/**
 * Sync after sync over what is staged.
 *
 * Two batches take turns: `#filling` takes what is staged, `#syncing` is what the running sync
 * covers, `undefined` when none runs. They are swapped before the sync is called, so whatever is
 * staged later can only be settled by a later sync.
 */
export class SyncCycle {
  /** Bytes staged and not yet durable. */
  usedBytes = 0;
  readonly #target: CommitTarget;
  readonly #options: ResolvedOptions;
  readonly #events: SyncEvents;
  readonly #pacer: Pacer;
  #filling = new Batch();
  #spare = new Batch();
  #syncing: Batch | undefined;
  /** Somebody will not linger: the next sync begins when the callers of this one had their turn. */
  #urgent = false;
  readonly #halves = new HalfTurns();
  /** Where callers go in halves: how many of them have to be staged for the next sync to begin. */
  #splitAt = Number.POSITIVE_INFINITY;
  #appends = 0;
  #syncs = 0;
  #batchMax = 0;
  readonly #syncMs = { last: 0, max: 0, total: 0 };

  constructor(target: CommitTarget, options: ResolvedOptions, events: SyncEvents) {
    this.#target = target;
    this.#options = options;
    this.#events = events;
    this.#pacer = new Pacer(options.lingerMs, () => this.#wake());
  }

  /** Whether nothing is staged that is not durable. */
  get idle(): boolean {
    return this.#syncing === undefined && this.#filling.records === 0;
  }

  /** Whether so much is staged that the next sync need not wait for more. */
  get enough(): boolean {
    const { bytes, waiters } = this.#filling;
    return bytes >= this.#options.syncBytes || waiters >= this.#splitAt;
  }

  /** Whether a sync runs. */
  get isSyncing(): boolean {
    return this.#syncing !== undefined;
  }

  /** Counts a record that was just staged, and for which nobody waits. */
  count(bytes: number): void {
    this.#filling.unwaited++;
    this.#count(bytes);
  }

  /** A promise for `value`, what just staging a record returned. */
  acknowledge(value: unknown, bytes: number): Promise<unknown> {
    const promise = this.#filling.wait(value); // before counting, which may begin the sync
    this.#demand();
    this.#count(bytes);
    return promise;
  }

  /** As {@link SyncCycle.acknowledge}, for a promise that was made when the record had to wait. */
  acknowledgeWaiter(
    value: unknown,
    { bytes, resolve, reject }: Settlers & { bytes: number },
  ): void {
    this.#filling.push(value, resolve, reject);
    this.#demand();
    this.#count(bytes);
  }

  /** From now on somebody waits for all that is staged: a flush, which may itself wait its turn. */
  awaitStaged(): void {
    this.#filling.unwaited = 0;
    if (this.#syncing !== undefined) this.#syncing.unwaited = 0;
  }

  /** Resolves when all that is staged now is durable. */
  flush({ resolve, reject }: Settlers): void {
    if (this.#filling.records > 0) {
      this.#filling.push(undefined, resolve, reject);
      if (this.#syncing === undefined) this.#pacer.soon();
      else this.#urgent = true;
    } else if (this.#syncing !== undefined) {
      this.#syncing.push(undefined, resolve, reject);
    } else {
      resolve(undefined);
    }
  }

  /** Begins a sync unless one runs or nothing is staged. */
  beginNow(): void {
    if (this.#syncing === undefined && this.#filling.records > 0) this.#begin();
  }

  /** Begins no sync by itself from now on, until something else is staged. */
  stop(): void {
    this.#pacer.cancel();
  }

  /**
   * Rejects everything that waits for a sync, after one failed. `#syncing` was left set: no sync
   * begins again, and its records stay counted as pending.
   */
  rejectAll(error: unknown): void {
    this.#pacer.cancel();
    this.#syncing?.rejectAll(error);
    this.#filling.rejectAll(error);
  }

  /**
   * Rejects everything that waits, forgets what was staged, and begins anew; no sync runs, or the
   * one that did has failed.
   *
   * @returns whether records are lost of which nobody has been told
   */
  takeBack(error: unknown): boolean {
    const batches = [this.#syncing, this.#filling];
    const isUntold = batches.some((batch) => batch !== undefined && batch.unwaited > 0);
    this.rejectAll(error);
    for (const batch of batches) batch?.forget();
    this.#syncing = undefined;
    this.usedBytes = 0;
    return isUntold;
  }

  stats(waiting: number): GroupCommitStats {
    return {
      appends: this.#appends,
      syncs: this.#syncs,
      pending: this.#filling.records + (this.#syncing?.records ?? 0),
      pendingBytes: this.usedBytes,
      waiting,
      batchMax: this.#batchMax,
      syncMs: { ...this.#syncMs },
    };
  }

  #count(bytes: number): void {
    this.#filling.records++;
    this.#filling.bytes += bytes;
    this.usedBytes += bytes;
    this.#appends++;
    if (this.enough) this.beginNow();
  }

  #demand(): void {
    if (this.#options.lingerMs > 0) this.#pacer.linger();
    else if (this.#syncing === undefined) this.#pacer.soon();
  }

  #wake(): void {
    if (this.#syncing !== undefined) this.#urgent = true;
    else if (this.#filling.waiters > 0) this.#begin();
    else this.#halves.pause();
  }

  #begin(): void {
    invariant(this.#syncing === undefined, "one sync at a time");
    const batch = this.#filling;
    this.#filling = this.#spare;
    this.#spare = batch;
    this.#syncing = batch;
    this.#splitAt = Number.POSITIVE_INFINITY;
    this.#urgent = false;
    this.#pacer.cancel();
    void this.#sync(batch);
  }

  /** Rejects for a bug of ours only. What the target throws at once counts as a rejection. */
  async #sync(batch: Batch): Promise<void> {
    let ended: number;
    try {
      const begun = this.#options.now();
      await this.#target.sync();
      ended = this.#options.now();
      this.#time(ended - begun);
    } catch (cause) {
      this.#events.failed(cause);
      return;
    }
    if (this.#options.lingerMs === 0) this.#halve(batch, ended);
    this.#commit(batch);
  }

  /** The one place that acknowledges: `batch` was complete before the sync that succeeded began. */
  #commit(batch: Batch): void {
    this.#syncs++;
    this.#batchMax = Math.max(this.#batchMax, batch.records);
    this.usedBytes -= batch.bytes;
    this.#syncing = undefined;
    batch.resolveAll();
    if (this.#urgent || this.#options.lingerMs === 0) this.#pacer.afterTurn();
    this.#events.committed();
  }

  /** See {@link HalfTurns}. A half that has gathered meanwhile need not have its exact size. */
  #halve({ waiters, records }: Batch, ended: number): void {
    const others = this.#filling.waiters;
    const all = waiters + others;
    const sync = { ended, ms: this.#syncMs.last, records };
    if (this.#halves.halve(sync, all)) this.#splitAt = others < all / 4 ? all / 2 : others;
  }

  #time(ms: number): void {
    this.#syncMs.last = ms;
    this.#syncMs.max = Math.max(this.#syncMs.max, ms);
    this.#syncMs.total += ms;
  }
}
