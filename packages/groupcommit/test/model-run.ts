import assert from "node:assert/strict";
import { hasCode } from "@seglog/errors";
import type { CommitTarget, GroupCommit } from "@seglog/groupcommit";
import { FakeTarget, quiet, record } from "./fixture.ts";

/** One type for each name, so that a look at `do` tells them apart. */
type Do<K extends string, With = object> = K extends string ? { readonly do: K } & With : never;

type RecordStep = Do<
  "append" | "appendWithSignal" | "appendRefused" | "submit" | "stage",
  { readonly bytes: number }
>;

type CallStep = RecordStep | Do<"flush" | "ready">;

export type Step =
  | CallStep
  | Do<"abort", { readonly which: number }>
  | Do<"syncEnds" | "turn" | "microtask">;

interface Call {
  readonly id: number;
  readonly kind: CallStep["do"] | "close";
  fate: "pending" | "resolved" | "rejected";
  controller?: AbortController;
  /** Ids of the records that a flush must find durable. */
  readonly before: readonly Call[];
}

export interface RunPlan {
  /** Which sync fails, counted from 1; none when it is 0. */
  readonly failingSync?: number;
  /** Whether it throws when it is called, or rejects later. */
  readonly failsAtOnce?: boolean;
  /** The option of the group: more is never pending, but for one record alone. */
  readonly bytesMax?: number;
  /** The option of the group, 0 or so long that only what does not linger begins a sync. */
  readonly lingerMs?: number;
}

class Refusal extends Error {}
class DiskError extends Error {}

/** One run of random calls, checked at every settlement against what the target saw. */
export class ModelRun {
  readonly target: FakeTarget = new FakeTarget();
  readonly #group: GroupCommit;
  readonly #failingSync: number;
  readonly #failsAtOnce: boolean;
  readonly #bytesMax: number;
  readonly #lingerMs: number;
  readonly #calls: Call[] = [];
  /** Ids of the records, in the order in which the target got them. */
  readonly #staged: number[] = [];
  readonly #resolvedIds: number[] = [];
  readonly #faults: string[] = [];
  #closed: Call | undefined;

  constructor(
    make: (target: CommitTarget) => GroupCommit,
    { failingSync = 0, failsAtOnce = false, bytesMax = 2 ** 40, lingerMs = 0 }: RunPlan = {},
  ) {
    this.#failingSync = failingSync;
    this.#failsAtOnce = failsAtOnce;
    this.#bytesMax = bytesMax;
    this.#lingerMs = lingerMs;
    this.target.onAppend = (bytes) => {
      if (bytes[2] === 1) throw new Refusal();
      this.#staged.push((bytes[0] ?? 0) + (bytes[1] ?? 0) * 256);
    };
    this.target.onSync = () => {
      if (this.target.syncCalls === failingSync && failsAtOnce) throw new DiskError();
      if (failingSync > 0 && this.target.syncCalls > failingSync) this.#fault("sync after failure");
    };
    this.#group = make(this.target);
  }

