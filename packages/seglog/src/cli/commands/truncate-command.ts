import type { Command } from "commander";
import type { Seglog } from "../../contract.ts";
import { openLog } from "../../open-log.ts";
import { badInput } from "../bad-input.ts";
import type { CommandIo } from "../command-io.ts";
import { inputChunks } from "../input-chunks.ts";
import { parseCount, parseOffset } from "../parse-values.ts";
import { countOf } from "../quantities.ts";

interface TruncateOptions {
  readonly before?: number;
  readonly after?: number;
  readonly yes?: boolean;
}

export function addTruncateCommand(program: Command, io: CommandIo): void {
  program
    .command("truncate")
    .summary("drop records from one end")
    .description(
      "Drops the records before an offset, or those after one, for good. Asks first. Durable, " +
        "and whole, when it ends.",
    )
    .argument("<dir>", "directory of the log")
    .option("--before <offset>", "drop older records; this one stays the first", parseCount)
    .option("--after <offset>", "drop newer records; this one stays the last", parseOffset)
    .option("-y, --yes", "do not ask")
    .addHelpText(
      "after",
      `
Offsets after a dropped end are given again: whoever kept them must forget them.

Examples:
  seglog truncate events --before 1000
  seglog truncate events --after 99 --yes`,
    )
    .action((directory: string, options: TruncateOptions) => truncate(io, directory, options));
}

async function truncate(io: CommandIo, directory: string, options: TruncateOptions): Promise<void> {
  const { before, after, yes } = options;
  if ((before === undefined) === (after === undefined)) {
    throw badInput("either --before or --after is needed", "one of them");
  }
  if (!yes && io.input.isTTY !== true) {
    throw badInput("there is no terminal to ask at; --yes goes on without", "--yes");
  }
  // makes no log where there is none
  await (await openLog(directory, { readOnly: true })).close();
  await using log = await openLog(directory);
  const dropped = rangeOf(log, options);
  const count = Math.max(0, dropped.to - dropped.from);
  const what = `${countOf(count, "record")} [${dropped.from}, ${dropped.to})`;
  if (!yes && !(await isConfirmed(io, `Drop ${what} of ${log.path}?`))) {
    io.notes.line("nothing was dropped");
    return;
  }
  if (before === undefined) await log.truncateAfter(after as number);
  else await log.truncateBefore(before);
  io.notes.line(`${what} dropped`);
}

function rangeOf(
  { firstOffset, nextOffset }: Seglog,
  { before, after }: TruncateOptions,
): { readonly from: number; readonly to: number } {
  if (before !== undefined) return { from: firstOffset, to: before };
  return { from: (after as number) + 1, to: nextOffset };
}

async function isConfirmed(io: CommandIo, question: string): Promise<boolean> {
  io.notes.text(`${question} [y/N] `);
  await io.notes.flush();
  for await (const chunk of inputChunks(io.input, io.interruption.signal)) {
    return /^y(?:es)?$/i.test(new TextDecoder().decode(chunk).trim());
  }
  return false;
}
