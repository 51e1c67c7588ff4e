import type { LostRange } from "@seglog/segment";
import type { Command } from "commander";
import { repairLog } from "../../repair-log.ts";
import { byteProgress } from "../byte-progress.ts";
import type { CommandIo } from "../command-io.ts";
import { EXIT_DAMAGED } from "../exit-codes.ts";
import { damageLine } from "./verify-command.ts";

interface RepairOptions {
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export function addRepairCommand(program: Command, io: CommandIo): void {
  program
    .command("repair")
    .summary("make a log that opens of one that is damaged")
    .description(
      "Makes a log that opens of one that is damaged. Deletes nothing: what it takes away is in " +
        "`quarantine` in the log's directory. Offsets stay; what is lost is said. Not needed " +
        "after a crash: opening a log finishes what a crash cut short. Not for logs with stores " +
        "of another format, which would all be taken for damaged.",
    )
    .argument("<dir>", "directory of the log")
    .option("--dry-run", "only say what would be done")
    .option("--json", "one JSON object")
    .addHelpText(
      "after",
      `
With --dry-run, exits with ${EXIT_DAMAGED} when there is something to do.

Examples:
  seglog repair events --dry-run
  seglog repair events`,
    )
    .action((directory: string, options: RepairOptions) => repair(io, directory, options));
}

async function repair(io: CommandIo, directory: string, options: RepairOptions): Promise<void> {
  const { output, notes } = io;
  const { dryRun = false, json = false } = options;
  const progress = byteProgress(notes);
  let done: Awaited<ReturnType<typeof repairLog>>;
  try {
    done = await repairLog(directory, { dryRun, onProgress: progress.show });
  } finally {
    progress.stop();
  }
  const { damages, actions, lost, quarantined } = done;
  if (json) output.json(done);
  else {
    for (const damage of damages) output.line(damageLine(damage));
    for (const { kind, message } of actions) {
      output.line(`${dryRun ? "would " : ""}${kind}: ${message}`);
    }
    for (const path of quarantined) output.line(`in quarantine: ${path}`);
    output.line(actions.length === 0 ? "nothing to do" : lostText(lost));
  }
  if (dryRun && actions.length > 0) io.exitWith(EXIT_DAMAGED);
}

function lostText(lost: readonly LostRange[]): string {
  if (lost.length === 0) return "no record is lost";
  return `lost: ${lost.map(({ from, to }) => `[${from}, ${to ?? "?"})`).join(" ")}`;
}
