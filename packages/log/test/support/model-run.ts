import type { Log, LogRecord } from "@seglog/log";
import { expect } from "vitest";
import { textOf } from "./records.ts";

/** One call of an interleaving; numbers are taken modulo what is there. */
export type Call =
  | { readonly kind: "append"; readonly count: number }
  | { readonly kind: "batch"; readonly count: number }
  | { readonly kind: "before" | "after"; readonly at: number }
  | { readonly kind: "iterate"; readonly at: number; readonly reverse: boolean }
  | { readonly kind: "sync" | "flush" | "tail" | "retain" | "snapshot" | "turn" };

/**
 * Calls a log from many places at once, and keeps the model: an array by offset, changed in the
 * order of the calls. What the log shows must be the model's at every moment.
 */
export class ModelRun {
  readonly #log: Log;
  readonly #texts: string[] = [];
  readonly #pending: Promise<unknown>[] = [];
  readonly #tails: Map<number, string>[] = [];
  #serial = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  async call(call: Call): Promise<void> {
    const log = this.#log;
    switch (call.kind) {
      case "append":
        for (let i = 0; i < call.count; i++) this.#append(() => [this.#text()]);
        break;
      case "batch":
        this.#append(() => Array.from({ length: call.count + 1 }, () => this.#text()));
        break;
      case "before":
        this.#settles(log.truncateBefore(pick(call.at, log.firstOffset, log.nextOffset + 1)));
        break;
      case "after":
        this.#truncateAfter(pick(call.at, log.firstOffset - 1, log.nextOffset));
        break;
      case "iterate":
        this.#pending.push(this.#iterate(call));
        break;
      case "tail":
        this.#tail();
        break;
      case "snapshot":
        this.#settles(new Response(log.reader()).arrayBuffer());
        break;
      case "retain":
        this.#settles(log.enforceRetention());
        break;
      case "turn":
        await new Promise((wake) => setImmediate(wake));
        break;
      default:
        this.#pending.push(log[call.kind]());
    }
    this.#check();
  }

  /** Everything that was called settles; then nothing but the model is there, durable. */
  async finish(): Promise<void> {
    const log = this.#log;
    await Promise.all(this.#pending);
    await log.sync();
    expect(log.committedOffset).toBe(this.#texts.length);
    this.#check();
    for (const tail of this.#tails) {
      const caughtUp = () => log.nextOffset === log.firstOffset || tail.has(log.nextOffset - 1);
      for (let turns = 0; !caughtUp() && turns < 1000; turns++) {
        await new Promise((wake) => setImmediate(wake));
      }
    }
    await log.close();
    for (const tail of this.#tails) {
      for (const [offset, text] of tail) {
        if (offset < this.#texts.length) expect(text).toBe(this.#texts[offset]);
      }
    }
  }

  get texts(): readonly string[] {
    return this.#texts;
  }

  #text(): string {
    return `${this.#serial++}`.padEnd(1 + (this.#serial % 9), ".");
  }

  #append(make: () => string[]): void {
    const texts = make();
    const values = texts.map((text) => new TextEncoder().encode(text));
    const offset =
      values.length === 1
        ? this.#log.append(values[0] as Uint8Array)
        : this.#log.appendBatch(values);
    expect(offset).toBe(this.#texts.length);
    this.#texts.push(...texts);
  }

  #truncateAfter(offset: number): void {
    const { nextOffset } = this.#log;
    this.#settles(this.#log.truncateAfter(offset));
    // refused where a pending truncation already reaches beyond it
    if (this.#log.nextOffset !== nextOffset) this.#texts.length = offset + 1;
  }

  async #iterate({ at, reverse }: { at: number; reverse: boolean }): Promise<void> {
    const log = this.#log;
    const before = [...this.#texts];
    const from = pick(at, log.firstOffset, log.committedOffset + 1);
    let last = reverse ? Number.POSITIVE_INFINITY : from - 1;
    for await (const batch of log.batches({ from, reverse, recordsMax: 3 })) {
      for (const { offset, value } of batch) {
        expect(reverse ? offset < last && offset >= from : offset > last).toBe(true);
        expect(textOf(value)).toBe(before[offset]);
        last = offset;
      }
    }
  }

  #tail(): void {
    const seen = new Map<number, string>();
    this.#tails.push(seen);
    this.#pending.push(this.#log.sync());
    const run = async (): Promise<void> => {
      let last = -1;
      for await (const batch of this.#log.tailBatches({ from: "end", recordsMax: 5 })) {
        for (const { offset, value } of batch as LogRecord[]) {
          for (let cut = offset; cut <= last; cut++) seen.delete(cut);
          seen.set(offset, textOf(value));
          last = offset;
        }
      }
    };
    void run().catch((error: unknown) => seen.set(0, String(error)));
  }

  /** `promise` settles; a truncation that came before may have put it out of range. */
  #settles(promise: Promise<unknown>): void {
    const settled = promise.catch((error: unknown) => {
      expect(error).toMatchObject({ code: "ERR_SEGLOG_OUT_OF_RANGE" });
    });
    this.#pending.push(settled);
  }

  #check(): void {
    const log = this.#log;
    expect(log.nextOffset).toBe(this.#texts.length);
    expect(log.committedOffset).toBeLessThanOrEqual(log.nextOffset);
    for (let offset = log.firstOffset; offset < log.nextOffset; offset++) {
      const uncommitted = offset >= log.committedOffset;
      expect(textOf(log.readView(offset, { uncommitted }).value)).toBe(this.#texts[offset]);
    }
  }
}

function pick(n: number, from: number, to: number): number {
  return from + (n % Math.max(1, to - from));
}
