import { Presets, SingleBar } from "cli-progress";
import { importHistory } from "./import-history.mjs";

/** Bad lines that are named; the others are only counted. */
const LINES_NAMED_MAX = 20;

/**
 * Imports `file` into a log that is still empty, under a progress bar, and says what became of it.
 *
 * @param {import("./history.mjs").History} history
 * @param {string} file
 * @param {ReturnType<typeof import("./settable-clock.mjs").settableClock>} clock
 */
export async function importOnFirstStart(history, file, clock) {
  const { nextOffset } = history.log;
  if (nextOffset > 0) {
    console.log(`import   nothing: the history already has ${nextOffset} messages`);
    return;
  }
  const bar = new SingleBar(
    { format: "import   {bar} {percentage}% {messages} messages, {skipped} lines skipped" },
    Presets.shades_classic,
  );
  const startedMs = performance.now();
  bar.start(1, 0, { messages: 0, skipped: 0 });
  try {
    const done = await importHistory(history, file, {
      clock,
      now: Date.now(),
      onProgress: ({ bytesRead, bytesTotal, imported, skipped }) => {
        bar.setTotal(bytesTotal);
        bar.update(bytesRead, { messages: imported, skipped: skipped.length });
      },
    });
    bar.stop();
    report(done, performance.now() - startedMs);
  } finally {
    bar.stop();
    clock.release();
  }
}

/** @param {import("./import-history.mjs").ImportProgress} done @param {number} elapsedMs */
function report({ imported, skipped }, elapsedMs) {
  for (const { line, reason } of skipped.slice(0, LINES_NAMED_MAX)) {
    console.error(`import   line ${line} skipped: ${reason}`);
  }
  if (skipped.length > LINES_NAMED_MAX) {
    console.error(`import   ${skipped.length - LINES_NAMED_MAX} more lines skipped`);
  }
  const perSecond = Math.round(imported / (elapsedMs / 1000));
  console.log(
    `import   ${imported} messages in ${Math.round(elapsedMs)} ms (${perSecond}/s), ` +
      `${skipped.length} lines skipped`,
  );
}
