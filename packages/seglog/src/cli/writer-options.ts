import { type Command, Option } from "commander";
import type { OpenLogOptions } from "../contract.ts";
import { parseBytes } from "./parse-values.ts";

/** Options of the commands that write, as they are parsed. */
export interface WriterOptions {
  readonly recordBytesMax: number;
  readonly segmentBytesMax?: number;
}

/** As `openLog` has it. */
const RECORD_BYTES_MAX = 64 * 2 ** 20;

export function addWriterOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--record-bytes-max <bytes>", "longest record")
        .argParser(parseBytes)
        .default(RECORD_BYTES_MAX, "64MiB"),
    )
    .addOption(
      new Option("--segment-bytes-max <bytes>", "begin a new segment at so many bytes")
        .argParser(parseBytes)
        .default(undefined, "64MiB"),
    );
}

export function writerOptions({
  recordBytesMax,
  segmentBytesMax,
}: WriterOptions): Pick<OpenLogOptions, "recordBytesMax" | "segmentBytesMax"> {
  return { recordBytesMax, segmentBytesMax };
}
