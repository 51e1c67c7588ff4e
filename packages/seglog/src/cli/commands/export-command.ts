import type { Command } from "commander";
import { openLog } from "../../open-log.ts";
import type { CommandIo } from "../command-io.ts";
import { printBatches } from "../print-records.ts";
import { recordWriter } from "../record-writers.ts";
import { addSelectOptions, type SelectOptions, selectRecords } from "../select-records.ts";

interface ExportOptions extends SelectOptions {
  readonly lengthPrefixed?: boolean;
}

export function addExportCommand(program: Command, io: CommandIo): void {
  const command = program
    .command("export")
    .summary("write records for `import`, byte for byte")
    .description(
      "Writes the committed records as NDJSON: offset, time, and the value as text or, where it " +
        "is not UTF-8, in base64. Length-prefixed has the values alone.",
    )
    .argument("<dir>", "directory of the log");
  addSelectOptions(command)
    .option("--length-prefixed", "big-endian u32 before each value instead of NDJSON")
    .addHelpText(
      "after",
      `
Examples:
  seglog export events | zstd > events.ndjson.zst
  seglog export events --from 1000 | seglog import copy`,
    )
    .action((directory: string, options: ExportOptions) => exportLog(io, directory, options));
}

async function exportLog(
  { output, interruption }: CommandIo,
  directory: string,
  options: ExportOptions,
): Promise<void> {
  await using log = await openLog(directory, { readOnly: true });
  const format = options.lengthPrefixed ? "lengthPrefixed" : "json";
  const { signal } = interruption;
  const batches = log.batches({ ...selectRecords(log, options), signal });
  await printBatches(batches, recordWriter(output, { format }), output);
}
