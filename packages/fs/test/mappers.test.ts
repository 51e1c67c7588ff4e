import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { hasCode } from "@seglog/errors";
import { availableMappers, type FileHandle, nodeFileSystem } from "@seglog/fs";
import type { FileSystemFixture } from "@seglog/fs/conformance";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { mapperRegistry } from "../src/mapping/available-mappers.ts";
import { loadMmapIo } from "../src/mapping/mmap-io.ts";
import { nodeFixture } from "./fixtures/file-systems.ts";

// child processes and the real disk on a busy machine: 5 s would be too few
vi.setConfig({ testTimeout: 30_000 });

const READ = { access: "read" } as const;
const WRITE = { access: "write" } as const;
let fixture: FileSystemFixture;

beforeEach(async () => {
  fixture = await nodeFixture();
});

afterEach(() => fixture.dispose());

/** A `require` under which only some names are there. */
function requireOf(modules: Record<string, unknown>): NodeJS.Require {
  const require = (name: string): unknown => {
    if (name in modules) return modules[name];
    throw Object.assign(new Error(`Cannot find module '${name}'`), { code: "MODULE_NOT_FOUND" });
  };
  return require as NodeJS.Require;
}

test("where no library loads, auto reads through, and a name asked for is UNAVAILABLE with cause", () => {
  const registry = mapperRegistry(requireOf({}));
  expect(registry.available()).toEqual(["read-through"]);
  expect(registry.choose("auto").name).toBe("read-through");
  for (const name of ["mmap-io", "koffi"] as const) {
    const failure = failureOf(() => registry.choose(name));
    expect(failure).toMatchObject({
      code: "ERR_SEGLOG_UNAVAILABLE",
      context: { what: `the mapper ${name}` },
      cause: { code: "MODULE_NOT_FOUND" },
    });
  }
});

test("mmap-io is taken first, and a failure of one leaves the other", () => {
  const installed = createRequire(import.meta.url);
  const mmapIo = { map: () => new Uint8Array(8) };
  expect(mapperRegistry(requireOf({ "mmap-io": mmapIo })).choose("auto").name).toBe("mmap-io");
  const foreign = mapperRegistry(requireOf({ koffi: installed("koffi") }));
  expect(foreign.choose("auto").name).toBe("koffi");
  expect(foreign.available()).toEqual(["koffi", "read-through"]);
});

test("mmap-io's errors, which are strings, come as the system's codes; others stay as they are", () => {
  const file = { path: "/a", fd: () => 1 };
  const mapperThat = (message: string) => {
    const map = (): never => {
      throw new Error(message);
    };
    return loadMmapIo(requireOf({ "mmap-io": { map } }));
  };
  const noMemory = failureOf(() => mapperThat("mmap failed, 12").map(file, 1, false));
  expect(noMemory).toMatchObject({ code: "ENOMEM", syscall: "mmap" });
  const other = failureOf(() => mapperThat("size must be an integer").map(file, 1, false));
  expect(other).toMatchObject({ message: "size must be an integer" });
});

describe.each(availableMappers())("%s", (mapper) => {
  test("a write handle's descriptor is mapped for reading with protection for reading only", async () => {
    const fs = nodeFileSystem({ mapper });
    const handle = await fs.open(`${fixture.directory}/a`, { ...WRITE, create: "exclusive" });
    await handle.write([new Uint8Array(4096)], 0);
    const mapping = handle.map(4096, READ);
    mapping.view(0, 4096);
    if (process.platform === "linux" && mapping.outlivesHandle) {
      expect(mapsOf(handle.path)).toEqual([expect.stringContaining("r--s")]);
    }
    mapping.close();
    await handle.close();
  });

  test("closed mappings are given back to the system, with views collected at the latest", async (context) => {
    if (process.platform !== "linux") context.skip("/proc/self/maps is Linux's");
    const fs = nodeFileSystem({ mapper });
    const handle = await fs.open(`${fixture.directory}/a`, { ...WRITE, create: "exclusive" });
    await handle.write([new Uint8Array(4096)], 0);
    mapAndClose(handle, 50);
    await collectUntil(() => mapsOf(handle.path).length === 0);
    expect(mapsOf(handle.path)).toEqual([]);
    await handle.close();
  });

  test("a mapping that is dropped without close is given back when it is collected", async (context) => {
    if (process.platform !== "linux") context.skip("/proc/self/maps is Linux's");
    const fs = nodeFileSystem({ mapper });
    const handle = await fs.open(`${fixture.directory}/a`, { ...WRITE, create: "exclusive" });
    await handle.write([new Uint8Array(4096)], 0);
    mapAndDrop(handle, 10);
    await collectUntil(() => mapsOf(handle.path).length === 0);
    expect(mapsOf(handle.path)).toEqual([]);
    await handle.close();
  });
});

test("reading through: what was not flushed when its handle closed is lost, and flush says so", async () => {
  const fs = nodeFileSystem({ mapper: "read-through" });
  const handle = await fs.open(`${fixture.directory}/a`, { ...WRITE, create: "exclusive" });
  await handle.write([new Uint8Array(16)], 0);
  const mapping = handle.map(16, WRITE);
  mapping.setU64(0, 1);
  await handle.close();
  const failure = failureOf(() => mapping.flush());
  expect(hasCode(failure, "ERR_SEGLOG_CLOSED")).toBe(true);
});

test("reading through: a file cut below its mapping is an error, not zeros", async () => {
  const fs = nodeFileSystem({ mapper: "read-through" });
  const handle = await fs.open(`${fixture.directory}/a`, { ...WRITE, create: "exclusive" });
  await handle.write([new Uint8Array(16)], 0);
  const mapping = handle.map(16, READ);
  await handle.truncate(8);
  expect(mapping.u64(0)).toBe(0);
  expect(failureOf(() => mapping.u64(8))).toMatchObject({
    code: "ERR_SEGLOG_IO",
    context: { operation: "read" },
  });
});

/** A function of its own: the test's frame must not hold the last mapping. */
function mapAndClose(handle: FileHandle, times: number): void {
  for (let i = 0; i < times; i += 1) {
    const mapping = handle.map(4096, WRITE);
    mapping.setU64(0, i);
    if (mapping.outlivesHandle && i === 0) expect(mapsOf(handle.path)).toHaveLength(1);
    mapping.flush();
    mapping.close();
  }
}

function mapAndDrop(handle: FileHandle, times: number): void {
  for (let i = 0; i < times; i += 1) handle.map(4096, READ).view(0, 1);
}

function failureOf(call: () => unknown): unknown {
  try {
    call();
  } catch (failure) {
    return failure;
  }
  throw new Error("was not refused");
}

/** The lines of this process's memory map that are of `path`. */
function mapsOf(path: string): string[] {
  const maps = readFileSync("/proc/self/maps", "utf8");
  return maps.split("\n").filter((line) => line.endsWith(path));
}

/** Collects garbage, and lets the event loop turn, until `condition` holds or 100 turns are over. */
async function collectUntil(condition: () => boolean): Promise<void> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  for (let turn = 0; turn < 100 && !condition(); turn += 1) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
}
