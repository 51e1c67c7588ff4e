import { describe, expect, it } from "vitest";
import { sentIds } from "../src/sent-ids.mjs";

describe("sent ids", () => {
  it("a send that comes twice at the same time is appended once", async () => {
    const ids = sentIds();
    let appends = 0;
    const append = async () => appends++;
    const both = await Promise.all([ids.once("a", append), ids.once("a", append)]);
    expect(appends).toBe(1);
    expect(both).toEqual([
      { offset: 0, duplicate: false },
      { offset: 0, duplicate: true },
    ]);
  });

  it("a failed send may be tried again", async () => {
    const ids = sentIds();
    await expect(ids.once("a", () => Promise.reject(new Error("full")))).rejects.toThrow("full");
    expect(await ids.once("a", async () => 7)).toEqual({ offset: 7, duplicate: false });
  });

  it("forgets the oldest of more than 100,000, and knows the newest", async () => {
    const ids = sentIds();
    for (let offset = 0; offset <= 100_000; offset++) ids.add(`id ${offset}`, offset);
    expect(await ids.once("id 1", async () => -1)).toEqual({ offset: 1, duplicate: true });
    expect(await ids.once("id 0", async () => 100_001)).toEqual({
      offset: 100_001,
      duplicate: false,
    });
  });
});