  async step(step: Step): Promise<void> {
    if (step.do === "turn") await this.#turn();
    else if (step.do === "microtask") await null;
    else if (step.do === "syncEnds") this.#endSync();
    else if (step.do === "abort") this.#abort(step.which);
    else this.#call(step);
    const { pending, pendingBytes } = this.#group.stats();
    if (pending > 1 && pendingBytes > this.#bytesMax) this.#fault("more staged than bytesMax");
  }

  close(): void {
    if (this.#closed !== undefined) return;
    const call = this.#newCall("close");
    this.#closed = call;
    this.#watch(call, this.#group.close());
  }

  /** Closes, ends every sync that is still to come, and checks what has become of all calls. */
  async end(): Promise<void> {
    this.close();
    await quiet();
    while (this.target.syncing !== undefined) {
      this.#endSync();
      await quiet();
    }
    this.checkEnd();
  }

  checkEnd(): void {
    const { target } = this;
    if (target.overlapping > 0) this.#fault("two syncs at once");
    for (const { id, kind, fate } of this.#calls) {
      if (fate === "pending") this.#fault(`${kind} ${id} was never settled`);
    }
    this.#checkRising(this.#staged, "staged");
    this.#checkRising(this.#resolvedIds, "resolved");
    const failed = this.#failingSync > 0 && target.syncCalls >= this.#failingSync;
    if (!failed && target.durable !== target.records.length) this.#fault("close left records");
    const stats = this.#group.stats();
    if (stats.appends !== target.records.length) this.#fault("stats count other records");
    if (stats.waiting !== 0) this.#fault("waiters left");
    assert.deepEqual(this.#faults, []);
  }

  #call(step: CallStep): void {
    const call = this.#newCall(step.do);
    if (step.do === "flush") this.#watch(call, this.#group.flush());
    else if (step.do === "ready") this.#watch(call, this.#group.ready());
    else if (step.do === "stage") this.#stage(call, record(call.id, 3 + step.bytes));
    else if (step.do === "submit") {
      const stage = (): number => this.target.append(record(call.id, 3));
      this.#watch(call, this.#group.submit({ bytes: step.bytes, stage }));
    } else {
      const bytes = record(call.id, 3 + step.bytes);
      if (step.do === "appendRefused") bytes[2] = 1;
      if (step.do === "appendWithSignal") call.controller = new AbortController();
      this.#watch(call, this.#group.append(bytes, { signal: call.controller?.signal }));
    }
  }

  #stage(call: Call, bytes: Uint8Array): void {
    try {
      this.#group.stage(bytes);
      call.fate = "resolved";
    } catch (error) {
      this.#rejected(call, error);
    }
  }

  /** After which whoever waits for a sync has one that runs. */
  async #turn(): Promise<void> {
    await quiet();
    const pending = this.#calls.filter(({ fate }) => fate === "pending");
    const lingers = ({ kind }: Call): boolean => !["flush", "ready", "close"].includes(kind);
    const { waiting } = this.#group.stats();
    if (this.#lingerMs > 0 && waiting === 0 && pending.every(lingers)) return;
    if (pending.length > 0 && this.target.syncing === undefined) this.#fault("no sync begins");
  }

  #endSync(): void {
    const fails = this.target.syncCalls === this.#failingSync && !this.#failsAtOnce;
    if (fails) this.target.syncing?.reject(new DiskError());
    else this.target.syncing?.resolve();
  }

  #abort(which: number): void {
    const abortable = this.#calls.filter(
      ({ fate, controller }) => fate === "pending" && controller,
    );
    abortable[which % Math.max(1, abortable.length)]?.controller?.abort();
  }

  #newCall(kind: Call["kind"]): Call {
    const before = kind === "flush" || kind === "close" ? [...this.#calls] : [];
    const call: Call = { id: this.#calls.length, kind, fate: "pending", before };
    this.#calls.push(call);
    return call;
  }

  #watch(call: Call, promise: Promise<unknown>): void {
    promise.then(
      (value) => this.#resolved(call, value),
      (error: unknown) => this.#rejected(call, error),
    );
  }

  #resolved(call: Call, value: unknown): void {
    call.fate = "resolved";
    if (call.kind === "ready") return;
    if (call.kind === "flush" || call.kind === "close") {
      if (this.#failingSync === 0) this.#checkCovered(call);
      return;
    }
    if (value !== 1000 + this.#staged.indexOf(call.id)) this.#fault(`${call.id}: a wrong address`);
    if (!this.target.isDurable(value as number)) this.#fault(`${call.id} resolved, not durable`);
    this.#resolvedIds.push(call.id);
  }

  /** What was staged, or waited to be staged, before `call` is durable. */
  #checkCovered(call: Call): void {
    for (const { id, kind, fate } of call.before) {
      const waits = fate === "pending" && (kind === "append" || kind === "submit");
      const at = this.#staged.indexOf(id);
      if (at >= this.target.durable || (at < 0 && waits)) {
        this.#fault(`${kind} ${id} not durable for ${call.kind} ${call.id}`);
      }
    }
  }

  #rejected(call: Call, error: unknown): void {
    call.fate = "rejected";
    const written = this.#staged.includes(call.id);
    const poisoned = hasCode(error, "ERR_SEGLOG_POISONED") && error.cause instanceof DiskError;
    const allowed =
      poisoned ||
      (!written && hasCode(error, "ERR_SEGLOG_CLOSED") && this.#closed !== undefined) ||
      (!written && hasCode(error, "ERR_SEGLOG_OVERLOADED") && call.kind === "stage") ||
      (!written && error instanceof Refusal && call.kind === "appendRefused") ||
      (!written && error === call.controller?.signal.reason && call.controller?.signal.aborted);
    if (!allowed)
      this.#fault(`${call.kind} ${call.id} rejected with ${error}, written: ${written}`);
  }

  #checkRising(ids: readonly number[], what: string): void {
    for (let i = 1; i < ids.length; i++) {
      if ((ids[i - 1] ?? 0) >= (ids[i] ?? 0)) this.#fault(`${what} out of order: ${ids}`);
    }
  }

  #fault(text: string): void {
    this.#faults.push(text);
  }
}
