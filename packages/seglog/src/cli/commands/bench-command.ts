import { resolve } from "node:path";
import process from "node:process";
import { type FileSystem, nodeFileSystem } from "@seglog/fs";
import type { Command } from "commander";
import type { CommandIo } from "../command-io.ts";
import { type Measured, measureDisk } from "../measure-disk.ts";
import { parseCount } from "../parse-values.ts";
import { shortText } from "../quantities.ts";
import { tableLines } from "../text-table.ts";

interface BenchOptions {
  readonly json?: boolean;
  readonly rounds: number;
  readonly ms: number;
}

export function addBenchCommand(program: Command, io: CommandIo): void {
  program
    .command("bench")
    .summary("measure the disk under a directory, bare and through a log")
    .description(
      "Measures what a log reaches on the disk of a directory: durable appends by 1, 64 and 1024 " +
        "callers, writing, reading; each in turn with the raw disk. Takes some seconds and some " +
        "GiB while it runs: in a new directory in it, which is removed.",
    )
    .argument("<dir>", "a directory on the disk to measure")
    .option("--rounds <count>", "rounds; the median of them is printed", parseCount, 3)
    .option("--ms <ms>", "how long each measurement takes", parseCount, 250)
    .option("--json", "one JSON object")
    .addHelpText(
      "after",
      `
Examples:
  seglog bench /var/lib/app
  seglog bench . --json | jq .results`,
    )
    .action((directory: string, options: BenchOptions) => bench(io, directory, options));
}

async function bench(
  { output, notes, interruption }: CommandIo,
  directory: string,
  { json, rounds, ms }: BenchOptions,
): Promise<void> {
  const fs = nodeFileSystem();
  const parent = resolve(directory);
  const own = `${parent}/seglog-bench-${process.pid}-${Date.now()}`;
  await fs.list(parent);
  await fs.makeDirectory(own);
  let results: Measured[];
  try {
    results = await measureDisk({
      fs,
      directory: own,
      rounds: Math.max(1, rounds),
      ms,
      signal: interruption.signal,
      onStep: (name) => {
        if (!notes.isTerminal) return;
        notes.text(`\r\x1b[K${name}`);
        notes.flush().catch(() => undefined); // the next one tells it, if it matters
      },
    });
  } finally {
    if (notes.isTerminal) notes.text("\r\x1b[K");
    await removeTree(fs, own);
  }
  const { versions, platform, arch } = process;
  if (json) {
    const node = versions.node;
    output.json({
      directory: parent,
      node,
      platform,
      arch,
      mapper: fs.mapper,
      rounds,
      ms,
      results,
    });
    return;
  }
  output.line(`${parent}: Node ${versions.node}, ${platform} ${arch}, mapper ${fs.mapper}`);
  output.line();
  for (const line of tableLines(COLUMNS, results.map(cellsOf))) output.line(line);
}

const COLUMNS = [
  { head: "measured" },
  { head: "", align: "right" },
  { head: "unit" },
  { head: "x raw disk", align: "right" },
] as const;

function cellsOf({ name, value, unit, ofRaw }: Measured): string[] {
  return [name, shortText(value), unit, ofRaw === undefined ? "" : shortText(ofRaw)];
}

async function removeTree(fs: FileSystem, path: string): Promise<void> {
  for (const name of await fs.list(path)) {
    const inner = `${path}/${name}`;
    if ((await fs.stat(inner))?.kind === "directory") await removeTree(fs, inner);
    else await fs.remove(inner);
  }
  await fs.removeDirectory(path);
}
