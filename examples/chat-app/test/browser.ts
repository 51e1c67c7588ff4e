import { existsSync } from "node:fs";
import {
  type Browser,
  type BrowserContext,
  chromium,
  type Locator,
  type Page,
} from "playwright-core";

const CHROMIUM = "/usr/bin/chromium";

/** Starts a browser without a screen. A missing one is a failure, not a reason to skip. */
export function launchBrowser(): Promise<Browser> {
  if (!existsSync(CHROMIUM)) {
    throw new Error(`${CHROMIUM} is missing: apt-get install -y --no-install-recommends chromium`);
  }
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** Opens a window, under a name where one is given, and waits until it is connected. */
export async function openWindow(
  context: BrowserContext,
  url: string,
  name?: string,
): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  await connected(page);
  if (name !== undefined) {
    await page.getByLabel("You write as").fill(name);
    await page.keyboard.press("Enter");
  }
  return page;
}

export async function connected(page: Page): Promise<void> {
  await page.locator('#connection[data-state="live"]').waitFor();
}

/** Types a message and sends it with the Enter key. */
export async function write(page: Page, text: string): Promise<void> {
  await page.getByLabel("Message", { exact: true }).fill(text);
  await page.keyboard.press("Enter");
}

/** The stored message with this text. */
export function stored(page: Page, text: string): Locator {
  return page.locator(".message[data-offset]", { hasText: text });
}

/** Waits for the stored message, and reads the offset that is shown beside it. */
export async function offsetOf(page: Page, text: string): Promise<number> {
  return Number(await stored(page, text).locator(".offset").textContent());
}

/** The offsets of all messages in the list, from top to bottom. */
export function offsetsIn(page: Page): Promise<number[]> {
  return page
    .locator(".message[data-offset]")
    .evaluateAll((items) => items.map((item) => Number(item.getAttribute("data-offset"))));
}
