import { describe, expect, it } from "vitest";
import { RoomWindow } from "../public/js/room-window.js";

const message = (offset: number) => ({ offset, time: 0, room: "r", user: "u", text: `${offset}` });
const page = (from: number, to: number, more: boolean) => ({
  from,
  to,
  more,
  messages: Array.from({ length: to - from }, (_, i) => message(from + i)),
});
const offsets = (window: RoomWindow) => window.messages.map(({ offset }) => offset);

describe("the window on a room", () => {
  it("meets the live feed where it began: nothing twice, nothing missing", () => {
    const window = new RoomWindow("r", 10, true);
    window.addLive(message(10));
    window.addOlder(page(7, 10, true));
    window.addLive(message(12));
    expect(offsets(window)).toEqual([7, 8, 9, 10, 12]);
    expect(window.from).toBe(7);
  });

  it("a page that was asked for before the window moved is left out", () => {
    const window = new RoomWindow("r", 10, true);
    window.addOlder(page(3, 6, true));
    expect(offsets(window)).toEqual([]);
  });

  it("detached, it leaves live messages out until its pages have reached them", () => {
    const window = new RoomWindow("r", 3, false);
    window.addLive(message(9));
    window.addNewer(page(3, 6, true), 10);
    expect(window.attached).toBe(false);
    window.addNewer(page(6, 11, false), 10);
    expect(window.attached).toBe(true);
    window.addLive(message(10)); // the page was ahead of the feed
    window.addLive(message(11));
    expect(offsets(window)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  it("holds 1000 messages: more below lets go of the oldest, which can be loaded again", () => {
    const window = new RoomWindow("r", 0, true);
    window.hasOlder = false;
    for (let offset = 0; offset < 1005; offset++) window.addLive(message(offset));
    expect([window.messages.length, window.from, window.hasOlder]).toEqual([1000, 5, true]);
    window.addOlder(page(0, 5, false));
    expect([window.messages.length, window.from, window.to]).toEqual([1000, 0, 1000]);
    expect(window.attached).toBe(false);
  });
});
