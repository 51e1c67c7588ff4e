import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { checkInteger, checkOptions, hasCode } from "@seglog/errors";
import type { Seglog } from "../contract.ts";
import { ROUTES, type RouteContext } from "./inspector-routes.ts";
import { type PageFile, readPageFiles } from "./page-files.ts";
import { refuseRequest, SECURITY_HEADERS } from "./refuse-request.ts";

/** Where and how `serveInspector` listens. */
export interface InspectorOptions {
  /** 0 takes a free one. Default 0. */
  readonly port?: number | undefined;
  /** What makes a segment full, in bytes. Default: the largest sealed segment. */
  readonly segmentBytesMax?: number | undefined;
}

/** An inspector that listens. */
export interface InspectorServer {
  /** What to open in a browser on this machine. */
  readonly url: string;
  /** Ends every connection. Does not close the log. Idempotent. */
  close(): Promise<void>;
  /** As `close`: for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Twice a second is as fast as numbers can be read. */
const PULSE_MS = 500;

/**
 * Serves a page that shows a log, on the loopback of this machine, to whoever is on it. Read-only:
 * no request changes the log, and those that pages of other sites cause are refused.
 *
 * In the process that writes, the page shows the times of its syncs; of a log that was opened
 * read-only it shows what a reader can see. Values of a log with a codec are shown as text or JSON.
 *
 * @throws ERR_SEGLOG_INVALID_ARGUMENT  naming the option that is wrong
 */
export async function serveInspector(
  log: Seglog<never, unknown>,
  options: InspectorOptions = {},
): Promise<InspectorServer> {
  checkOptions("options", options, ["port", "segmentBytesMax"]);
  const { port = 0, segmentBytesMax } = options;
  checkInteger("port", port, { min: 0, max: 65_535 });
  if (segmentBytesMax !== undefined) {
    checkInteger("segmentBytesMax", segmentBytesMax, { min: 1, max: 2 ** 30 });
  }
  const files = await readPageFiles();
  const ending = new AbortController();
  const context = { log, segmentBytesMax, pulseMs: PULSE_MS, ending: ending.signal };
  const server = createServer((request, response) => {
    const { port } = server.address() as AddressInfo;
    answer(request, response, { context, files, port }).catch((error) => fail(response, error));
  });
  server.listen({ port, host: "127.0.0.1" });
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= (async () => {
      ending.abort();
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    })();
    return closing;
  };
  return { url, close, [Symbol.asyncDispose]: close };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  {
    context,
    files,
    port,
  }: {
    readonly context: RouteContext;
    readonly files: ReadonlyMap<string, PageFile>;
    readonly port: number;
  },
): Promise<void> {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
  const refusal = refuseRequest(request, port);
  if (refusal !== undefined) return refuse(response, refusal.status, refusal.reason);
  // taken as it stands: only what is in a table is answered, so that no way leads outside
  const [path = "", query = ""] = (request.url ?? "").split("?", 2);
  const route = ROUTES.get(path);
  if (route !== undefined) return route(context, new URLSearchParams(query), response);
  const file = files.get(path);
  if (file === undefined) return refuse(response, 404, "not here");
  response.writeHead(200, { "content-type": file.type, "content-length": file.bytes.length });
  response.end(file.bytes);
}

function fail(response: ServerResponse, error: unknown): void {
  const isAsked = hasCode(error, "ERR_SEGLOG_INVALID_ARGUMENT");
  const isGone = hasCode(error, "ERR_SEGLOG_OUT_OF_RANGE");
  refuse(response, isAsked ? 400 : isGone ? 404 : 500, (error as Error).message);
}

function refuse(response: ServerResponse, status: number, reason: string): void {
  if (!response.headersSent) response.writeHead(status, { "content-type": "text/plain" });
  response.end(`${reason}\n`);
}
