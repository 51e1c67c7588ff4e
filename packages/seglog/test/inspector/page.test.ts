import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openLog } from "../../src/index.ts";
import { serveInspector } from "../../src/inspector/index.ts";
import { ended, said, startSeglog } from "../cli/run-seglog.ts";
import { temporaryDirectory } from "../temporary.ts";

const CHROMIUM = "/usr/bin/chromium";
const HOUR = 3_600_000;
const BASE = Date.parse("2026-11-24T08:00:00Z");

let browser: Browser;
beforeAll(async () => {
  // a missing one is a failure, not a reason to skip
  if (!existsSync(CHROMIUM)) throw new Error(`${CHROMIUM} is missing`);
  const args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"];
  browser = await chromium.launch({ executablePath: CHROMIUM, args });
}, 60_000);
afterAll(() => browser?.close());

/** A log of 120 records in segments of 10, an hour apart, and a page that shows it. */
async function opened({ count = 120, segmentBytesMax = 200 } = {}) {
  let hours = -1;
  const clock = (): number => {
    hours++;
    return BASE + hours * HOUR;
  };
  const log = await openLog(join(temporaryDirectory(), "log"), { clock, segmentBytesMax });
  for (let n = 0; n < count; n++) await log.append(`r${String(n).padStart(3, "0")}`);
  const inspector = await serveInspector(log);
  const page = await browser.newPage();
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  await page.goto(inspector.url);
  await page.locator('#connection[data-state="live"]').waitFor();
  return {
    log,
    page,
    problems,
    [Symbol.asyncDispose]: async () => {
      await page.close();
      await inspector.close();
      await log.close();
    },
  };
}

/** The first and the last offset in the table. */
async function shown(page: Page): Promise<(string | null)[]> {
  const rows = page.locator("#records tr");
  const ends = [rows.first(), rows.last()];
  return Promise.all(ends.map((row) => row.getAttribute("data-offset")));
}

const timeout = 60_000;

test("the page shows facts, a bar for each segment, and the last records", {
  timeout,
}, async () => {
  await using site = await opened();
  const { page } = site;
  expect(await page.locator("#fact-records").textContent()).toBe("120");
  expect(await page.locator("#fact-offsets").textContent()).toBe("[0, 120)");
  expect(await page.locator("#fact-segments").textContent()).toBe("12");
  expect(await page.locator("[data-base]").count()).toBe(12);
  expect(await page.locator("[data-base].active").getAttribute("data-base")).toBe("110");
  expect(await shown(page)).toEqual(["70", "119"]);
  const heights = page.locator("[data-base] .fill");
  expect(
    new Set(await heights.evaluateAll((all) => all.map((r) => r.getAttribute("height")))),
  ).toEqual(new Set(["120"]));
  expect(site.problems).toEqual([]);
});

test("records are found by page, segment, offset and time", { timeout }, async () => {
  await using site = await opened();
  const { page } = site;
  const is = (from: number, to: number) =>
    expect.poll(() => shown(page)).toEqual([String(from), String(to)]);
  await page.locator("#first").click();
  await is(0, 49);
  await page.locator("#newer").click();
  await is(50, 99);
  await page.locator("#older").click();
  await is(0, 49);
  await page.locator('[data-base="60"]').click();
  await is(60, 109);
  await page.locator("#where").fill("31");
  await page.keyboard.press("Enter");
  await is(31, 80);
  await page.locator("#where").fill("2026-11-24 17:30");
  await page.locator("#jump button").click();
  await is(10, 59);
  await page.locator("#where").fill("soon");
  await page.keyboard.press("Enter");
  await expect.poll(() => page.locator("#jump-problem").textContent()).toContain("an offset");
  await page.locator("#last").click();
  await is(70, 119);
  expect(site.problems).toEqual([]);
});

test("values are shown as text, JSON and hex; markup in one stays text", { timeout }, async () => {
  await using site = await opened({ count: 0 });
  const { log, page } = site;
  await log.append('{"a":[1]}');
  await log.append("<img src=x onerror=alert(1)>");
  await log.append(Uint8Array.of(0xff, 0x00));
  await page.locator("#first").click();
  const value = (offset: number) => page.locator(`[data-offset="${offset}"] .value`);
  await expect.poll(() => value(2).count()).toBe(1);
  expect(await value(1).textContent()).toBe("<img src=x onerror=alert(1)>");
  expect(await value(2).textContent()).toBe("ff 00");
  await page.getByText("JSON", { exact: true }).click();
  await value(0).click();
  expect(await value(0).textContent()).toBe('{\n  "a": [\n    1\n  ]\n}');
  await page.getByText("Hex", { exact: true }).click();
  expect(await value(1).textContent()).toMatch(/^3c 69 6d 67/);
  await expect.poll(() => value(0).textContent()).toMatch(/^00000000 {2}7b 22 61/);
  expect(site.problems).toEqual([]);
});

