import type { Command } from "commander";
import type { Seglog } from "../../contract.ts";
import { openLog } from "../../open-log.ts";
import type { CommandIo } from "../command-io.ts";
import type { Output } from "../output.ts";
import { parseCount } from "../parse-values.ts";
import { printBatches } from "../print-records.ts";
import { type RecordWriter, recordWriter } from "../record-writers.ts";
import { addFormatOptions, type FormatOptions, formatOf } from "../select-records.ts";

interface TailOptions extends FormatOptions {
  readonly lines: number;
  readonly follow?: boolean;
}

export function addTailCommand(program: Command, io: CommandIo): void {
  const command = program
    .command("tail")
    .summary("print the last records, and those that come")
    .description(
      "Prints the last committed records and, with -f, each new one once it is committed.",
    )
    .argument("<dir>", "directory of the log")
    .option("-n, --lines <count>", "how many records", parseCount, 10)
    .option("-f, --follow", "go on with the records that come, until interrupted");
  addFormatOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  seglog tail events -n 3 -v
  seglog tail -f events --json | jq --unbuffered -r .value`,
    )
    .action((directory: string, options: TailOptions) => tail(io, directory, options));
}

async function tail(
  { output, interruption }: CommandIo,
  directory: string,
  options: TailOptions,
): Promise<void> {
  await using log = await openLog(directory, { readOnly: true });
  const write = recordWriter(output, formatOf(options));
  const { signal } = interruption;
  const { firstOffset, committedOffset } = log;
  const from = Math.max(firstOffset, committedOffset - options.lines);
  if (options.follow !== true) {
    await printBatches(log.batches({ from, signal }), write, output);
    return;
  }
  await follow(log, { from, signal, write, output });
}

interface Following {
  readonly from: number;
  readonly signal: AbortSignal;
  readonly write: RecordWriter;
  readonly output: Output;
}

/** Prints what comes, as soon as no more of it is at hand. */
async function follow(log: Seglog, { from, signal, write, output }: Following): Promise<void> {
  const broken = new AbortController();
  let isFlushing = false;
  const flush = async (): Promise<void> => {
    isFlushing = false;
    try {
      await output.flush();
    } catch (error) {
      broken.abort(error); // also while no record comes
    }
  };
  const ending = AbortSignal.any([signal, broken.signal]);
  for await (const record of log.tail({ from, signal: ending })) {
    write(record);
    if (output.isFull) await flush();
    else if (!isFlushing) setImmediate(flush);
    isFlushing = true;
  }
  broken.signal.throwIfAborted();
}
