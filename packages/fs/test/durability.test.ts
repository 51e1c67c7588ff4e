import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { availableMappers } from "@seglog/fs";
import type { FileSystemFixture } from "@seglog/fs/conformance";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { nodeFixture } from "./fixtures/file-systems.ts";

// child processes and the real disk on a busy machine: 5 s would be too few
vi.setConfig({ testTimeout: 30_000 });

// no test can pull the plug; what can be shown is which calls the system got, and in which order

const script = fileURLToPath(new URL("fixtures/durable-calls.mjs", import.meta.url));
const unsynced = fileURLToPath(new URL("fixtures/unsynced-write.mjs", import.meta.url));
const built = existsSync(fileURLToPath(new URL("../dist/index.js", import.meta.url)));
let fixture: FileSystemFixture;

beforeEach(async () => {
  fixture = await nodeFixture();
});

afterEach(() => fixture.dispose());

function canTrace(): boolean {
  try {
    execFileSync("strace", ["-o", "/dev/null", "true"], { stdio: "ignore" });
    return true;
  } catch {
    return false; // not installed, or not allowed: the tests are skipped, and shown as skipped
  }
}

/** The calls of the script that name something in `directory`, as `call path`. */
function callsOf(directory: string, mapper: string): string[] {
  const log = `${directory}.strace`;
  const calls = "trace=openat,mkdir,mkdirat,fsync,fdatasync,msync,pwrite64,pwritev";
  const args = ["-f", "-y", "-e", calls, "-o", log];
  execFileSync("strace", [...args, process.execPath, script, directory, mapper]);
  const lines = readFileSync(log, "utf8").split("\n");
  execFileSync("rm", [log]);
  return lines.flatMap((line) => {
    const call = /(\w+)\(.*?("|<)([^">]+)/.exec(line);
    const opened = /openat\(.*O_DSYNC.*= \d+<([^>]+)>/.exec(line)?.[1];
    if (opened?.startsWith(directory)) return [`O_DSYNC ${opened.slice(directory.length)}`];
    const path = call?.[3] ?? "";
    return path.startsWith(directory) && !line.includes("ENOENT")
      ? [`${call?.[1]} ${path.slice(directory.length)}`]
      : [];
  });
}

describe.skipIf(!built || !canTrace())("the calls that the system gets", () => {
  test.each(availableMappers())(
    "each name is synced in its directory, a sync is one fdatasync, a durable write one call: %s",
    (mapper) => {
      const durableWrites = ["O_DSYNC", "pwrite64", "pwritev"].map((call) => `${call} /a/b/file`);
      const stores = mapper === "read-through" ? ["pwrite64 /a/b/file"] : [];
      expect(callsOf(fixture.directory, mapper)).toEqual([
        "mkdir /a",
        "fsync ",
        "mkdir /a/b",
        "fsync /a",
        "pwrite64 /a/b/file",
        "pwritev /a/b/file",
        ...stores,
        "fdatasync /a/b/file",
        ...durableWrites,
        "fsync /a/b",
      ]);
    },
  );

  test("a durable write of two calls, the second of which fails, is a failed sync", () => {
    // for what others wrote is unknown, too: nobody may take it for a lack of room
    const refuse = ["-e", "trace=fdatasync", "-e", "inject=fdatasync:error=ENOSPC"];
    const args = ["-f", "-o", "/dev/null", ...refuse, process.execPath, unsynced];
    const path = join(fixture.directory, "file");
    const output = execFileSync("strace", [...args, path], { encoding: "utf8" });
    expect(JSON.parse(output)).toEqual({
      code: "ERR_SEGLOG_IO",
      operation: "sync",
      errno: "ENOSPC",
    });
  });
});