test("a live tail shows what is appended, charts its rate and the time of syncs", {
  timeout,
}, async () => {
  await using site = await opened();
  const { log, page } = site;
  await page.locator("#follow").check();
  await expect.poll(() => page.locator("#rate-chart polyline").count()).toBe(1);
  await log.append("while it looks");
  await page.locator('[data-offset="120"]', { hasText: "while it looks" }).waitFor();
  expect(await page.locator("#fact-records").textContent()).toBe("121");
  await log.append("and again");
  await page.locator('[data-offset="121"]').waitFor();
  await expect.poll(() => page.locator("#sync-chart polyline").count()).toBe(1);
  expect(await page.locator("#sync").textContent()).toMatch(/ ms$/);
  await page.locator("#first").click();
  expect(await page.locator("#follow").isChecked()).toBe(false);
  expect(site.problems).toEqual([]);
});

test("verify says what it found", { timeout }, async () => {
  await using site = await opened();
  await site.page.locator("#verify").click();
  await site.page.locator("#verify-result", { hasText: "sound: 120 records" }).waitFor();
  expect(await site.page.locator("#damages li").count()).toBe(0);
  expect(site.problems).toEqual([]);
});

test("it reads with no record, with one segment and with 500", { timeout }, async () => {
  for (const [count, segmentBytesMax, bars] of [
    [0, 1000, 1],
    [3, 1000, 1],
    [500, 20, 500],
  ] as const) {
    await using site = await opened({ count, segmentBytesMax });
    expect(await site.page.locator("[data-base]").count()).toBe(bars);
    expect(await site.page.locator("#no-records").isVisible()).toBe(count === 0);
    const drawing = site.page.locator("#segments svg");
    const [box, width] = [await drawing.boundingBox(), await drawing.getAttribute("viewBox")];
    expect(Math.abs((box?.width ?? 0) - Number(width?.split(" ")[2]))).toBeLessThan(2);
    const isTooWide = await site.page.evaluate("document.body.scrollWidth > innerWidth");
    expect(isTooWide).toBe(false);
    expect(site.problems).toEqual([]);
  }
});

test("the page of another process follows a writer", { timeout }, async () => {
  const directory = join(temporaryDirectory(), "log");
  const log = await openLog(directory, { segmentBytesMax: 100 });
  await log.append("one");
  const child = startSeglog(["inspect", directory, "--web"]);
  const done = ended(child);
  const url = (await said(child, (text) => text.endsWith("\n"))).trim();
  const page = await browser.newPage();
  await page.goto(url);
  await page.locator("#follow").check();
  for (let n = 0; n < 20; n++) await log.append(`live ${n}`);
  await page.locator('[data-offset="20"]', { hasText: "live 19" }).waitFor();
  await log.truncateBefore(15);
  await expect.poll(() => page.locator("#fact-offsets").textContent()).toBe("[15, 21)");
  expect(await page.locator("[data-base]").count()).toBe(log.segments().length);
  expect(await page.locator("#fact-state").textContent()).toBe("open, or killed");
  child.kill("SIGINT");
  expect((await done).code).toBe(130);
  await page.close();
  await log.close();
});

test("seglog inspect --web serves the page until it is interrupted", { timeout }, async () => {
  const directory = join(temporaryDirectory(), "log");
  const log = await openLog(directory);
  await log.append("one");
  await log.close();
  const child = startSeglog(["inspect", directory, "--web"]);
  const done = ended(child);
  const url = (await said(child, (text) => text.endsWith("\n"))).trim();
  const page = await browser.newPage();
  await page.goto(url);
  await page.locator('[data-offset="0"]', { hasText: "one" }).waitFor();
  expect(await page.locator("#fact-state").textContent()).toBe("closed");
  await expect
    .poll(() => page.locator("#sync-chart").textContent())
    .toContain("known only to the process that writes");
  child.kill("SIGINT");
  expect(await done).toMatchObject({ code: 130, stderr: "" });
  await page.locator('#connection[data-state="lost"]').waitFor();
  await page.close();
});
