import { fileURLToPath } from "node:url";
import { serveStatic } from "@hono/node-server/serve-static";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { secureHeaders } from "hono/secure-headers";
import { z } from "zod";
import { eventStream } from "./event-stream.mjs";
import { logSummary } from "./log.mjs";
import { draftSchema, explain, LIMITS, roomSchema } from "./message.mjs";
import { pageAfter, pageBefore } from "./room-page.mjs";

/** @typedef {import("./history.mjs").History} History */

const PUBLIC = fileURLToPath(new URL("../public", import.meta.url));
const PAGE_MESSAGES_MAX = 200;

const offset = z.coerce.number().pipe(z.int().nonnegative());
const pageSchema = z.object({
  before: offset.optional(),
  after: offset.optional(),
  limit: offset.pipe(z.int().min(1).max(PAGE_MESSAGES_MAX)).default(50),
});

/**
 * The server's routes.
 *
 * @param {History} history
 * @param {{ closing: AbortSignal }} options  `closing` ends every live feed
 * @returns {Hono}
 */
export function chatApp(history, { closing }) {
  const { log } = history;
  const app = new Hono();
  app.use(
    secureHeaders({
      contentSecurityPolicy: { defaultSrc: ["'self'"] },
      strictTransportSecurity: false, // plain http
    }),
  );
  app.use("/api/*", async (context, next) => {
    await next();
    context.header("cache-control", "no-store");
  });

  app.get("/api/state", (context) =>
    context.json({ rooms: history.rooms(), log: logSummary(log), limits: LIMITS }),
  );

  app.get("/api/rooms/:room/messages", async (context) => {
    const room = roomSchema.parse(context.req.param("room"));
    const { before, after, limit } = pageSchema.parse(context.req.query());
    if (after !== undefined) return context.json(await pageAfter(log, { room, after, limit }));
    const end = before ?? log.committedOffset;
    return context.json(await pageBefore(log, { room, before: end, limit }));
  });

  app.post(
    "/api/rooms/:room/messages",
    bodyLimit({ maxSize: LIMITS.requestBytes }),
    async (context) => {
      // another site's page cannot send this content type unasked
      if (context.req.header("content-type") !== "application/json") return context.body(null, 415);
      const room = roomSchema.parse(context.req.param("room"));
      const draft = draftSchema.parse(await context.req.json());
      const appended = await history.append({ room, ...draft });
      return context.json(appended, appended.duplicate ? 200 : 201);
    },
  );

  app.get("/api/offset", (context) => {
    const time = offset.parse(context.req.query("time"));
    return context.json({ offset: log.offsetAtTime(time) });
  });

  app.get("/api/events", (context) => {
    const lastSeen = context.req.header("last-event-id");
    const from = offset.optional().parse(context.req.query("from"));
    return eventStream(context, log, {
      from: lastSeen === undefined ? from : offset.parse(lastSeen) + 1,
      closing,
    });
  });

  app.use(serveStatic({ root: PUBLIC }));
  app.onError(answerError);
  return app;
}

/**
 * @param {Error} error
 * @param {import("hono").Context} context
 */
function answerError(error, context) {
  if (error instanceof z.ZodError) return context.json({ error: explain(error) }, 400);
  if (error instanceof SyntaxError) return context.json({ error: "not JSON" }, 400);
  console.error(error);
  return context.json({ error: "the message log refused" }, 503);
}
