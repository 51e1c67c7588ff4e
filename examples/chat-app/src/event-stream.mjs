import { streamSSE } from "hono/streaming";
import { logSummary } from "./log.mjs";
import { shown } from "./message.mjs";

/** @typedef {import("./log.mjs").ChatLog} ChatLog */

/** A window that missed more than this is given the end of the log and reloads its rooms. */
const CATCH_UP_MAX = 1000;
/** How often the state of the log is looked at, in ms. */
const SUMMARY_EVERY_MS = 500;
/** How long a page waits before it connects again, in ms. */
const RETRY_MS = 700;

/**
 * One window's live feed, as server-sent events: `hello` with the offset it begins at, then each
 * message under its offset as the event's id, and `log` whenever the log's counters changed.
 *
 * A browser that lost the connection sends the last id back by itself: it catches up from the very
 * offset it last saw, and neither side keeps any other state.
 *
 * @param {import("hono").Context} context
 * @param {ChatLog} log
 * @param {{ from: number | undefined, closing: AbortSignal }} options
 */
export function eventStream(context, log, { from: asked, closing }) {
  const from = startOf(log, asked);
  return streamSSE(context, async (stream) => {
    const gone = new AbortController();
    stream.onAbort(() => gone.abort());
    const signal = AbortSignal.any([gone.signal, closing]);
    await stream.writeSSE({ event: "hello", retry: RETRY_MS, data: JSON.stringify({ from }) });
    const stop = everyChange(log, (data) => stream.writeSSE({ event: "log", data }));
    try {
      // tail() gives a record only once it is durable, and waits here while the window is slow
      for await (const record of log.tail({ from, signal })) {
        await stream.writeSSE({ id: String(record.offset), data: JSON.stringify(shown(record)) });
      }
    } finally {
      stop();
    }
  });
}

/** @param {ChatLog} log @param {number | undefined} asked */
function startOf(log, asked) {
  const { firstOffset, committedOffset } = log;
  if (asked === undefined || asked > committedOffset) return committedOffset;
  return Math.max(asked, firstOffset, committedOffset - CATCH_UP_MAX);
}

/** @param {ChatLog} log @param {(summary: string) => Promise<void>} send @returns {() => void} */
function everyChange(log, send) {
  let sent = "";
  const look = () => {
    const summary = JSON.stringify(logSummary(log));
    if (summary === sent) return;
    sent = summary;
    send(summary).catch(() => {
      // the window is gone: its stream is being aborted, and this timer with it
    });
  };
  const timer = setInterval(look, SUMMARY_EVERY_MS);
  look();
  return () => clearInterval(timer);
}
