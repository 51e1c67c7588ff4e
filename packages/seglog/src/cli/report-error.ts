import { inspect } from "node:util";
import { CommanderError } from "commander";
import { EXIT_USAGE, exitCodeOf } from "./exit-codes.ts";
import type { Output } from "./output.ts";
import { isClosedPipe } from "./stream-error.ts";

/** Says in one line on `notes` what has failed, if it has. @returns what to exit with */
export function reportError(error: unknown, notes: Output, { debug }: { debug: boolean }): number {
  if (isClosedPipe(error)) return 0;
  // commander has said it, or shown the help
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  const parts = ["seglog", code, message ?? String(error)];
  notes.line(oneLine(parts.filter((part) => part !== undefined).join(": ")));
  if (debug) notes.line(inspect(error));
  return exitCodeOf(error);
}

/** A name of a file, or a record, must not look like another line. */
export function oneLine(text: string): string {
  return text
    .trim()
    .replaceAll(/\s*[\n\r]\s*/g, " ")
    .replaceAll(/\p{Cc}/gu, "?");
}
