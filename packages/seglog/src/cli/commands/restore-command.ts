import { resolve } from "node:path";
import { type FileHandle, nodeFileSystem } from "@seglog/fs";
import type { Command } from "commander";
import { restoreLog } from "../../restore-log.ts";
import type { CommandIo } from "../command-io.ts";
import { inputChunks } from "../input-chunks.ts";
import { countOf } from "../quantities.ts";
import { addWriterOptions, type WriterOptions, writerOptions } from "../writer-options.ts";

const CHUNK_BYTES = 1 << 18;

export function addRestoreCommand(program: Command, io: CommandIo): void {
  const command = program
    .command("restore")
    .summary("make a log of a snapshot")
    .description(
      "Makes a log of what `snapshot` wrote: same offsets, times and values. The directory, " +
        "which must be missing or empty, is a whole log afterwards, or untouched.",
    )
    .argument("<file>", "the snapshot, or - for standard input")
    .argument("<dir>", "directory of the log to make");
  addWriterOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  seglog restore events.snapshot events
  seglog snapshot events - | seglog restore - copy`,
    )
    .action((file: string, directory: string, options: WriterOptions) =>
      restore(io, { file, directory, options }),
    );
}

async function restore(
  { input, notes, interruption }: CommandIo,
  {
    file,
    directory,
    options,
  }: { readonly file: string; readonly directory: string; readonly options: WriterOptions },
): Promise<void> {
  const { signal } = interruption;
  const chunks = file === "-" ? inputChunks(input, signal) : fileChunks(resolve(file), signal);
  // begun at once, so that a file that is not there is told before anything is made
  const first = await chunks.next();
  const stream = streamOf(first, chunks, signal);
  const range = await restoreLog(directory, stream, writerOptions(options));
  const count = range.nextOffset - range.firstOffset;
  notes.line(`${countOf(count, "record")} restored: ${resolve(directory)}`);
}

async function* fileChunks(
  path: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, undefined> {
  const fs = nodeFileSystem({ mapper: "read-through" });
  const handle: FileHandle = await fs.open(path, { access: "read" });
  try {
    let position = 0;
    for (;;) {
      signal.throwIfAborted();
      const bytes = new Uint8Array(CHUNK_BYTES);
      const read = handle.read(bytes, position);
      if (read === 0) return;
      position += read;
      yield bytes.subarray(0, read);
    }
  } finally {
    await handle.close();
  }
}

function streamOf(
  first: IteratorResult<Uint8Array, undefined>,
  rest: AsyncGenerator<Uint8Array, undefined>,
  signal: AbortSignal,
): ReadableStream<Uint8Array> {
  let next: Promise<IteratorResult<Uint8Array, undefined>> = Promise.resolve(first);
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await next;
      signal.throwIfAborted();
      if (done === true) {
        controller.close();
        return;
      }
      controller.enqueue(value);
      next = rest.next();
      // told by the pull that waits for it
      next.catch(() => undefined);
    },
    async cancel() {
      await rest.return(undefined);
    },
  });
}
