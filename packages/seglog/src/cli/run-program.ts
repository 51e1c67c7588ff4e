import type { CommandIo } from "./command-io.ts";
import { exitCodeOf } from "./exit-codes.ts";
import { hearInterruption } from "./interruption.ts";
import { Output } from "./output.ts";
import { seglogProgram } from "./program.ts";
import { reportError } from "./report-error.ts";
import { isClosedPipe } from "./stream-error.ts";

/** Runs the command of these arguments. @returns what to exit with; never rejects */
export async function runProgram(
  argv: readonly string[],
  { stdin, stdout, stderr }: Pick<NodeJS.Process, "stdin" | "stdout" | "stderr">,
): Promise<number> {
  const output = new Output(stdout, "standard output");
  const notes = new Output(stderr, "standard error");
  let exitCode = 0;
  const io: CommandIo = {
    input: stdin,
    output,
    notes,
    interruption: hearInterruption(),
    exitWith: (code) => {
      exitCode = code;
    },
  };
  // a follower that waits for records holds nothing that would keep the process
  const alive = setInterval(() => {}, 2 ** 30);
  const failed = (error: unknown): void => {
    const { aborted, reason } = io.interruption.signal;
    if (aborted && error === reason) return;
    exitCode = reportError(error, notes, { debug: argv.includes("--debug") });
  };
  let hasFailed = false;
  try {
    await seglogProgram(io).parseAsync(argv, { from: "user" });
  } catch (error) {
    hasFailed = true;
    failed(error);
  }
  // also of a command that failed: what it printed until then is its result
  await output.flush().catch((error: unknown) => {
    // a failure is told once; a verdict that nobody wanted to read holds all the same
    if (exitCode === 0 || !(hasFailed || isClosedPipe(error))) failed(error);
  });
  await notes.flush().catch((error: unknown) => {
    // there is nobody left to tell of it
    if (!isClosedPipe(error)) exitCode ||= exitCodeOf(error);
  });
  clearInterval(alive);
  return io.interruption.exitCode ?? exitCode;
}
