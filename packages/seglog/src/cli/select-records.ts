import { type Command, Option } from "commander";
import type { BatchesOptions, Seglog } from "../contract.ts";
import { parseCount, parseTime } from "./parse-values.ts";
import { RECORD_FORMATS, type RecordFormat, type RecordWriterOptions } from "./record-writers.ts";

/** Which records a command is about, as options are parsed. */
export interface SelectOptions {
  readonly from?: number;
  readonly to?: number;
  readonly time?: number;
  readonly until?: number;
  readonly limit?: number;
  readonly reverse?: boolean;
}

/** Batches of one flush: large enough that waiting for a pipe costs little for each record. */
const BATCH_RECORDS = 8192;

export function addSelectOptions(command: Command): Command {
  return command
    .option("--from <offset>", "first record", parseCount)
    .option("--to <offset>", "records before this one", parseCount)
    .option("--time <time>", "records of this time or later: ISO 8601, 15m (ago), ms", parseTime)
    .option("--until <time>", "records before this time", parseTime)
    .option("--limit <count>", "at most so many records", parseCount);
}

export function addFormatOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--format <format>", "how each record is printed")
        .choices(RECORD_FORMATS)
        .default("text" satisfies RecordFormat),
    )
    .option("--json", "the same as --format json")
    .option("-v, --verbose", "in text, offset and time before each record");
}

/** How records are printed, as options are parsed. */
export interface FormatOptions {
  readonly format: RecordFormat;
  readonly json?: boolean;
  readonly verbose?: boolean;
}

/** What the options say about printing. */
export function formatOf({ format, json, verbose }: FormatOptions): RecordWriterOptions {
  return { format: json === true ? "json" : format, verbose: verbose === true };
}

/** What `log.batches` takes for it. Where bounds contradict each other there is no record. */
export function selectRecords(log: Seglog, options: SelectOptions): BatchesOptions {
  const { reverse = false, limit } = options;
  const { firstOffset, committedOffset } = log;
  const later = options.time === undefined ? firstOffset : log.offsetAtTime(options.time);
  const earlier = options.until === undefined ? committedOffset : log.offsetAtTime(options.until);
  const { from: first = later, to: end = earlier } = options;
  // an offset that is not held is refused by the log, and not moved to one that is
  const isHeld = (offset: number): boolean => offset >= firstOffset && offset <= committedOffset;
  if (!isHeld(first) || !isHeld(end)) return { from: first, to: end };
  let to = Math.min(end, earlier);
  let from = Math.min(Math.max(first, later), to);
  if (limit !== undefined && to - from > limit) {
    if (reverse) from = to - limit;
    else to = from + limit;
  }
  return { from, to, reverse, recordsMax: BATCH_RECORDS };
}
