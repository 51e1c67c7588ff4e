import type { ServerResponse } from "node:http";
import { SeglogError } from "@seglog/errors";
import type { Seglog } from "../contract.ts";
import { verdictOf } from "../verdict.ts";
import { verifyLog } from "../verify-log.ts";
import { eventStream } from "./event-stream.ts";
import { logPulse, logState } from "./log-state.ts";
import { pageRecords, wholeRecord } from "./page-records.ts";

const RECORDS_MAX = 200;

/** What routes need beside the request. */
export interface RouteContext {
  readonly log: Seglog<never, unknown>;
  readonly segmentBytesMax: number | undefined;
  /** How often a page hears of the log. */
  readonly pulseMs: number;
  /** Aborts when the server ends. */
  readonly ending: AbortSignal;
}

export type Route = (
  context: RouteContext,
  query: URLSearchParams,
  response: ServerResponse,
) => Promise<void>;

/** Every path beside the files of the page. */
export const ROUTES: ReadonlyMap<string, Route> = new Map<string, Route>([
  [
    "/api/state",
    async ({ log, segmentBytesMax }, _query, response) => {
      await log.refresh();
      sendJson(response, logState(log, segmentBytesMax));
    },
  ],
  ["/api/records", sendRecords],
  [
    "/api/record",
    async ({ log }, query, response) =>
      sendJson(response, wholeRecord(log, count(query, "offset"))),
  ],
  ["/api/live", sendPulses],
  ["/api/verify", sendVerification],
]);

async function sendRecords(
  { log }: RouteContext,
  query: URLSearchParams,
  response: ServerResponse,
): Promise<void> {
  const limit = Math.min(RECORDS_MAX, query.has("limit") ? count(query, "limit") : 50);
  const isByTime = query.has("time");
  const from = isByTime ? log.offsetAtTime(count(query, "time")) : count(query, "from");
  sendJson(response, { from, records: pageRecords(log, { from, limit }) });
}

async function sendPulses(
  { log, pulseMs, ending }: RouteContext,
  _query: URLSearchParams,
  response: ServerResponse,
): Promise<void> {
  const { send, signal } = eventStream(response, ending);
  try {
    while (!signal.aborted) {
      await log.refresh();
      await send("pulse", { at: Date.now(), ...logPulse(log) });
      await pause(pulseMs, signal);
    }
  } catch (error) {
    await send("failure", { message: (error as Error).message });
  }
  response.end();
}

async function sendVerification(
  { log, ending }: RouteContext,
  _query: URLSearchParams,
  response: ServerResponse,
): Promise<void> {
  const { send, signal } = eventStream(response, ending);
  try {
    const found = await verifyLog(log.path, {
      signal,
      // what a page does not take in time is not kept for it: the next one tells more
      onProgress: ({ bytesDone, bytesTotal }) => {
        if (response.writableNeedDrain) return;
        send("progress", { bytesDone, bytesTotal }).catch(() => undefined); // it never rejects
      },
    });
    await send("result", { ...found, verdict: verdictOf(found) });
  } catch (error) {
    if (!signal.aborted) await send("failure", { message: (error as Error).message });
  }
  response.end();
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify(value));
}

/** @throws ERR_SEGLOG_INVALID_ARGUMENT */
function count(query: URLSearchParams, name: string): number {
  const text = query.get(name) ?? "";
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  const allowed = "a safe integer from 0";
  const message = `${name} must be ${allowed}`;
  throw new SeglogError("ERR_SEGLOG_INVALID_ARGUMENT", message, { name, value: text, allowed });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end, { once: true });
    if (signal.aborted) end();
  });
}
