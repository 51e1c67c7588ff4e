import type { Command } from "commander";
import { openLog } from "../../open-log.ts";
import type { CommandIo } from "../command-io.ts";
import { parseCount } from "../parse-values.ts";
import { printBatches } from "../print-records.ts";
import { recordWriter } from "../record-writers.ts";
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
  for await (const record of log.tail({ from, signal })) {
    write(record);
    await output.flush();
  }
}
