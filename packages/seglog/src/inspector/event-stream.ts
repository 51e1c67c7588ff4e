import { once } from "node:events";
import type { ServerResponse } from "node:http";

/** Server-sent events to one page. */
export interface EventStream {
  /** Resolves when there is room for another; at once where the page is gone. */
  readonly send: (event: string, data: unknown) => Promise<void>;
  /** Aborts when the page is gone, or the server ends. */
  readonly signal: AbortSignal;
}

export function eventStream(response: ServerResponse, ending: AbortSignal): EventStream {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const signal = AbortSignal.any([gone.signal, ending]);
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.flushHeaders();
  return {
    signal,
    send: async (event, data) => {
      if (signal.aborted) return;
      const text = `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
      if (response.write(text)) return;
      // rejects when the page goes away, which ends the stream by its signal
      await once(response, "drain", { signal }).catch(() => undefined);
    },
  };
}
