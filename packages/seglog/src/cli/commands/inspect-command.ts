import { availableMappers } from "@seglog/fs";
import type { SegmentInfo } from "@seglog/log";
import type { Command } from "commander";
import type { Seglog } from "../../contract.ts";
import { fillOf, segmentBytesFull } from "../../inspector/segment-fill.ts";
import { serveInspector } from "../../inspector/serve-inspector.ts";
import { openLog } from "../../open-log.ts";
import type { CommandIo } from "../command-io.ts";
import type { Output } from "../output.ts";
import { parseBytes, parseCount } from "../parse-values.ts";
import { bytesText, countText } from "../quantities.ts";
import { isoTime } from "../record-writers.ts";
import { barText, tableLines } from "../text-table.ts";

interface InspectOptions {
  readonly json?: boolean;
  readonly web?: boolean;
  readonly port: number;
  readonly segmentBytesMax?: number;
}

const BAR_WIDTH = 10;

export function addInspectCommand(program: Command, io: CommandIo): void {
  program
    .command("inspect")
    .summary("show the segments of a log, in the terminal or as a page")
    .description(
      "Shows what a log holds: its segments and how full they are, offsets, times, bytes, how " +
        "files are mapped, and whether it was closed. Takes no lock and writes nothing.",
    )
    .argument("<dir>", "directory of the log")
    .option("--json", "one JSON object")
    .option("--web", "serve a page on this machine, until interrupted")
    .option("--port <port>", "of --web; 0 takes a free one", parseCount, 0)
    .option("--segment-bytes-max <bytes>", "what full is; else the largest sealed one", parseBytes)
    .addHelpText(
      "after",
      `
Examples:
  seglog inspect events
  seglog inspect events --json | jq .segments
  seglog inspect events --web --port 7357`,
    )
    .action((directory: string, options: InspectOptions) => inspect(io, directory, options));
}

async function inspect(io: CommandIo, directory: string, options: InspectOptions): Promise<void> {
  const { output, interruption } = io;
  await using log = await openLog(directory, { readOnly: true });
  const { json, web, port, segmentBytesMax } = options;
  if (web) {
    const { signal } = interruption;
    await using inspector = await serveInspector(log, { port, segmentBytesMax });
    output.line(inspector.url);
    await output.flush();
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener("abort", () => resolve(), { once: true });
    });
    return;
  }
  if (json) output.json(summaryOf(log, segmentBytesMax));
  else printSummary(output, log, segmentBytesMax);
}

function summaryOf(log: Seglog, segmentBytesMax: number | undefined): object {
  const segments = log.segments();
  const full = segmentBytesFull(segments, segmentBytesMax);
  const { path, firstOffset, committedOffset, nextOffset, recovery } = log;
  // what this command itself reads with, `read-through`, is beside the point
  const { mapper: _, ...stats } = log.stats();
  return {
    path,
    firstOffset,
    committedOffset,
    nextOffset,
    recovery,
    mapper: availableMappers()[0],
    stats,
    segments: segments.map((segment) => ({ ...segment, fill: fillOf(segment, full) })),
  };
}

function printSummary(output: Output, log: Seglog, segmentBytesMax: number | undefined): void {
  const segments = log.segments();
  const { firstOffset, committedOffset, recovery } = log;
  const { storeBytes, indexBytes } = log.stats();
  const count = countText(committedOffset - firstOffset);
  const times = [segments[0]?.firstTime, segments.at(-1)?.lastTime ?? segments.at(-2)?.lastTime];
  const state = recovery.clean
    ? "closed cleanly"
    : `not closed: a writer has it open, or was killed${tornText(recovery.tornBytes)}`;
  const facts: [string, string][] = [
    ["records", `${count} [${firstOffset}, ${committedOffset})`],
    ["times", times.map(timeText).join(" to ")],
    ["bytes", `${bytesText(storeBytes)}, index ${bytesText(indexBytes)}`],
    ["mapper", availableMappers()[0] ?? "none"],
    ["state", state],
  ];
  output.line(log.path);
  for (const [name, value] of facts) output.line(`${name.padEnd(9)}${value}`);
  output.line();
  const full = segmentBytesFull(segments, segmentBytesMax);
  const rows = segments.map((segment) => segmentCells(segment, full));
  for (const line of tableLines(COLUMNS, rows)) output.line(line);
}

function tornText(bytes: number): string {
  return bytes === 0 ? "" : `, ${countText(bytes)} bytes of unfinished appends behind the end`;
}

const COLUMNS = [
  { head: "offsets" },
  { head: "records", align: "right" },
  { head: "first" },
  { head: "last" },
  { head: "bytes", align: "right" },
  { head: "full" },
] as const;

function segmentCells(segment: SegmentInfo, full: number): string[] {
  const { baseOffset, nextOffset, firstTime, lastTime, storeBytes, active } = segment;
  const fill = fillOf(segment, full);
  const percent = `${Math.round(fill * 100)}%`.padStart(4);
  return [
    `[${baseOffset}, ${nextOffset})`,
    countText(nextOffset - baseOffset),
    secondsText(firstTime),
    secondsText(lastTime),
    bytesText(storeBytes),
    `${barText(fill, BAR_WIDTH)} ${percent}${active ? " active" : ""}`,
  ];
}

function timeText(time: number | undefined): string {
  return time === undefined ? "-" : isoTime(time);
}

/** Without what a table has no room for. */
function secondsText(time: number | undefined): string {
  return timeText(time).replace("T", " ").slice(0, 19);
}
