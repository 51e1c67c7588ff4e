import { close, constants, fstat, open, type Stats } from "node:fs";
import { promisify } from "node:util";

const openRaw = promisify(open) as (path: string, flags: number) => Promise<number>;
const fstatRaw = promisify(fstat) as (fd: number) => Promise<Stats>;
const closeRaw = promisify(close);

/**
 * More descriptors of the file behind one, each write through which is durable when it returns.
 *
 * Each serves one call at a time: the system tells a failure once per descriptor, and of two calls
 * that share one the other would hear nothing of it. They are opened by the descriptor's number:
 * by its path a file may be another one by now.
 *
 * Linux only. Where O_DSYNC exists elsewhere it leaves the bytes in the drive's cache (macOS).
 */
export class SyncingTwins {
  /** Those that serve no call. */
  readonly idle: number[] = [];
  readonly #fd: number;
  #areThereNone: boolean = process.platform !== "linux";

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** One that is open and serves nobody, if there is one. */
  takeIdle(): number | undefined {
    return this.idle.pop();
  }

  /**
   * The same, or a new one.
   *
   * @returns `undefined`, from then on, where none is to be had: without /proc, without rights any
   *   more, or without a descriptor to spare; then write and sync do the same in two calls
   */
  async take(): Promise<number | undefined> {
    const idle = this.idle.pop();
    if (idle !== undefined || this.#areThereNone) return idle;
    const twin = await openTwin(this.#fd);
    if (twin === undefined) this.#areThereNone = true;
    return twin;
  }

  giveBack(twin: number): void {
    this.idle.push(twin);
  }
}

async function openTwin(fd: number): Promise<number | undefined> {
  let twin: number | undefined;
  try {
    twin = await openRaw(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_DSYNC);
    const [ours, theirs] = await Promise.all([fstatRaw(fd), fstatRaw(twin)]);
    if (ours.dev === theirs.dev && ours.ino === theirs.ino) return twin;
  } catch {
    // whatever the reason, there is another way
  }
  if (twin !== undefined) await closeRaw(twin);
  return undefined;
}
