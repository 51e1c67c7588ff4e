import { dirname, resolve } from "node:path";
import { hasCode, SeglogError } from "@seglog/errors";
import { type FileSystem, nodeFileSystem } from "@seglog/fs";
import type { Command } from "commander";
import { openLog } from "../../open-log.ts";
import type { CommandIo } from "../command-io.ts";
import { bytesText, countOf } from "../quantities.ts";

interface SnapshotOptions {
  readonly force?: boolean;
}

export function addSnapshotCommand(program: Command, io: CommandIo): void {
  program
    .command("snapshot")
    .summary("write a whole log into one file")
    .description(
      "Writes the committed records, with offsets and times, into one checksummed file, for " +
        "`restore`. The file is whole and durable when it has its name. `-` is standard output.",
    )
    .argument("<dir>", "directory of the log")
    .argument("<file>", "the file to make, or -")
    .option("--force", "replace the file if it is there")
    .addHelpText(
      "after",
      `
Examples:
  seglog snapshot events events.snapshot
  seglog snapshot events - | ssh backup "cat > events.snapshot"`,
    )
    .action((directory: string, file: string, options: SnapshotOptions) =>
      snapshot(io, { directory, file, options }),
    );
}

async function snapshot(
  { output, notes, interruption }: CommandIo,
  {
    directory,
    file,
    options,
  }: { readonly directory: string; readonly file: string; readonly options: SnapshotOptions },
): Promise<void> {
  await using log = await openLog(directory, { readOnly: true });
  const { signal } = interruption;
  if (file === "-") {
    for await (const bytes of log.reader()) {
      signal.throwIfAborted();
      output.put(bytes);
      await output.flush();
    }
    return;
  }
  const fs = nodeFileSystem({ mapper: "read-through" });
  const path = resolve(file);
  if (!options.force && (await fs.stat(path)) !== undefined) {
    throw new SeglogError("ERR_SEGLOG_EXISTS", `${path} is there; --force replaces it`, { path });
  }
  const bytes = await writeFile(fs, path, { stream: log.reader(), signal });
  const count = log.committedOffset - log.firstOffset;
  notes.line(`${countOf(count, "record")}, ${bytesText(bytes)}: ${path}`);
}

/** Under another name first: a file of this name is always a whole one. */
async function writeFile(
  fs: FileSystem,
  path: string,
  { stream, signal }: { readonly stream: ReadableStream<Uint8Array>; readonly signal: AbortSignal },
): Promise<number> {
  const partial = `${path}.partial`;
  const handle = await fs.open(partial, { access: "write", create: "ifMissing" });
  let position = 0;
  try {
    try {
      await handle.truncate(0);
      for await (const bytes of stream) {
        signal.throwIfAborted();
        await handle.write([bytes], position);
        position += bytes.length;
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    await fs.rename(partial, path);
  } catch (error) {
    await fs.remove(partial).catch((failure) => {
      if (!hasCode(failure, "ERR_SEGLOG_NOT_FOUND")) throw failure;
    });
    throw error;
  }
  await fs.syncDirectory(dirname(path));
  return position;
}
