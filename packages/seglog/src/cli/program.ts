import { createRequire } from "node:module";
import { Command } from "commander";
import type { CommandIo } from "./command-io.ts";
import { addAppendCommand } from "./commands/append-command.ts";
import { addBenchCommand } from "./commands/bench-command.ts";
import { addCatCommand } from "./commands/cat-command.ts";
import { addDumpCommand } from "./commands/dump-command.ts";
import { addExportCommand } from "./commands/export-command.ts";
import { addImportCommand } from "./commands/import-command.ts";
import { addInspectCommand } from "./commands/inspect-command.ts";
import { addRepairCommand } from "./commands/repair-command.ts";
import { addRestoreCommand } from "./commands/restore-command.ts";
import { addSnapshotCommand } from "./commands/snapshot-command.ts";
import { addTailCommand } from "./commands/tail-command.ts";
import { addTruncateCommand } from "./commands/truncate-command.ts";
import { addVerifyCommand } from "./commands/verify-command.ts";
import { oneLine } from "./report-error.ts";

/** The command line of seglog. */
export function seglogProgram(io: CommandIo): Command {
  const { version } = createRequire(import.meta.url)("seglog/package.json") as { version: string };
  const program = new Command("seglog")
    .description("Durable append-only logs: write them, read them, look into them.")
    .version(version)
    .option("--debug", "show the stack of an error, and what caused it")
    .helpCommand(true)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.output.text(text),
      writeErr: (text) => io.notes.text(text),
      getOutHasColors: () => io.output.hasColors,
      getErrHasColors: () => io.notes.hasColors,
      outputError: (text) => {
        const message = oneLine(text.replace(/^error: /, ""));
        io.notes.line(`seglog: ERR_SEGLOG_INVALID_ARGUMENT: ${message}`);
      },
    })
    .addHelpText(
      "after",
      `
Examples:
  seglog append events "hello"            # one record, durable
  seglog cat events                       # all of them
  seglog tail -f events                   # the last ones, and what comes
  seglog inspect events                   # its segments
  seglog help append                      # more about one command`,
    );
  addAppendCommand(program, io);
  addCatCommand(program, io);
  addTailCommand(program, io);
  addInspectCommand(program, io);
  addDumpCommand(program, io);
  addVerifyCommand(program, io);
  addRepairCommand(program, io);
  addTruncateCommand(program, io);
  addExportCommand(program, io);
  addImportCommand(program, io);
  addSnapshotCommand(program, io);
  addRestoreCommand(program, io);
  addBenchCommand(program, io);
  return program;
}
