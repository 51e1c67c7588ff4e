import { SeglogError } from "@seglog/errors";
import { type FileSystemOperation, refused } from "../disk-error.ts";
import type { DiskFault, DiskOperation } from "./contract.ts";
import type { CheckedDiskOptions } from "./disk-options.ts";
import type { InFlightWrite } from "./in-flight-write.ts";
import { Random } from "./random.ts";

/** Longest time that a call waits at each of its steps, in microtasks; the shortest is 1. */
const HOPS_MAX = 4;

/** One call on the disk, as what it changes remembers it. */
export interface DiskCall extends DiskOperation {
  /** When it began, and ended: {@link Machine.tick}. `Infinity` while it is in flight. */
  readonly begunAt: number;
  finishedAt: number;
  readonly fault: DiskFault | undefined;
}

/** What an asynchronous call does. */
export interface CallSteps<T> {
  /** At once. What throws is an answer of the disk: the call ends with it. */
  readonly start?: (call: DiskCall) => void;
  /** Some time later. */
  readonly finish: (call: DiskCall) => T;
}

/** What runs every call of a disk: its number, its turn, its faults, and the power. */
export class Machine {
  readonly random: Random;
  operationCount = 0;
  openHandles = 0;
  openMappings = 0;
  heldLocks = 0;
  powerIsGone = false;
  sigbus: SeglogError | undefined;
  /** Writes that were begun and are not in the file yet. */
  readonly writes: Set<InFlightWrite> = new Set();
  readonly #hooks = new Set<(operation: DiskOperation) => void>();
  readonly #faults = new Set<DiskFault>();
  readonly #options: CheckedDiskOptions;
  #cutAt = Number.POSITIVE_INFINITY;
  #now = 0;

  constructor(options: CheckedDiskOptions) {
    this.#options = options;
    this.random = new Random(options.seed);
  }

  /** A time later than every other. */
  tick(): number {
    this.#now += 1;
    return this.#now;
  }

  onOperation(hook: (operation: DiskOperation) => void): () => void {
    this.#hooks.add(hook);
    return () => void this.#hooks.delete(hook);
  }

  fail(fault: DiskFault): () => void {
    this.#faults.add(fault);
    return () => void this.#faults.delete(fault);
  }

  cutAfter(index: number): void {
    this.#cutAt = index;
    if (index < this.operationCount) this.cut();
  }

  cut(): void {
    this.powerIsGone = true;
    // the program lives on and may use these buffers for something else
    for (const write of this.writes) write.capture();
  }

  /** Runs a call that waits for the device. */
  async run<T>(
    kind: FileSystemOperation,
    what: { readonly path: string; readonly bytes?: number },
    steps: CallSteps<T>,
  ): Promise<T> {
    if (this.powerIsGone) return this.#never(kind, what.path);
    const call = this.#begin(kind, what);
    try {
      if (happens(call)) steps.start?.(call);
      await this.#pause();
      const result = happens(call) ? steps.finish(call) : undefined;
      await this.#pause();
      if (call.fault !== undefined) throw faultError(call);
      return result as T;
    } catch (error) {
      if (error === POWER_GONE) return this.#never(kind, what.path);
      throw error;
    } finally {
      if (!this.powerIsGone) call.finishedAt = this.tick();
    }
  }

  /** Runs a call that does not wait. */
  runNow<T>(
    kind: FileSystemOperation,
    what: { readonly path: string; readonly bytes?: number },
    act: (call: DiskCall) => T,
  ): T {
    if (this.powerIsGone) throw powerError(kind, what.path);
    const call = this.#begin(kind, what);
    try {
      const result = happens(call) ? act(call) : undefined;
      if (this.powerIsGone) throw powerError(kind, what.path);
      if (call.fault !== undefined) throw faultError(call);
      return result as T;
    } finally {
      if (!this.powerIsGone) call.finishedAt = this.tick();
    }
  }

  /** A call of no number, for what changes the disk without one: a store through a mapping. */
  silentCall(kind: FileSystemOperation, path: string): DiskCall {
    return {
      index: this.operationCount,
      kind,
      path,
      begunAt: this.tick(),
      finishedAt: Number.POSITIVE_INFINITY,
      fault: undefined,
    };
  }

  /** Remembers an access that a real disk answers with a signal, and throws what stands for it. */
  raiseSigbus(text: string): never {
    const error = new SeglogError("ERR_SEGLOG_INVARIANT", `SIGBUS: ${text}`, {});
    this.sigbus ??= error;
    throw error;
  }

  #begin(
    kind: FileSystemOperation,
    what: { readonly path: string; readonly bytes?: number },
  ): DiskCall {
    const operation: DiskOperation = { index: this.operationCount, kind, ...what };
    this.operationCount += 1;
    for (const hook of this.#hooks) hook(operation);
    if (operation.index >= this.#cutAt) this.cut();
    const { index, path } = operation;
    const fault = this.#faultOf(operation);
    const finishedAt = Number.POSITIVE_INFINITY;
    // a spread with fields behind it took a tenth of a campaign's time
    return { index, kind, path, begunAt: this.tick(), finishedAt, fault };
  }

  #faultOf(operation: DiskOperation): DiskFault | undefined {
    for (const fault of this.#faults) {
      const { at } = fault;
      if (typeof at === "number" ? at === operation.index : at(operation)) return fault;
    }
    return undefined;
  }

  async #pause(): Promise<void> {
    const { scheduler } = this.#options;
    if (scheduler !== undefined) {
      await new Promise<void>((resolve) => {
        scheduler.defer(resolve);
      });
    } else {
      for (let hops = this.random.below(HOPS_MAX); hops >= 0; hops -= 1) await undefined;
    }
    if (this.powerIsGone) throw POWER_GONE;
  }

  #never(kind: FileSystemOperation, path: string): Promise<never> {
    if (this.#options.afterCut === "hang") return new Promise<never>(() => {});
    return Promise.reject(powerError(kind, path));
  }
}

const POWER_GONE = Symbol("the power is gone");

/** Calls that do what they are for although they report an error. */
const RELEASES: readonly FileSystemOperation[] = ["close", "unmap", "release"];

/** Calls of which a part can be done. */
const WRITES: readonly FileSystemOperation[] = ["write", "writeDurably", "allocate"];

function happens({ fault, kind }: DiskCall): boolean {
  if (fault === undefined || fault.effect === "all" || RELEASES.includes(kind)) return true;
  if (kind === "sync" || kind === "syncDirectory") return true;
  return fault.effect === "partial" && WRITES.includes(kind);
}

function faultError({ fault, kind, path, index }: DiskCall): SeglogError {
  return refused(fault?.errno ?? "EIO", kind, path, `scripted for operation ${index}`);
}

function powerError(kind: FileSystemOperation, path: string): SeglogError {
  return refused("ESHUTDOWN", kind, path, "the power is gone");
}
