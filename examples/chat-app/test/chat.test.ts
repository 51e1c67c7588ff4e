import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  connected,
  launchBrowser,
  offsetOf,
  offsetsIn,
  openWindow,
  stored,
  write,
} from "./browser.ts";
import { type ChatServer, startServer } from "./server.ts";

const SAMPLE = fileURLToPath(new URL("../sample-conversation.mjs", import.meta.url));
const PATIENCE = { timeout: 30_000 };

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let browser: Browser;
let work: string;
let dir: string;
/** Everything that a test opened, closed after it. */
let contexts: BrowserContext[];
let servers: ChatServer[];

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), "seglog-chat-"));
  dir = join(work, "history");
  contexts = [];
  servers = [];
});
afterEach(async () => {
  for (const context of contexts) await context.close();
  for (const server of servers) await server.kill();
  await rm(work, { recursive: true, force: true });
});

async function serve(options?: Parameters<typeof startServer>[1]): Promise<ChatServer> {
  const server = await startServer(dir, options);
  servers.push(server);
  return server;
}

/** A browser of its own: nothing is shared with another user's. */
async function user(): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport: { width: 1000, height: 700 },
    timezoneId: "UTC",
    locale: "en-GB",
  });
  context.setDefaultTimeout(PATIENCE.timeout);
  contexts.push(context);
  return context;
}

async function importing(lines: readonly unknown[]): Promise<ChatServer> {
  const file = join(work, "import.ndjson");
  await writeFile(
    file,
    lines.map((line) => `${typeof line === "string" ? line : JSON.stringify(line)}\n`).join(""),
  );
  return serve({ args: ["--import", file] });
}

function sample(): Promise<ChatServer> {
  const file = join(work, "sample.ndjson");
  execFileSync(process.execPath, [SAMPLE, file]);
  return serve({ args: ["--import", file] });
}

/** `count` messages of one room, a minute apart. */
function minutes(count: number): { user: string; text: string; time: number }[] {
  const start = Date.UTC(2026, 0, 1);
  return Array.from({ length: count }, (_, i) => ({
    user: `Reader ${i % 3}`,
    text: `reading number ${i}.`,
    time: start + i * 60_000,
  }));
}

describe("two windows", () => {
  it("a message written in one appears in the other under the same offset", async () => {
    const { url } = await serve();
    const ada = await openWindow(await user(), url, "Ada");
    const ben = await openWindow(await user(), url, "Ben");
    await write(ada, "hello from Ada");
    expect(await offsetOf(ben, "hello from Ada")).toBe(0);
    await write(ben, "hello from Ben");
    expect(await offsetOf(ada, "hello from Ben")).toBe(1);
    expect(await offsetsIn(ada)).toEqual([0, 1]);
    expect(await offsetsIn(ben)).toEqual([0, 1]);
  });

  it("a message in another room is counted there, and read when that room is opened", async () => {
    const { url } = await serve();
    const ada = await openWindow(await user(), url, "Ada");
    const ben = await openWindow(await user(), url, "Ben");
    await ada.getByLabel("Name of a new room").fill("harbour");
    await ada.keyboard.press("Enter");
    await write(ada, "the tide is in");
    const room = ben.getByRole("button", { name: /harbour/ });
    await room.locator(".unread").waitFor();
    await room.click();
    expect(await offsetOf(ben, "the tide is in")).toBe(0);
  });

  it("shows a text as it was typed: markup stays text, lines stay lines", async () => {
    const { url } = await serve();
    const page = await openWindow(await user(), url, "<b>Eve</b>");
    await page.getByLabel("Message", { exact: true }).fill("<img src=x onerror=alert(1)>");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("& second line");
    await page.keyboard.press("Enter");
    const message = stored(page, "second line");
    expect(await message.locator(".text").textContent()).toBe(
      "<img src=x onerror=alert(1)>\n& second line",
    );
    expect(await message.locator(".by b").textContent()).toBe("<b>Eve</b>");
    expect(await page.locator(".messages img, .messages b b").count()).toBe(0);
  });
});

