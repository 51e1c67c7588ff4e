import { CommitSignal } from "./commit-signal.ts";

/**
 * Pauses between two looks that find nothing, in ms: short ones after a hint, or after news, since
 * the writer's sync is then under way; then, where no hints come, ten looks a second.
 */
const PAUSES_MS: readonly number[] = Object.freeze([1, 1, 1, 1, 2, 4, 8, 16, 32, 64]);
const PAUSE_MS_MAX = 100;
/** A hint does not end pauses as short as this: under load there is one for every write. */
const SHORT_PAUSE_MS = 4;

export interface LookoutParts {
  /** Looks whether there is news, and takes it in. */
  readonly look: () => Promise<boolean>;
  /** Calls back at a hint that there may be. */
  readonly watch: (onHint: () => void) => { close(): void };
  /** Called when looking failed: who waits is woken afterwards. */
  readonly onFailure: (error: unknown) => void;
}

/** Looks, while somebody waits for news, when it is hinted at, and from time to time. */
export class Lookout {
  readonly #parts: LookoutParts;
  readonly #news = new CommitSignal();
  #waiting = 0;
  #running: Promise<void> | undefined;
  #watch: { close(): void } | undefined;
  #stopped = false;
  #isHinted = false;
  #endPause: (() => void) | undefined;
  #pauseMs = 0;

  constructor(parts: LookoutParts) {
    this.#parts = parts;
  }

  /** Resolves when there is news, when `signal` aborts, or when looking has ended. */
  async wait(signal: AbortSignal | undefined): Promise<void> {
    if (this.#stopped) return;
    this.#waiting++;
    this.#start();
    try {
      await this.#news.wait(signal);
    } finally {
      this.#waiting--;
      if (this.#waiting === 0) this.#endPause?.();
    }
  }

  /** Wakes everybody who waits. */
  notify(): void {
    this.#news.notify();
  }

  /** Ends looking; resolves when none is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#watch?.close();
    this.#endPause?.();
    this.#news.notify();
    await this.#running;
  }

  #start(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      if (this.#waiting > 0 && !this.#stopped) this.#start();
    });
  }

  async #run(): Promise<void> {
    let quiet = 0;
    while (this.#waiting > 0 && !this.#stopped) {
      this.#isHinted = false;
      const isNew = await this.#look();
      if (isNew) {
        quiet = 0;
        this.#news.notify();
        // who was woken takes what is new, and waits again
        await new Promise((resolve) => setImmediate(resolve));
        continue;
      }
      const pauseMs = PAUSES_MS[quiet] ?? PAUSE_MS_MAX;
      await this.#pause(pauseMs);
      quiet = this.#isHinted && pauseMs > SHORT_PAUSE_MS ? 0 : quiet + 1;
    }
  }

  async #look(): Promise<boolean> {
    try {
      return await this.#parts.look();
    } catch (error) {
      this.#parts.onFailure(error);
      return true;
    }
  }

  #pause(ms: number): Promise<void> {
    this.#watchOnce();
    this.#pauseMs = ms;
    if (this.#isHinted && ms > SHORT_PAUSE_MS) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#endPause = undefined;
        resolve();
      };
      const timer = setTimeout(end, ms);
      this.#endPause = end;
    });
  }

  #watchOnce(): void {
    if (this.#watch !== undefined || this.#stopped) return;
    try {
      this.#watch = this.#parts.watch(() => {
        this.#isHinted = true;
        if (this.#pauseMs > SHORT_PAUSE_MS) this.#endPause?.();
      });
    } catch {
      this.#watch = { close() {} }; // no hints, for want of watches or of a disk that tells
    }
  }
}
