import { type SimulatedDisk, simulatedDisk } from "@seglog/fs/sim";
import { beforeEach, describe, expect, test } from "vitest";
import { bytesOf, durableFile, looks } from "./fixtures/sim-look.ts";

let disk: SimulatedDisk;

beforeEach(() => {
  disk = simulatedDisk({ seed: 7 });
});

describe("bit rot", () => {
  test("a flipped bit and zeros are in every state of the file, and its length stays", async () => {
    const handle = await durableFile(disk, "/a", bytesOf("a", 600));
    await handle.write([bytesOf("b", 600)], 0);
    disk.corrupt("/a", 599, 0x20);
    disk.zeroRange("/a", 510, 514);
    expect(await looks(disk)).toEqual([
      "/a: a*510 0*4 a*85 A*1",
      "/a: a*510 0*4 b*85 B*1",
      "/a: b*510 0*4 a*85 A*1",
      "/a: b*510 0*4 b*85 B*1",
    ]);
  });

  test("replace makes bytes durable at once; swap exchanges files under their names", async () => {
    await durableFile(disk, "/a", bytesOf("a", 600));
    const b = await durableFile(disk, "/b", bytesOf("b", 9));
    await b.write([bytesOf("c", 9)], 0);
    disk.replace("/a", bytesOf("x", 5000));
    disk.swap("/a", "/b");
    expect(await looks(disk)).toEqual(["/a: b*9; /b: x*5000", "/a: c*9; /b: x*5000"]);
    expect(disk.contents("/a")).toEqual(bytesOf("c", 9));
  });

  test("what is no file, or lies outside of it, is refused", async () => {
    await durableFile(disk, "/a", bytesOf("a", 9));
    expect(() => disk.corrupt("/a", 9, 1)).toThrow("position");
    expect(() => disk.corrupt("/a", 0, 0)).toThrow("xor");
    expect(() => disk.zeroRange("/a", 0, 10)).toThrow("to");
    expect(() => disk.contents("/no")).toThrow("no such file");
    expect(() => disk.contents("/")).toThrow("directory");
  });
});
