import type { Damage, Verification } from "@seglog/segment";
import type { Command } from "commander";
import { type Verdict, verdictOf } from "../../verdict.ts";
import { verifyLog } from "../../verify-log.ts";
import { byteProgress } from "../byte-progress.ts";
import type { CommandIo } from "../command-io.ts";
import { EXIT_DAMAGED, EXIT_LOST } from "../exit-codes.ts";
import { bytesText, countOf } from "../quantities.ts";

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
Exits with ${EXIT_DAMAGED} when a damage was found that is not harmless; with ${EXIT_LOST} when all
such are records that an earlier repair has given up, and the rest is sound.

Examples:
  seglog verify events
  seglog verify events --json | jq .damages
  seglog repair events && seglog verify events  # 0, or ${EXIT_LOST} where records are lost`,
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
  const progress = byteProgress(notes);
  let found: Verification;
  try {
    const { signal } = interruption;
    found = await verifyLog(directory, { onProgress: progress.show, signal });
  } finally {
    progress.stop();
  }
  const verdict = verdictOf(found);
  if (json) output.json({ ...found, verdict });
  else {
    for (const damage of found.damages) output.line(damageLine(damage));
    const { records, recordsUnchecked, segments, bytes, firstOffset, nextOffset } = found;
    if (recordsUnchecked > 0) output.line(uncheckedLine(recordsUnchecked));
    const held = `${countOf(records, "record")} [${firstOffset}, ${nextOffset})`;
    const read = `${countOf(segments, "segment")}, ${bytesText(bytes)}`;
    output.line(`${verdict}: ${held}, ${read}`);
  }
  io.exitWith(EXIT_CODES_BY_VERDICT[verdict]);
}

const EXIT_CODES_BY_VERDICT: Readonly<Record<Verdict, number>> = Object.freeze({
  sound: 0,
  "sound but for lost records": EXIT_LOST,
  "of a later release, not judged": EXIT_DAMAGED,
  damaged: EXIT_DAMAGED,
});

function uncheckedLine(records: number): string {
  const count = countOf(records, "record");
  return `unchecked: ${count} without checksums, format plain: a damaged value is not seen`;
}

/** A damage as one line. */
export function damageLine({ kind, path, position, from, to, message, harmless }: Damage): string {
  const what = harmless ? `${kind} (harmless)` : kind;
  const where = position === undefined ? path : `${path} at ${position}`;
  const whose = from === undefined ? "" : `, records [${from}, ${to ?? "?"})`;
  return `${what}: ${where}${whose}: ${message}`;
}