describe("a server killed with SIGKILL", () => {
  it("loses nothing that was shown, and every window connects again by itself", async () => {
    const server = await serve();
    const ada = await openWindow(await user(), server.url, "Ada");
    const ben = await openWindow(await user(), server.url, "Ben");
    await write(ada, "before the kill");
    await stored(ben, "before the kill").waitFor();
    await server.kill();
    await ada.locator('#connection[data-state="lost"]').waitFor();
    await serve({ port: server.port });
    await connected(ada);
    await connected(ben);
    await write(ben, "after the kill");
    expect(await offsetOf(ada, "after the kill")).toBe(1);
    const fresh = await openWindow(await user(), server.url);
    expect(await offsetOf(fresh, "before the kill")).toBe(0);
    expect(await offsetsIn(fresh)).toEqual([0, 1]);
  });

  it("a message typed meanwhile is marked unsent, is kept over a reload, and arrives once", async () => {
    const server = await serve();
    const context = await user();
    const ada = await openWindow(context, server.url, "Ada");
    const ben = await openWindow(await user(), server.url, "Ben");
    await write(ada, "first");
    await stored(ben, "first").waitFor();
    await server.kill();
    await write(ada, "typed while it was down");
    await ada.locator('.outgoing[data-state="waiting"]', { hasText: "typed while" }).waitFor();
    await ada.close();

    await serve({ port: server.port });
    const again = await openWindow(context, server.url);
    expect(await offsetOf(ben, "typed while it was down")).toBe(1);
    expect(await offsetOf(again, "typed while it was down")).toBe(1);
    await again.locator(".outgoing").waitFor({ state: "detached" });
    await write(ben, "last");
    await stored(again, "last").waitFor();
    expect(await offsetsIn(again)).toEqual([0, 1, 2]);
    expect(await offsetsIn(ben)).toEqual([0, 1, 2]);
  });

  it("knows a repeated send by its id, even when it was killed in between", async () => {
    const server = await serve();
    const send = async (url: string) => {
      const response = await fetch(`${url}/api/rooms/general/messages`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ id: "0123456789abcdef", user: "Ada", text: "once" }),
      });
      return { status: response.status, ...((await response.json()) as object) };
    };
    const twice = await Promise.all([send(server.url), send(server.url)]);
    expect(twice.map(({ status }) => status).sort()).toEqual([200, 201]);
    await server.kill();
    const { url } = await serve();
    expect(await send(url)).toEqual({ status: 200, offset: 0, duplicate: true });
  });
});

describe("a window that was closed", () => {
  it("catches up from the offset that it last saw, and says what is new", async () => {
    const { url } = await serve();
    const context = await user();
    const ada = await openWindow(context, url, "Ada");
    const ben = await openWindow(await user(), url, "Ben");
    await write(ada, "good night");
    await stored(ada, "good night").waitFor();
    await ada.close();
    await write(ben, "still up");
    await write(ben, "off now");
    await stored(ben, "off now").waitFor();

    const page = await context.newPage();
    const feed = page.waitForRequest(/\/api\/events/);
    await page.goto(url);
    expect((await feed).url()).toMatch(/from=1$/);
    expect(await offsetOf(page, "off now")).toBe(2);
    await page.locator(".new-line + .message", { hasText: "still up" }).waitFor();
    expect(await offsetsIn(page)).toEqual([0, 1, 2]);
  });
});

