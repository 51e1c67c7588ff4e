import type { CommandIo } from "./command-io.ts";
import { hearInterruption } from "./interruption.ts";
import { Output } from "./output.ts";
import { seglogProgram } from "./program.ts";
import { isClosedPipe, reportError } from "./report-error.ts";

/** Runs the command of these arguments. @returns what to exit with; never rejects */
export async function runProgram(
  argv: readonly string[],
  { stdin, stdout, stderr }: Pick<NodeJS.Process, "stdin" | "stdout" | "stderr">,
): Promise<number> {
  const output = new Output(stdout);
  const notes = new Output(stderr);
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
  try {
    await seglogProgram(io).parseAsync(argv, { from: "user" });
    await output.flush();
  } catch (error) {
    const isEnd = io.interruption.signal.aborted && error === io.interruption.signal.reason;
    if (!isEnd) exitCode = reportError(error, notes, { debug: argv.includes("--debug") });
    await output.flush().catch(ignoreClosedPipe);
  }
  await notes.flush().catch(ignoreClosedPipe);
  clearInterval(alive);
  return io.interruption.exitCode ?? exitCode;
}

function ignoreClosedPipe(error: unknown): void {
  // there is nobody left to tell of anything else
  if (!isClosedPipe(error)) process.exitCode = 1;
}
