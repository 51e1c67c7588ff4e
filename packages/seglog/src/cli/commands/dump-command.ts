import { resolve } from "node:path";
import { nodeFileSystem } from "@seglog/fs";
import type { Command } from "commander";
import { badInput } from "../bad-input.ts";
import type { CommandIo } from "../command-io.ts";
import { dumpIndex } from "../dump-index.ts";
import { dumpStore } from "../dump-store.ts";
import { parseCount } from "../parse-values.ts";

interface DumpOptions {
  readonly json?: boolean;
  readonly from?: number;
  readonly limit?: number;
}

export function addDumpCommand(program: Command, io: CommandIo): void {
  program
    .command("dump")
    .summary("list the frames of a store file, or the entries of an index file")
    .description(
      "Lists what one file of a log holds, right or damaged, with positions: the frames of a " +
        "`.store`, the entries of an `.index`. A frame at position p begins at byte 32 + p of " +
        "the file. Files in quarantine, too.",
    )
    .argument("<file>", "a file of a log's directory")
    .option("--from <n>", "begin at this position of a frame, or entry of an index", parseCount)
    .option("--limit <count>", "at most so many frames or entries", parseCount)
    .option("--json", "one JSON object a line")
    .addHelpText(
      "after",
      `
Examples:
  seglog dump events/00000000000000000000.store
  seglog dump events/00000000000000000000.index --limit 10 --json`,
    )
    .action((file: string, options: DumpOptions) => dump(io, file, options));
}

async function dump(
  { output, interruption }: CommandIo,
  file: string,
  options: DumpOptions,
): Promise<void> {
  const path = resolve(file);
  const fs = nodeFileSystem({ mapper: "read-through" });
  const { signal } = interruption;
  const request = { ...options, fs, path, output, signal };
  if (path.endsWith(".store")) await dumpStore(request);
  else if (path.endsWith(".index")) await dumpIndex(request);
  else throw badInput(`${path} ends neither in .store nor in .index`, "a store or an index");
}
