import type { IncomingMessage } from "node:http";

/** Names under which this machine is asked for on its loopback. */
const HOSTS = ["127.0.0.1", "localhost"] as const;

export interface Refusal {
  readonly status: 403 | 405;
  readonly reason: string;
}

/**
 * Why a request is refused, if it is. A page of another site can make a browser ask for anything on
 * this machine: it must neither read a log, nor have one verified, by that.
 */
export function refuseRequest(request: IncomingMessage, port: number): Refusal | undefined {
  const { method, headers } = request;
  const hosts = HOSTS.map((name) => `${name}:${port}`);
  // a foreign name that leads to this machine: DNS rebinding
  if (!hosts.includes(headers.host ?? "")) return { status: 403, reason: "foreign Host" };
  const { origin } = headers;
  if (origin !== undefined && origin !== `http://${headers.host}`) {
    return { status: 403, reason: "foreign Origin" };
  }
  // of requests that carry no Origin, as those of images and scripts
  const site = headers["sec-fetch-site"];
  const isOwn = site === undefined || site === "same-origin" || site === "none";
  if (!isOwn) return { status: 403, reason: "asked by another site" };
  if (method !== "GET" && method !== "HEAD") return { status: 405, reason: "only GET is answered" };
  return undefined;
}

/** What every answer says: nobody else may use it, and the page gets nothing from elsewhere. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = Object.freeze({
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
});
