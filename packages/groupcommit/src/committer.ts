import { hasCode, type SeglogError } from "@seglog/errors";
import { AbortWatch } from "./abort-watch.ts";
import { checkRequest, recordBytes, signalOf } from "./arguments.ts";
import { crowdedError, overloadedError, poisonedError } from "./commit-errors.ts";
import type {
  CommitTarget,
  GroupCommit,
  GroupCommitOptions,
  GroupCommitStats,
  SubmitRequest,
} from "./contract.ts";
import { resolveOptions } from "./options.ts";
import { Refusals } from "./refusals.ts";
import { SyncCycle } from "./sync-cycle.ts";
import { type Settlers, type Waiter, WaitQueue } from "./wait-queue.ts";

/** Who may stage, and in which turn; the {@link SyncCycle} does the rest. */
export class Committer implements GroupCommit {
  readonly #target: CommitTarget;
  readonly #bytesMax: number;
  readonly #waitingMax: number;
  readonly #cycle: SyncCycle;
  /** Not empty only while there is no room for its first, and so only while a sync runs. */
  readonly #queue = new WaitQueue();
  readonly #aborts = new AbortWatch((waiters, reason) => this.#abort(waiters, reason));
  readonly #refusals = new Refusals();
  #draining = false;
  #poison: SeglogError | undefined;
  /** What the target had no room for, until it has been resumed. */
  #stall: SeglogError | undefined;
  /** The same, where it took records of {@link GroupCommit.stage} and nobody has been told. */
  #untold: SeglogError | undefined;
  readonly #resume: (() => Promise<void>) | undefined;
  readonly #closedError: () => SeglogError;
  #closing: Promise<void> | undefined;
  #closed: () => void = () => {};

