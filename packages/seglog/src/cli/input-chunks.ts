import type { Readable } from "node:stream";
import { streamError } from "./stream-error.ts";

/** The chunks of `input`, which ends when the signal aborts. */
export async function* inputChunks(
  input: Readable,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, undefined> {
  const stop = (): void => {
    input.destroy();
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    if (!signal.aborted) yield* input;
  } catch (error) {
    // destroying it is what ended it early
    if (!signal.aborted) throw streamError("read", { path: "standard input", cause: error });
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** What turns chunks into values: see `LineSplitter` and `LengthSplitter`. */
export interface Splitter {
  push(chunk: Uint8Array): Iterable<Uint8Array>;
  end(): Iterable<Uint8Array>;
}

/**
 * The values of a stream, as many at a time as one chunk ends. Interrupted, the beginning of a
 * value whose end has not come is dropped: it was never whole.
 */
export async function* splitInput(
  input: Readable,
  splitter: Splitter,
  signal: AbortSignal,
): AsyncGenerator<Iterable<Uint8Array>, undefined> {
  for await (const chunk of inputChunks(input, signal)) yield splitter.push(chunk);
  if (!signal.aborted) yield splitter.end();
}
