import { hasCode } from "@seglog/errors";
import type { Offset } from "@seglog/log";
import type { Seglog } from "../contract.ts";

/** Told of the records `[from, to)` once they are durable, in order. */
export type OnDurable = (from: Offset, to: Offset) => Promise<void>;

/**
 * Appends all values that come. One sync after another runs meanwhile, each for what came during
 * the one before it; memory is bounded by the log's `stagedBytesMax`.
 *
 * Resolves when all is durable. Where the source fails, what it gave before is durable when this
 * rejects.
 */
export async function appendValues(
  log: Seglog,
  source: AsyncIterable<Iterable<Uint8Array>>,
  onDurable?: OnDurable,
): Promise<void> {
  const syncs = new SyncsOneByOne(log, onDurable);
  try {
    for await (const values of source) {
      for (const value of values) {
        while (!hasWritten(log, value)) await log.ready();
      }
      syncs.begin();
      syncs.check();
    }
  } finally {
    await syncs.finish();
  }
}

function hasWritten(log: Seglog, value: Uint8Array): boolean {
  try {
    log.write(value);
    return true;
  } catch (error) {
    if (hasCode(error, "ERR_SEGLOG_OVERLOADED")) return false;
    throw error;
  }
}

class SyncsOneByOne {
  readonly #log: Seglog;
  readonly #onDurable: OnDurable | undefined;
  #durableTo: Offset;
  #running: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(log: Seglog, onDurable: OnDurable | undefined) {
    this.#log = log;
    this.#onDurable = onDurable;
    this.#durableTo = log.nextOffset;
  }

  /** Sees to it that everything written before the call will be synced. */
  begin(): void {
    if (this.#running !== undefined || this.#failure !== undefined) return;
    this.#running = this.#run().then(
      () => {
        this.#running = undefined;
      },
      (error) => {
        this.#failure = { error };
        this.#running = undefined;
      },
    );
  }

  /** @throws what a sync has failed with */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async finish(): Promise<void> {
    await this.#running;
    this.begin();
    await this.#running;
    this.check();
  }

  async #run(): Promise<void> {
    while (this.#durableTo < this.#log.nextOffset) {
      const from = this.#durableTo;
      const to = this.#log.nextOffset;
      await this.#log.sync();
      this.#durableTo = to;
      await this.#onDurable?.(from, to);
    }
  }
}
