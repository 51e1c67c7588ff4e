import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, vi } from "vitest";
import { launchBrowser } from "./browser.ts";
import { type ChatServer, startServer } from "./server.ts";

/** How long a condition is waited for. */
export const PATIENCE: { readonly timeout: number } = { timeout: 30_000 };

/** A fresh directory for each test; whatever a test opens is closed after it. */
export interface Fixture {
  /** A directory for files of the test's own. */
  work(): string;
  /** Starts a server, by default on the history that the test's other servers have. */
  serve(options?: Parameters<typeof startServer>[1] & { dir?: string }): Promise<ChatServer>;
  /** Starts a server that imports these lines; a string stands as it is. */
  serveImport(lines: readonly unknown[]): Promise<ChatServer>;
  /** A browser profile of its own: nothing is shared with another user's. */
  user(): Promise<BrowserContext>;
}

/** Call once in a test file. */
export function useFixture(): Fixture {
  vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });
  let browser: Browser;
  let work: string;
  let open: { close(): Promise<void> }[];

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    work = await mkdtemp(join(tmpdir(), "seglog-chat-"));
    open = [];
  });
  afterEach(async () => {
    for (const each of open.reverse()) await each.close();
    await rm(work, { recursive: true, force: true });
  });

  const serve: Fixture["serve"] = async ({ dir = join(work, "history"), ...options } = {}) => {
    const server = await startServer(dir, options);
    open.push({ close: server.kill });
    return server;
  };
  return {
    work: () => work,
    serve,
    async serveImport(lines) {
      const file = join(work, "import.ndjson");
      const text = (line: unknown) => (typeof line === "string" ? line : JSON.stringify(line));
      await writeFile(file, lines.map((line) => `${text(line)}\n`).join(""));
      return serve({ args: ["--import", file] });
    },
    async user() {
      const context = await browser.newContext({
        viewport: { width: 1000, height: 700 },
        timezoneId: "UTC",
        locale: "en-GB",
      });
      context.setDefaultTimeout(PATIENCE.timeout);
      open.push(context);
      return context;
    },
  };
}
