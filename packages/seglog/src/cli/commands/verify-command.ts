import type { Damage } from "@seglog/segment";
import type { Command } from "commander";
import { verifyLog } from "../../verify-log.ts";
import { byteProgress } from "../byte-progress.ts";
import type { CommandIo } from "../command-io.ts";
import { EXIT_DAMAGED } from "../exit-codes.ts";
import { bytesText, countOf } from "../quantities.ts";
import { refuseNoLog } from "../refuse-no-log.ts";

export function addVerifyCommand(program: Command, io: CommandIo): void {
  program
    .command("verify")
    .summary("read every byte, and say what is wrong")
    .description(
      "Reads everything in a log's directory, every frame of every segment, and says what is " +
        "wrong with it. Takes no lock, changes nothing, and may run beside a writer.",
    )
    .argument("<dir>", "directory of the log")
    .option("--json", "one JSON object")
    .addHelpText(
      "after",
      `
Exits with ${EXIT_DAMAGED} when a damage was found that is not harmless.

Examples:
  seglog verify events
  seglog verify events --json | jq .damages`,
    )
    .action((directory: string, options: { readonly json?: boolean }) =>
      verify(io, directory, options),
    );
}

async function verify(
  io: CommandIo,
  directory: string,
  { json = false }: { readonly json?: boolean },
): Promise<void> {
  const { output, notes, interruption } = io;
  await refuseNoLog(directory);
  const progress = byteProgress(notes);
  let found: Awaited<ReturnType<typeof verifyLog>>;
  try {
    const { signal } = interruption;
    found = await verifyLog(directory, { onProgress: progress.show, signal });
  } finally {
    progress.stop();
  }
  if (json) output.json(found);
  else {
    for (const damage of found.damages) output.line(damageLine(damage));
    const { records, segments, bytes, firstOffset, nextOffset, clean } = found;
    const held = `${countOf(records, "record")} [${firstOffset}, ${nextOffset})`;
    const read = `${countOf(segments, "segment")}, ${bytesText(bytes)}`;
    output.line(`${clean ? "sound" : "damaged"}: ${held}, ${read}`);
  }
  if (!found.clean) io.exitWith(EXIT_DAMAGED);
}

/** A damage as one line. */
export function damageLine({ kind, path, position, from, to, message, harmless }: Damage): string {
  const what = harmless ? `${kind} (harmless)` : kind;
  const where = position === undefined ? path : `${path} at ${position}`;
  const whose = from === undefined ? "" : `, records [${from}, ${to ?? "?"})`;
  return `${what}: ${where}${whose}: ${message}`;
}
