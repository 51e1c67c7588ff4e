import type { Readable } from "node:stream";
import type { Interruption } from "./interruption.ts";
import type { Output } from "./output.ts";

/** What a command reads and writes, and how it is told to end. */
export interface CommandIo {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Output;
  /** Progress and what is said beside the result: standard error. */
  readonly notes: Output;
  readonly interruption: Interruption;
  /** What to exit with though the command did what it was asked. */
  exitWith(code: number): void;
}
