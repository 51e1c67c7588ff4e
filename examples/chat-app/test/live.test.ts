import { describe, expect, it } from "vitest";
import { connected, offsetOf, offsetsIn, openWindow, stored, write } from "./browser.ts";
import { useFixture } from "./fixture.ts";

const { serve, user } = useFixture();

/** Sends a message as a page does, under an id of its own. */
async function post(url: string, number: number): Promise<{ status: number }> {
  const response = await fetch(`${url}/api/rooms/general/messages`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ id: `message-${number}`, user: "Robot", text: `number ${number}` }),
  });
  return { status: response.status, ...((await response.json()) as object) };
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
    const twice = await Promise.all([post(server.url, 0), post(server.url, 0)]);
    expect(twice.map(({ status }) => status).sort()).toEqual([200, 201]);
    await server.kill();
    const { url } = await serve();
    expect(await post(url, 0)).toEqual({ status: 200, offset: 0, duplicate: true });
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

  it("and missed more than the feed repeats shows the end, whole", async () => {
    const { url } = await serve();
    const context = await user();
    const ada = await openWindow(context, url, "Ada");
    await write(ada, "good night");
    await stored(ada, "good night").waitFor();
    await ada.close();
    for (let sent = 0; sent < 1200; sent += 100) {
      await Promise.all(Array.from({ length: 100 }, (_, i) => post(url, sent + i)));
    }
    const page = await openWindow(context, url);
    await page.locator('[data-offset="1200"]').waitFor();
    const offsets = await offsetsIn(page);
    const first = offsets[0] ?? -1;
    expect(first).toBeGreaterThan(0);
    expect(offsets).toEqual(Array.from({ length: 1201 - first }, (_, i) => first + i));
    await page.getByText("1,201 messages").waitFor();
  });
});
