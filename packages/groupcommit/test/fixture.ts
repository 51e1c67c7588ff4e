import type {
  CommitTarget,
  GroupCommit,
  GroupCommitOptions,
  groupCommit,
} from "@seglog/groupcommit";

export type Make = typeof groupCommit;

/** A promise of the contract: `run` throws when it is broken. */
export interface PromiseCase {
  readonly name: string;
  run(): Promise<void>;
}

interface PendingSync {
  /** Records staged when the sync began. */
  readonly covers: number;
  resolve(): void;
  reject(error: unknown): void;
}

/** A target in memory whose syncs end when the test says so. Addresses begin at 1000. */
export class FakeTarget implements CommitTarget {
  readonly records: Uint8Array[] = [];
  /** Records covered by syncs that succeeded. */
  durable = 0;
  syncCalls = 0;
  overlapping = 0;
  syncing: PendingSync | undefined;
  /** Called by `append` before it stages; may throw. */
  onAppend: (record: Uint8Array) => void = () => {};
  /** Called by `sync` before anything; may throw. */
  onSync: () => void = () => {};

  append(record: Uint8Array): number {
    this.onAppend(record);
    this.records.push(record.slice());
    return 999 + this.records.length;
  }

  sync(): Promise<void> {
    this.syncCalls++;
    if (this.syncing !== undefined) this.overlapping++;
    this.onSync();
    const covers = this.records.length;
    return new Promise((resolve, reject) => {
      const end = (): void => {
        this.syncing = undefined;
      };
      this.syncing = {
        covers,
        resolve: () => {
          end();
          this.durable = Math.max(this.durable, covers);
          resolve();
        },
        reject: (error) => {
          end();
          reject(error);
        },
      };
    });
  }

  /** Whether the record at `address` is covered by a sync that succeeded. */
  isDurable(address: number): boolean {
    return address - 1000 < this.durable;
  }
}

/** Lets everything happen that needs no disk and no timer. */
export async function quiet(): Promise<void> {
  for (let i = 0; i < 4; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** Ends the running sync, and lets its consequences happen. */
export async function endSync(target: FakeTarget): Promise<void> {
  if (target.syncing === undefined) throw new Error("no sync runs");
  target.syncing.resolve();
  await quiet();
}

/** Ends syncs until none begins any more. */
export async function endSyncs(target: FakeTarget): Promise<void> {
  await quiet();
  while (target.syncing !== undefined) await endSync(target);
}

export interface Watched<T> {
  readonly promise: Promise<T>;
  state: "pending" | "resolved" | "rejected";
  value?: T;
  error?: unknown;
}

/** What becomes of a promise, without waiting for it. Names in `log` tell who settled first. */
export function watch<T>(promise: Promise<T>, name = "", log: string[] = []): Watched<T> {
  const watched: Watched<T> = { promise, state: "pending" };
  promise.then(
    (value) => {
      watched.state = "resolved";
      watched.value = value;
      log.push(name);
    },
    (error: unknown) => {
      watched.state = "rejected";
      watched.error = error;
      log.push(name);
    },
  );
  return watched;
}

export interface Setup {
  readonly target: FakeTarget;
  readonly group: GroupCommit;
}

export function setUp(make: Make, options?: GroupCommitOptions): Setup {
  const target = new FakeTarget();
  return { target, group: make(target, options) };
}

/** A record of `length` bytes that is told by its first two. */
export function record(id: number, length = 4): Uint8Array {
  const bytes = new Uint8Array(Math.max(2, length));
  bytes[0] = id & 255;
  bytes[1] = id >> 8;
  return bytes;
}

/** Bytes of the options so that exactly `count` records of 4 bytes fit. */
export function roomFor(count: number): number {
  return count * 20;
}
