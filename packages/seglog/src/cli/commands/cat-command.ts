import type { Command } from "commander";
import { openLog } from "../../open-log.ts";
import type { CommandIo } from "../command-io.ts";
import { printBatches } from "../print-records.ts";
import { recordWriter } from "../record-writers.ts";
import {
  addFormatOptions,
  addSelectOptions,
  type FormatOptions,
  formatOf,
  type SelectOptions,
  selectRecords,
} from "../select-records.ts";

export function addCatCommand(program: Command, io: CommandIo): void {
  const command = program
    .command("cat")
    .summary("print records")
    .description("Prints the committed records of a log, as it was when it was opened.")
    .argument("<dir>", "directory of the log");
  addFormatOptions(addSelectOptions(command))
    .option("--reverse", "last record first")
    .addHelpText(
      "after",
      `
Examples:
  seglog cat events --from 100 --to 200
  seglog cat events --time 15m -v
  seglog cat events --reverse --limit 1 --format hex
  seglog cat events --json | jq -r .value`,
    )
    .action((directory: string, options: SelectOptions & FormatOptions) =>
      cat(io, directory, options),
    );
}

async function cat(
  { output, interruption }: CommandIo,
  directory: string,
  options: SelectOptions & FormatOptions,
): Promise<void> {
  await using log = await openLog(directory, { readOnly: true });
  const write = recordWriter(output, formatOf(options));
  const { signal } = interruption;
  await printBatches(log.batches({ ...selectRecords(log, options), signal }), write, output);
}
