import type { Command } from "commander";
import { openLog } from "../../open-log.ts";
import { appendValues } from "../append-values.ts";
import type { CommandIo } from "../command-io.ts";
import { splitInput } from "../input-chunks.ts";
import { LengthSplitter } from "../length-prefix.ts";
import { LineSplitter } from "../line-splitter.ts";
import { countOf } from "../quantities.ts";
import { parseRecordLine } from "../record-line.ts";
import { addWriterOptions, type WriterOptions, writerOptions } from "../writer-options.ts";

interface ImportOptions extends WriterOptions {
  readonly lengthPrefixed?: boolean;
}

/** A line of JSON holds base64, and names: longer than the record. */
const LINE_BYTES_MAX = 2 ** 29;

export function addImportCommand(program: Command, io: CommandIo): void {
  const command = program
    .command("import")
    .summary("append what `export` wrote, byte for byte")
    .description(
      "Appends the records of standard input, with their times. A log that it makes begins with " +
        "the first record's offset; in one that is there they get the next offsets.",
    )
    .argument("<dir>", "directory of the log")
    .option("--length-prefixed", "big-endian u32 before each value instead of NDJSON");
  addWriterOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  zstd -dc events.ndjson.zst | seglog import events
  seglog export a --length-prefixed | seglog import b --length-prefixed`,
    )
    .action((directory: string, options: ImportOptions) => importLog(io, directory, options));
}

async function importLog(
  { input, notes, interruption }: CommandIo,
  directory: string,
  options: ImportOptions,
): Promise<void> {
  const { signal } = interruption;
  const clock = new RecordedClock();
  const { recordBytesMax: bytesMax } = options;
  const source = options.lengthPrefixed
    ? splitInput(input, new LengthSplitter({ bytesMax }), signal)
    : recordsOf(
        splitInput(input, new LineSplitter({ bytesMax: LINE_BYTES_MAX, crlf: true }), signal),
        clock,
      );
  const begun = await beginOf(source, clock);
  await using log = await openLog(directory, {
    ...writerOptions(options),
    clock: () => clock.now(),
    firstOffset: clock.firstOffset,
  });
  const from = log.nextOffset;
  try {
    await appendValues(log, begun);
  } finally {
    const count = log.committedOffset - from;
    const range = count === 0 ? "" : `: offsets ${from} to ${from + count - 1}`;
    notes.line(`${countOf(count, "record")} imported${range}`);
  }
}

/** Gives each record the time that its line tells, if it does. */
class RecordedClock {
  isBegun = false;
  firstOffset: number | undefined;
  time: number | undefined;

  now(): number {
    return this.time ?? Date.now();
  }
}

async function* recordsOf(
  chunks: AsyncIterable<Iterable<Uint8Array>>,
  clock: RecordedClock,
): AsyncGenerator<Iterable<Uint8Array>, undefined> {
  const counter = { lines: 0 };
  for await (const lines of chunks) yield valuesOf(lines, { clock, counter });
}

function* valuesOf(
  lines: Iterable<Uint8Array>,
  { clock, counter }: { readonly clock: RecordedClock; readonly counter: { lines: number } },
): Generator<Uint8Array, undefined> {
  for (const line of lines) {
    counter.lines++;
    if (line.length === 0) continue;
    const { offset, time, value } = parseRecordLine(line, counter.lines);
    if (!clock.isBegun) clock.firstOffset = offset;
    clock.isBegun = true;
    // the log asks for the time of a record while it is appended: before the next one is parsed
    clock.time = time;
    yield value;
  }
}

/** The same source, after its first value was parsed: the log needs to know where to begin. */
async function beginOf(
  source: AsyncGenerator<Iterable<Uint8Array>, undefined>,
  clock: RecordedClock,
): Promise<AsyncIterable<Iterable<Uint8Array>>> {
  for (;;) {
    const { done, value: values } = await source.next();
    if (done === true) return nothing();
    const iterator = values[Symbol.iterator]();
    const first = iterator.next();
    if (first.done === true) continue;
    const { time } = clock;
    return (async function* () {
      clock.time = time;
      yield (function* () {
        yield first.value;
        yield* { [Symbol.iterator]: () => iterator };
      })();
      yield* source;
    })();
  }
}

async function* nothing(): AsyncGenerator<Iterable<Uint8Array>, undefined> {}
