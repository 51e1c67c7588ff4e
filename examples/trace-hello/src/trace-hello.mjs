import { drawGroupCommit, traceGroupCommit } from "./trace-group-commit.mjs";
import { drawIndex, traceIndex } from "./trace-index.mjs";
import { drawLog, traceLog } from "./trace-log.mjs";
import { drawSeglog, traceSeglog } from "./trace-seglog.mjs";
import { drawSegment, traceSegment } from "./trace-segment.mjs";
import { drawCheckedStore, drawPlainStore, traceStore } from "./trace-store.mjs";

/**
 * Follows three records through the layers, from the lowest up.
 *
 * @param {string} directory  empty; what is traced is left in it
 * @param {import("./palette.mjs").Palette} palette
 * @returns {AsyncGenerator<string, void, undefined>} the lines to print
 */
export async function* traceHello(directory, palette) {
  let number = 0;
  /** @param {string} title @param {string} name @param {readonly string[]} lines */
  function* section(title, name, lines) {
    const left = `${++number}  ${title}`;
    if (number > 1) yield "";
    yield palette.title(left.padEnd(COLUMNS - name.length) + name);
    yield palette.faint("=".repeat(COLUMNS));
    yield "";
    for (const line of lines) yield line === "" ? "" : `   ${line}`;
  }
  const plain = await traceStore(directory, "plain");
  const checked = await traceStore(directory, "checked");
  const index = await traceIndex(directory, plain.positions);
  const segment = await traceSegment(directory);
  const log = await traceLog(directory);
  const group = await traceGroupCommit(directory);
  const seglog = await traceSeglog(directory);
  yield* section("A store: bytes in, a position back", "@seglog/store", [
    ...drawPlainStore(plain, palette),
    "",
    ...drawCheckedStore(checked, palette),
  ]);
  yield* section("An index: offset in, position out", "@seglog/index", drawIndex(index, palette));
  yield* section("A segment: both together", "@seglog/segment", drawSegment(segment, palette));
  yield* section("A log: many segments", "@seglog/log", drawLog(log, palette));
  yield* section("Group commit: many callers", "@seglog/groupcommit", drawGroupCommit(group));
  yield* section("seglog: all of it", "seglog", drawSeglog(seglog, palette));
}

/** Width of a heading; no line is longer than 100. */
const COLUMNS = 88;
