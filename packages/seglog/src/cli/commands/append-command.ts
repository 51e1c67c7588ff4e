import type { Command } from "commander";
import { openLog } from "../../open-log.ts";
import { appendValues, type OnDurable } from "../append-values.ts";
import { badInput } from "../bad-input.ts";
import type { CommandIo } from "../command-io.ts";
import { splitInput } from "../input-chunks.ts";
import { LengthSplitter } from "../length-prefix.ts";
import { LineSplitter } from "../line-splitter.ts";
import { parseJson } from "../record-line.ts";
import { isClosedPipe } from "../stream-error.ts";
import { addWriterOptions, type WriterOptions, writerOptions } from "../writer-options.ts";

interface AppendOptions extends WriterOptions {
  readonly ndjson?: boolean;
  readonly lengthPrefixed?: boolean;
  readonly crlf?: boolean;
  readonly verbose?: boolean;
}

export function addAppendCommand(program: Command, io: CommandIo): void {
  const command = program
    .command("append")
    .summary("append texts, or what comes from standard input; durable")
    .description(
      "Appends each TEXT as a record, or without any each line of standard input. What it was " +
        "given survives a power cut when it ends with 0, and each record once -v has printed its " +
        "offset. Makes the log where there is none.",
    )
    .argument("<dir>", "directory of the log")
    .argument("[text...]", "records; from standard input where there are none")
    .option("--ndjson", "each line must be JSON, and empty ones are skipped")
    .option("--length-prefixed", "big-endian u32 before each record instead of lines")
    .option("--crlf", "a carriage return before the newline is no part of the record")
    .option("-v, --verbose", "print each record's offset once it is durable");
  addWriterOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  seglog append events "first" "second"
  tail -f app.log | seglog append events
  jq -c .items[] data.json | seglog append events --ndjson -v`,
    )
    .action((directory: string, texts: string[], options: AppendOptions) =>
      append(io, directory, { texts, options }),
    );
}

interface Appending {
  readonly texts: readonly string[];
  readonly options: AppendOptions;
}

async function append(
  io: CommandIo,
  directory: string,
  { texts, options }: Appending,
): Promise<void> {
  if (options.ndjson === true && options.lengthPrefixed === true) {
    throw badInput("--ndjson and --length-prefixed exclude each other", "one of them");
  }
  await using log = await openLog(directory, writerOptions(options));
  const onDurable = options.verbose === true ? offsetPrinter(io) : undefined;
  await appendValues(log, sourceOf(io, { texts, options }), onDurable);
}

async function* sourceOf(
  io: CommandIo,
  { texts, options }: Appending,
): AsyncGenerator<Iterable<Uint8Array>, undefined> {
  if (texts.length > 0) {
    yield texts.map((text) => Buffer.from(text));
    return;
  }
  const { recordBytesMax: bytesMax, crlf = false } = options;
  const { signal } = io.interruption;
  if (options.lengthPrefixed === true) {
    yield* splitInput(io.input, new LengthSplitter({ bytesMax }), signal);
    return;
  }
  const lines = splitInput(io.input, new LineSplitter({ bytesMax, crlf }), signal);
  if (options.ndjson !== true) {
    yield* lines;
    return;
  }
  const counter = { lines: 0 };
  for await (const some of lines) yield jsonLines(some, counter);
}

function* jsonLines(
  lines: Iterable<Uint8Array>,
  counter: { lines: number },
): Generator<Uint8Array, undefined> {
  for (const line of lines) {
    counter.lines++;
    if (isBlank(line)) continue;
    parseJson(line, counter.lines);
    yield line;
  }
}

function isBlank(line: Uint8Array): boolean {
  return line.every((byte) => byte === 32 || byte === 9 || byte === 13);
}

function offsetPrinter({ output }: CommandIo): OnDurable {
  let isRead = true;
  return async (from, to) => {
    try {
      for (let offset = from; offset < to && isRead; offset++) {
        output.line(String(offset));
        if (output.isFull) await output.flush();
      }
      if (isRead) await output.flush();
    } catch (error) {
      // the records are to be appended though nobody wants their offsets any more
      if (!isClosedPipe(error)) throw error;
      isRead = false;
    }
  };
}
