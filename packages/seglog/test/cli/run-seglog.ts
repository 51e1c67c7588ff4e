import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/** The command as it is built. */
export const MAIN: string = join(import.meta.dirname, "../../dist/cli/main.js");

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly bytes: Buffer;
  readonly stderr: string;
}

/** Starts the command; its ends are pipes. */
export function startSeglog(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ChildProcessWithoutNullStreams {
  if (!existsSync(MAIN)) throw new Error("the command is not built: run `pnpm exec tsc -b` first");
  const { NO_COLOR: _, FORCE_COLOR: __, ...rest } = process.env;
  return spawn(process.execPath, [MAIN, ...args], { env: { ...rest, ...env }, stdio: "pipe" });
}

/** Runs the command to its end. */
export async function seglog(args: readonly string[], input: string | Buffer = ""): Promise<Ran> {
  const child = startSeglog(args);
  // a command that wants no input may be gone before it was given
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  return ended(child);
}

/** Everything a child says, and what it exits with. */
export function ended(child: ChildProcessWithoutNullStreams): Promise<Ran> {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      const bytes = Buffer.concat(out);
      resolve({ code, bytes, stdout: bytes.toString(), stderr: Buffer.concat(err).toString() });
    });
  });
}

/**
 * Resolves when the child has said so much on standard output; with all that it said from now on.
 * What it said while something else was awaited is not heard again.
 */
export function said(
  child: ChildProcessWithoutNullStreams,
  enough: (text: string) => boolean,
): Promise<string> {
  let text = "";
  return new Promise((resolve, reject) => {
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk;
      if (enough(text)) resolve(text);
    });
    child.on("close", () => reject(new Error(`it ended, having said ${JSON.stringify(text)}`)));
  });
}

/** Lines of JSON, parsed. */
export function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}