  constructor(target: CommitTarget, options: GroupCommitOptions) {
    const resolved = resolveOptions(options);
    this.#target = target;
    this.#bytesMax = resolved.bytesMax;
    this.#waitingMax = resolved.waitingMax;
    this.#resume = resolved.resume;
    this.#closedError = resolved.closedError;
    this.#cycle = new SyncCycle(target, resolved, {
      committed: () => this.#committed(),
      failed: (cause) => this.#failed(cause),
    });
  }

  append(
    record: Uint8Array,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<number> {
    try {
      const bytes = recordBytes(record);
      const signal = signalOf(options);
      if (!this.#admits(bytes, signal)) return this.#appendLater(record, bytes, signal);
      return this.#cycle.acknowledge(this.#target.append(record), bytes) as Promise<number>;
    } catch (error) {
      this.#refused(error);
      return Promise.reject(error);
    }
  }

  submit<T>(request: SubmitRequest<T>): Promise<T> {
    try {
      checkRequest(request);
      const { bytes, signal } = request;
      if (!this.#admits(bytes, signal)) return this.#submitLater(request, bytes, signal);
      return this.#cycle.acknowledge(request.stage(), bytes) as Promise<T>;
    } catch (error) {
      this.#refused(error);
      return Promise.reject(error);
    }
  }

  stage(record: Uint8Array): number {
    return this.#stageNow(recordBytes(record), record, undefined) as number;
  }

  stageBy<T>(request: Omit<SubmitRequest<T>, "signal">): T {
    checkRequest(request);
    return this.#stageNow(request.bytes, undefined, () => request.stage()) as T;
  }

  ready(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#checkOpen();
      if (this.#untold !== undefined) throw this.#untold;
      this.#refusals.wait({ resolve: resolve as Settlers["resolve"], reject });
      this.#wakeReady();
      if (this.#refusals.waiters > 0) this.#cycle.beginNow();
    });
  }

  flush(): Promise<void> {
    return new Promise((resolve, reject) => {
      const untold = this.#untold;
      if (this.#closing === undefined && untold !== undefined) {
        this.#untold = undefined; // told by this, and only once
        throw untold;
      }
      this.#checkOpen();
      this.#cycle.awaitStaged();
      const waiter = { resolve: resolve as Settlers["resolve"], reject };
      if (this.#queue.first === undefined) this.#cycle.flush(waiter);
      else this.#queue.push({ ...waiter, bytes: 0, stage: undefined, signal: undefined });
    });
  }

  close(): Promise<void> {
    this.#closing ??= new Promise((resolve, reject) => {
      this.#closed = () => (this.#untold === undefined ? resolve() : reject(this.#untold));
      this.#refusals.rejectAll(this.#closedError());
      // Not at once: this may be called by a `stage` whose record is not yet counted.
      queueMicrotask(() => this.#finishClosing());
    });
    return this.#closing;
  }

  stats(): GroupCommitStats {
    return this.#cycle.stats(this.#queue.appends);
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) throw this.#closedError();
    if (this.#poison !== undefined) throw this.#poison;
    if (this.#stall !== undefined) throw this.#stall;
  }

  /** Whether `bytes` may be staged now. Throws where they may not at all. */
  #admits(bytes: number, signal?: AbortSignal): boolean {
    this.#checkOpen();
    if (signal?.aborted) throw signal.reason;
    return this.#queue.first === undefined && this.#hasRoom(bytes);
  }

  /** Stages `record`, or else what `stage` does. */
  #stageNow(bytes: number, record?: Uint8Array, stage?: () => unknown): unknown {
    if (this.#untold !== undefined) throw this.#untold;
    if (!this.#admits(bytes)) throw this.#refuse(bytes);
    try {
      const address = record === undefined ? stage?.() : this.#target.append(record);
      this.#cycle.count(bytes);
      return address;
    } catch (error) {
      this.#refused(error);
      throw error;
    }
  }

  #hasRoom(bytes: number): boolean {
    const { usedBytes } = this.#cycle;
    return usedBytes === 0 || usedBytes + bytes <= this.#bytesMax;
  }

  #refuse(bytes: number): SeglogError {
    this.#refusals.note(bytes);
    this.#cycle.beginNow();
    return overloadedError(bytes, this.#cycle.usedBytes, this.#bytesMax);
  }

  #crowdedError(): SeglogError {
    return crowdedError(this.#queue.appends, this.#cycle.usedBytes, this.#bytesMax);
  }

  // These two closures are made in methods of their own: made in `append`, they would move its
  // parameters into a heap context with every call, also where nothing has to wait.
  #appendLater(record: Uint8Array, bytes: number, signal?: AbortSignal): Promise<number> {
    return this.#wait(bytes, () => this.#target.append(record), signal) as Promise<number>;
  }

  #submitLater<T>(request: SubmitRequest<T>, bytes: number, signal?: AbortSignal): Promise<T> {
    return this.#wait(bytes, () => request.stage(), signal) as Promise<T>;
  }

  #wait(bytes: number, stage: () => unknown, signal: AbortSignal | undefined): Promise<unknown> {
    if (this.#queue.appends >= this.#waitingMax) {
      return Promise.reject(this.#refusals.crowded(() => this.#crowdedError()));
    }
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { bytes, stage, resolve, reject, signal };
      this.#queue.push(waiter);
      this.#aborts.add(waiter);
      this.#cycle.beginNow();
    });
  }

  #abort(waiters: Iterable<Waiter>, reason: unknown): void {
    for (const waiter of waiters) {
      this.#queue.remove(waiter);
      waiter.reject(reason);
    }
    this.#drain();
  }

  /** Stages what waits, in turn, as far as there is room. */
  #drain(): void {
    // a `stage` of this very loop aborted another waiter; or all will be rejected
    if (this.#draining || this.#stall !== undefined) return;
    this.#draining = true;
    for (let waiter = this.#queue.first; waiter !== undefined; waiter = this.#queue.first) {
      if (!this.#hasRoom(waiter.bytes)) break;
      this.#queue.remove(waiter);
      this.#aborts.remove(waiter);
      if (waiter.stage === undefined) this.#cycle.flush(waiter);
      else this.#stageWaiter(waiter, waiter.stage);
    }
    this.#draining = false;
    this.#wakeReady();
  }

  #stageWaiter(waiter: Waiter, stage: () => unknown): void {
    try {
      this.#cycle.acknowledgeWaiter(stage(), waiter);
    } catch (error) {
      this.#refused(error);
      waiter.reject(error);
    }
  }

  #wakeReady(): void {
    if (this.#queue.first === undefined && this.#hasRoom(this.#refusals.bytes)) {
      this.#refusals.resolveAll();
    }
  }

  #committed(): void {
    if (this.#stall !== undefined) {
      void this.#takeBack(this.#stall);
      return;
    }
    this.#drain();
    const crowded = this.#queue.first !== undefined || this.#refusals.waiters > 0;
    if (crowded || this.#cycle.enough) this.#cycle.beginNow();
    if (this.#closing !== undefined) this.#finishClosing();
  }

  #finishClosing(): void {
    if (this.#stall !== undefined) return; // until it has been resumed
    if (this.#poison === undefined) this.#cycle.beginNow();
    if (this.#poison !== undefined || this.#cycle.idle) this.#closed();
  }

  /** The target threw `error`: where it had no room, what is staged there is lost as well. */
  #refused(error: unknown): void {
    if (this.#stall !== undefined || !this.#canResume(error)) return;
    this.#stall = error;
    // a sync that runs tells itself what became of the records that it covers
    if (!this.#cycle.isSyncing) void this.#takeBack(error);
  }

  #canResume(error: unknown): error is SeglogError {
    return this.#resume !== undefined && hasCode(error, "ERR_SEGLOG_NOT_WRITTEN");
  }

  /**
   * Rejects everything that waits once the target has dropped what it holds: who was told that a
   * record is lost must not find it after a crash.
   */
  async #takeBack(error: SeglogError): Promise<void> {
    this.#cycle.stop();
    try {
      await Promise.resolve().then(this.#resume); // whose call was refused is told first
    } catch (cause) {
      return this.#poisonBy(cause);
    }
    if (this.#cycle.takeBack(error)) this.#untold = error;
    this.#rejectWaiting(error);
    this.#stall = undefined;
    this.#committed();
  }

  #failed(cause: unknown): void {
    if (this.#canResume(cause)) {
      this.#stall ??= cause;
      void this.#takeBack(this.#stall);
    } else this.#poisonBy(cause);
  }

  #poisonBy(cause: unknown): void {
    const error = poisonedError(cause);
    this.#poison = error; // which says more than the others
    this.#stall = this.#untold = undefined;
    this.#cycle.rejectAll(error);
    this.#rejectWaiting(error);
    if (this.#closing !== undefined) this.#finishClosing();
  }

  #rejectWaiting(error: unknown): void {
    for (let waiter = this.#queue.first; waiter !== undefined; waiter = this.#queue.first) {
      this.#queue.remove(waiter);
      this.#aborts.remove(waiter);
      waiter.reject(error);
    }
    this.#refusals.rejectAll(error);
  }
}
