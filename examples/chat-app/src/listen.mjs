import { once } from "node:events";
import { createAdaptorServer } from "@hono/node-server";

/** Ports tried after the first, when the user named none. */
const NEXT_PORTS = 50;

/**
 * Starts to listen and says where.
 *
 * @param {import("hono").Hono} app
 * @param {{ host: string, port: number, exactly: boolean }} address  unless `exactly`, the next
 *   free port is taken
 * @returns {Promise<{ url: string, close(): Promise<void> }>}
 */
export async function listen(app, { host, port, exactly }) {
  const last = exactly ? port : port + NEXT_PORTS;
  for (let candidate = port; ; candidate++) {
    const server = /** @type {import("node:http").Server} */ (
      createAdaptorServer({ fetch: app.fetch })
    );
    try {
      server.listen(candidate, host);
      await once(server, "listening");
    } catch (error) {
      const taken = /** @type {NodeJS.ErrnoException} */ (error).code === "EADDRINUSE";
      if (taken && candidate < last) continue;
      throw error;
    }
    return { url: urlOf(server), close: () => close(server) };
  }
}

/** @param {import("node:http").Server} server */
function urlOf(server) {
  const { address, family, port } = /** @type {import("node:net").AddressInfo} */ (
    server.address()
  );
  return `http://${family === "IPv6" ? `[${address}]` : address}:${port}`;
}

/** @param {import("node:http").Server} server */
async function close(server) {
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}
