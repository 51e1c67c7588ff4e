import type { TypedRecord } from "../contract.ts";
import { hexLines } from "./hex-lines.ts";
import { lengthPrefix } from "./length-prefix.ts";
import type { Output } from "./output.ts";
import { recordObject, utf8Of } from "./record-line.ts";

export const RECORD_FORMATS = ["text", "json", "hex", "raw"] as const;
export type RecordFormat = (typeof RECORD_FORMATS)[number];
export type RecordWriter = (record: TypedRecord<Uint8Array>) => void;

/** How records are printed. */
export interface RecordWriterOptions {
  readonly format: RecordFormat | "lengthPrefixed";
  /** Whether `text` has offset and time before each value. */
  readonly verbose?: boolean;
}

const NEWLINE = Uint8Array.of(10);

/** Puts one record after another to `output`. */
export function recordWriter(
  output: Output,
  { format, verbose = false }: RecordWriterOptions,
): RecordWriter {
  switch (format) {
    case "text":
      return textWriter(output, verbose);
    case "json":
      return (record) => output.json(recordObject(record));
    case "raw":
      return ({ value }) => output.put(value);
    case "lengthPrefixed":
      return ({ value }) => {
        output.put(lengthPrefix(value.length));
        output.put(value);
      };
    case "hex":
      return ({ offset, time, value }) => {
        output.line(`${offset}  ${isoTime(time)}  ${value.length} bytes`);
        for (const line of hexLines(value)) output.line(line);
      };
  }
}

/** A time as people read it, in UTC. */
export function isoTime(time: number): string {
  return new Date(time).toISOString();
}

function textWriter(output: Output, verbose: boolean): RecordWriter {
  return ({ offset, time, value }) => {
    if (verbose) output.text(`${offset}\t${isoTime(time)}\t`);
    if (output.isTerminal) output.text(visible(value));
    else output.put(value);
    output.put(NEWLINE);
  };
}

/** On a terminal a record must not move the cursor, change colours, or give commands. */
function visible(value: Uint8Array): string {
  const text = utf8Of(value) ?? new TextDecoder().decode(value);
  return text.replaceAll(/(?![\t\n])\p{Cc}/gu, (character) => {
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
}