describe("a long history", () => {
  it("loads older messages while the reader scrolls up, without a gap, to the first", async () => {
    const { url } = await importing(minutes(300));
    const page = await openWindow(await user(), url);
    await stored(page, "reading number 299.").waitFor();
    const atFirst = await offsetsIn(page);
    expect(atFirst.at(0)).toBeGreaterThan(150);
    await expect
      .poll(async () => {
        await page.locator("#scroller").evaluate((element) => {
          element.scrollTop = 0;
        });
        return stored(page, "reading number 0.").count();
      }, PATIENCE)
      .toBe(1);
    expect(await offsetsIn(page)).toEqual(Array.from({ length: 300 }, (_, i) => i));
    await page.getByText("This is where general begins").waitFor();
  });

  it("the reader's place stays where it is while older messages come in above", async () => {
    const { url } = await importing(minutes(200));
    const page = await openWindow(await user(), url);
    const place = stored(page, "reading number 154.");
    await place.evaluate((element) => element.scrollIntoView({ block: "start" }));
    await stored(page, "reading number 120.").waitFor({ state: "attached" });
    const top = await place.evaluate((element) => {
      const frame = element.closest("#scroller")?.getBoundingClientRect();
      return element.getBoundingClientRect().top - (frame?.top ?? 0);
    });
    expect(Math.abs(top)).toBeLessThan(3);
  });

  it("jumps to a time, and from there both ways", async () => {
    const { url } = await importing(minutes(400));
    const page = await openWindow(await user(), url);
    await stored(page, "reading number 399.").waitFor();
    await page.getByLabel("Jump to", { exact: true }).fill("2026-01-01T01:40");
    await page.keyboard.press("Enter");
    await page.locator(".message.found", { hasText: "reading number 100." }).waitFor();
    await stored(page, "reading number 99.").waitFor();
    expect(await stored(page, "reading number 399.").count()).toBe(0);
    await page.getByRole("button", { name: "To the newest" }).click();
    await stored(page, "reading number 399.").waitFor();
    await write(page, "back again");
    expect(await offsetOf(page, "back again")).toBe(400);
  });

  it("scrolling down after a jump reaches the newest, and then follows it", async () => {
    const { url } = await importing(minutes(200));
    const page = await openWindow(await user(), url);
    const other = await openWindow(await user(), url, "Ben");
    await stored(page, "reading number 199.").waitFor();
    await page.getByLabel("Jump to", { exact: true }).fill("2026-01-01T00:30");
    await page.keyboard.press("Enter");
    await page.locator(".message.found").waitFor();
    await expect
      .poll(async () => {
        await page.locator("#scroller").evaluate((element) => {
          element.scrollTop = element.scrollHeight;
        });
        return stored(page, "reading number 199.").count();
      }, PATIENCE)
      .toBe(1);
    await write(other, "live again");
    expect(await offsetOf(page, "live again")).toBe(200);
    const offsets = await offsetsIn(page);
    expect(offsets).toEqual(offsets.map((_, i) => (offsets[0] ?? 0) + i));
  });
});

describe("an imported file", () => {
  it("shows with its rooms, authors and days", async () => {
    const server = await sample();
    expect(server.output()).toMatch(/import +62 messages .*, 0 lines skipped/);
    const page = await openWindow(await user(), server.url);
    await page.getByRole("button", { name: /ideas/ }).click();
    expect(await offsetOf(page, "Same loop, other number.")).toBe(36);
    await page
      .getByText("Monday, 2 March 2026")
      .or(page.getByText("Monday 2 March 2026"))
      .waitFor();
    await page.locator("dl", { hasText: "appends" }).getByText("62").first().waitFor();
  });

  it("bad lines are named and left out, and a second start imports nothing", async () => {
    const [good] = minutes(1);
    const future = { ...good, time: "2999-01-01T00:00:00Z" };
    const server = await importing(["no json", { user: "Ada" }, future, "", good]);
    const said = server.output();
    expect(said).toMatch(/line 1 skipped: not JSON/);
    expect(said).toMatch(/line 2 skipped: .*text/);
    expect(said).toMatch(/line 3 skipped: time/);
    expect(said).toMatch(/import +1 messages .*, 3 lines skipped/);
    await server.kill();
    const again = await importing(minutes(5));
    expect(again.output()).toMatch(/import +nothing: the history already has 1 message/);
  });
});

describe("starting", () => {
  it("a second server on the same history is refused with one line", async () => {
    await serve();
    await expect(serve()).rejects.toThrow(/cannot start: .*use --dir/);
  });

  it("a port that was asked for and is taken is an error", async () => {
    const { port } = await serve();
    dir = join(work, "other");
    await expect(serve({ port })).rejects.toThrow(/cannot start: .*EADDRINUSE/);
  });
});
