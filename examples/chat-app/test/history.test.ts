import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { offsetOf, offsetsIn, openWindow, stored, write } from "./browser.ts";
import { PATIENCE, useFixture } from "./fixture.ts";

const SAMPLE = fileURLToPath(new URL("../sample-conversation.mjs", import.meta.url));

const { serve, serveImport, user, work } = useFixture();

/** `count` messages of one room, a minute apart. */
function minutes(count: number): { user: string; text: string; time: number }[] {
  const start = Date.UTC(2026, 0, 1);
  return Array.from({ length: count }, (_, i) => ({
    user: `Reader ${i % 3}`,
    text: `reading number ${i}.`,
    time: start + i * 60_000,
  }));
}

describe("a long history", () => {
  it("loads older messages while the reader scrolls up, without a gap, to the first", async () => {
    const { url } = await serveImport(minutes(300));
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
    const { url } = await serveImport(minutes(200));
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
    const { url } = await serveImport(minutes(400));
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
    const { url } = await serveImport(minutes(200));
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
    const file = join(work(), "sample.ndjson");
    execFileSync(process.execPath, [SAMPLE, file]);
    const server = await serve({ args: ["--import", file] });
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

  it("thousands of messages share few syncs", async () => {
    const { url } = await serveImport(minutes(5000));
    const { log } = (await (await fetch(`${url}/api/state`)).json()) as {
      log: { appends: number; syncs: number };
    };
    expect(log.appends).toBe(5000);
    expect(log.syncs).toBeLessThan(50);
  });

  it("bad lines are named and left out, and a second start imports nothing", async () => {
    const [good] = minutes(1);
    const future = { ...good, time: "2999-01-01T00:00:00Z" };
    const server = await serveImport(["no json", { user: "Ada" }, future, "", good]);
    const said = server.output();
    expect(said).toMatch(/line 1 skipped: not JSON/);
    expect(said).toMatch(/line 2 skipped: .*text/);
    expect(said).toMatch(/line 3 skipped: time/);
    expect(said).toMatch(/import +1 messages .*, 3 lines skipped/);
    await server.kill();
    const again = await serveImport(minutes(5));
    expect(again.output()).toMatch(/import +nothing: the history already has 1 message/);
  });
});

describe("starting", () => {
  it("without a port, a second server takes the next free one", async () => {
    const first = await serve({ port: "default" });
    const second = await serve({ port: "default", dir: join(work(), "other") });
    expect(second.port).toBeGreaterThan(first.port);
  });

  it("a second server on the same history is refused with one line", async () => {
    await serve();
    await expect(serve()).rejects.toThrow(/cannot start: .*use --dir/);
  });

  it("a port that was asked for and is taken is an error", async () => {
    const { port } = await serve();
    await expect(serve({ port, dir: join(work(), "other") })).rejects.toThrow(
      /cannot start: .*EADDRINUSE/,
    );
  });
});
