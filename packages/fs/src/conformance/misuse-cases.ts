import type { OpenFileOptions } from "../contract.ts";
import {
  bytesOf,
  contentOf,
  expectBytes,
  expectCode,
  expectEqual,
  type FixtureCase,
  newFile,
} from "./fixture.ts";

/** No safe integer from 0. */
const BAD_NUMBERS: readonly unknown[] = [
  -1,
  0.5,
  Number.NaN,
  2 ** 53,
  Infinity,
  "1",
  1n,
  undefined,
];
const INVALID = "ERR_SEGLOG_INVALID_ARGUMENT";

/** Calls that must be refused, and change nothing. */
export const misuseCases: readonly FixtureCase[] = [
  {
    name: "open refuses unknown options and values outside their range, and makes nothing",
    async run(fs, directory) {
      const refused: unknown[] = [
        undefined,
        null,
        {},
        { access: "append" },
        { access: "read", create: "ifMissing" },
        { access: "read", create: "exclusive" },
        { access: "write", create: "always" },
        { access: "write", create: "ifMissing", mode: -1 },
        { access: "write", create: "ifMissing", mode: 0o1000 },
        { access: "write", create: "ifMissing", mode: "600" },
        { access: "write", create: "ifMissing", flags: 2 },
      ];
      for (const options of refused) {
        const open = () => fs.open(`${directory}/a`, options as OpenFileOptions);
        await expectCode(INVALID, open, JSON.stringify(options) ?? "undefined");
      }
      expectEqual(await fs.list(directory), [], "names afterwards");
    },
  },
  {
    name: "makeDirectory and lock refuse unknown options and modes outside 0 to 0o777",
    async run(fs, directory) {
      for (const options of [{ mode: 0o1000 }, { mode: 1.5 }, { recursive: true }]) {
        const path = `${directory}/a`;
        const wrong = options as { mode: number };
        await expectCode(INVALID, () => fs.makeDirectory(path, wrong), "makeDirectory");
        await expectCode(INVALID, () => fs.lock(path, wrong), "lock");
      }
      expectEqual(await fs.list(directory), [], "names afterwards");
    },
  },
  {
    name: "a path that is no string, is empty, or holds a NUL is refused by every member",
    async run(fs, directory) {
      for (const bad of ["", `${directory}/a\0b`, 7, undefined] as string[]) {
        const calls: [string, () => Promise<unknown>][] = [
          ["open", () => fs.open(bad, { access: "write", create: "ifMissing" })],
          ["stat", () => fs.stat(bad)],
          ["list", () => fs.list(bad)],
          ["makeDirectory", () => fs.makeDirectory(bad)],
          ["removeDirectory", () => fs.removeDirectory(bad)],
          ["rename from", () => fs.rename(bad, `${directory}/b`)],
          ["rename to", () => fs.rename(directory, bad)],
          ["remove", () => fs.remove(bad)],
          ["syncDirectory", () => fs.syncDirectory(bad)],
          ["lock", () => fs.lock(bad)],
        ];
        for (const [what, call] of calls) await expectCode(INVALID, call, `${what} of ${bad}`);
      }
    },
  },
  {
    name: "positions, sizes, ranges and parts that are none are refused and change nothing",
    async run(fs, directory) {
      const handle = await newFile(fs, `${directory}/a`, bytesOf("kept"));
      const one = Uint8Array.of(1);
      for (const bad of BAD_NUMBERS as number[]) {
        const what = String(bad);
        await expectCode(INVALID, () => handle.read(new Uint8Array(1), bad), `read at ${what}`);
        await expectCode(INVALID, () => handle.write([one], bad), `write at ${what}`);
        await expectCode(INVALID, () => handle.writeNow(one, bad), `writeNow at ${what}`);
        await expectCode(INVALID, () => handle.truncate(bad), `truncate to ${what}`);
        await expectCode(INVALID, () => handle.allocate(bad, 9), `allocate from ${what}`);
        await expectCode(INVALID, () => handle.allocate(0, bad), `allocate to ${what}`);
        await expectCode(INVALID, () => handle.map(bad, { access: "write" }), `map of ${what}`);
      }
      await expectCode(INVALID, () => handle.allocate(4, 3), "allocate backwards");
      const last = Number.MAX_SAFE_INTEGER;
      await expectCode(INVALID, () => handle.write([one], last), "write that ends beyond 2^53 - 1");
      for (const bad of [one, ["a"], [one, null], undefined] as unknown as Uint8Array[][]) {
        await expectCode(INVALID, () => handle.write(bad, 0), "write of what are no parts");
        await expectCode(INVALID, () => handle.writeDurably(bad, 0), "writeDurably of no parts");
      }
      const text = "ab" as unknown as Uint8Array;
      await expectCode(INVALID, () => handle.read(text, 0), "read into a string");
      await expectCode(INVALID, () => handle.writeNow(text, 0), "writeNow of a string");
      expectBytes(await contentOf(handle), bytesOf("kept"), "content");
      await handle.close();
    },
  },
  {
    name: "a handle opened for reading refuses every call that writes, and changes nothing",
    async run(fs, directory) {
      await (await newFile(fs, `${directory}/a`, bytesOf("kept"))).close();
      const handle = await fs.open(`${directory}/a`, { access: "read" });
      const calls: [string, () => unknown][] = [
        ["write", () => handle.write([bytesOf("no")], 0)],
        ["writeNow", () => handle.writeNow(bytesOf("no"), 0)],
        ["writeDurably", () => handle.writeDurably([bytesOf("no")], 0)],
        ["allocate", () => handle.allocate(0, 2)],
        ["truncate", () => handle.truncate(2)],
        ["map", () => handle.map(2, { access: "write" })],
      ];
      for (const [what, call] of calls) await expectCode("ERR_SEGLOG_READ_ONLY", call, what);
      expectBytes(await contentOf(handle), bytesOf("kept"), "content");
      await handle.close();
    },
  },
  {
    name: "after close every member of a handle is CLOSED but its path, and close again resolves",
    async run(fs, directory) {
      const handle = await newFile(fs, `${directory}/a`, bytesOf("kept"));
      await handle.close();
      const calls: [string, () => unknown][] = [
        ["size", () => handle.size()],
        ["read", () => handle.read(new Uint8Array(1), 0)],
        ["write", () => handle.write([bytesOf("no")], 0)],
        ["writeNow", () => handle.writeNow(bytesOf("no"), 0)],
        ["write of nothing", () => handle.write([], 0)],
        ["writeDurably", () => handle.writeDurably([bytesOf("no")], 0)],
        ["writeDurably of nothing", () => handle.writeDurably([], 0)],
        ["allocate", () => handle.allocate(0, 2)],
        ["sync", () => handle.sync()],
        ["truncate", () => handle.truncate(2)],
        ["map", () => handle.map(2, { access: "read" })],
      ];
      for (const [what, call] of calls) await expectCode("ERR_SEGLOG_CLOSED", call, what);
      await handle.close();
      expectEqual(handle.path, `${directory}/a`, "path");
      expectEqual((await fs.stat(handle.path))?.bytes, 4, "length of the file");
    },
  },
  {
    name: "an error of the disk carries the path, the operation and the system's code",
    async run(fs, directory) {
      const failure = (await fs.remove(`${directory}/a`).catch((error: unknown) => error)) as {
        context: unknown;
        cause: unknown;
      };
      expectEqual({ ...(failure.context as object) }, { path: `${directory}/a` }, "NOT_FOUND");
      if (failure.cause === undefined) throw new Error("NOT_FOUND has no cause");
      const refusal = (await fs
        .list(`${directory}/b/c`)
        .catch((error: unknown) => error)) as object;
      expectEqual("context" in refusal, true, "an error of list");
      await fs.makeDirectory(`${directory}/d/e`);
      const full = await fs.removeDirectory(`${directory}/d`).catch((error: unknown) => error);
      const { operation, errno } = (full as { context: Record<string, unknown> }).context;
      expectEqual({ operation, errno }, { operation: "removeDirectory", errno: "ENOTEMPTY" }, "IO");
    },
  },
];
