import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { hasCode } from "@seglog/errors";
import { nodeFileSystem } from "@seglog/fs";
import type { FileSystemFixture } from "@seglog/fs/conformance";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { chooseTryLock, loadExtension, loadForeign } from "../src/node/node-lock.ts";
import { nodeFixture } from "./fixtures/file-systems.ts";

// child processes and the real disk on a busy machine: 5 s would be too few
vi.setConfig({ testTimeout: 30_000 });

const built = existsSync(fileURLToPath(new URL("../dist/index.js", import.meta.url)));
const require = createRequire(import.meta.url);
let fixture: FileSystemFixture;
let children: ChildProcess[];

beforeEach(async () => {
  children = [];
  fixture = await nodeFixture();
});

afterEach(async () => {
  for (const child of children) child.kill("SIGKILL");
  await fixture.dispose();
});

/** Starts a process that takes the lock, and waits for what it says. */
async function holder(path: string): Promise<{ child: ChildProcess; said: unknown }> {
  const script = fileURLToPath(new URL("fixtures/lock-holder.mjs", import.meta.url));
  const child = fork(script, [path], { execArgv: [] });
  children.push(child);
  const [said] = await once(child, "message");
  return { child, said };
}

async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => "done",
    (error: { code?: unknown }) => error.code,
  );
}

// the child imports the build, which `pnpm test` makes first
describe.skipIf(!built)("between processes", () => {
  test("a lock held by another process is LOCKED here at once, and ours is LOCKED there", async () => {
    const path = `${fixture.directory}/lock`;
    const ours = await fixture.fs.lock(path);
    expect((await holder(path)).said).toBe("ERR_SEGLOG_LOCKED");
    await ours.release();
    const { said } = await holder(path);
    expect(said).toBe("held");
    expect(await codeOf(fixture.fs.lock(path))).toBe("ERR_SEGLOG_LOCKED");
  });

  test("killing the holder frees its lock", async () => {
    const path = `${fixture.directory}/lock`;
    const { child, said } = await holder(path);
    expect(said).toBe("held");
    child.kill("SIGKILL");
    await once(child, "exit");
    await (await fixture.fs.lock(path)).release();
  });

  test("a release is seen by other processes", async () => {
    const path = `${fixture.directory}/lock`;
    const { child } = await holder(path);
    const answer = once(child, "message");
    child.send("release");
    expect(await answer).toContain("released");
    await (await fixture.fs.lock(path)).release();
  });
});

test("where no library loads, there is no lock: UNAVAILABLE, with what each library said", () => {
  const nothing = ((name: string) => {
    throw new Error(`no ${name}`);
  }) as unknown as NodeJS.Require;
  expect(() => chooseTryLock(nothing)).toThrow(
    expect.objectContaining({
      code: "ERR_SEGLOG_UNAVAILABLE",
      cause: expect.objectContaining({
        errors: [new Error("no fs-native-extensions"), new Error("no koffi")],
      }),
    }),
  );
});

test("the lock made by koffi and that of the extension see each other", () => {
  const path = `${fixture.directory}/lock`;
  const [first, second] = [openSync(path, "w+"), openSync(path, "r+")];
  const [extension, foreign] = [loadExtension(require), loadForeign(require)];
  expect(extension(first)).toBe(true);
  expect(foreign(second)).toBe(false);
  closeSync(first);
  expect(foreign(second)).toBe(true);
  const third = openSync(path, "r+");
  expect(extension(third)).toBe(false);
  closeSync(second);
  expect(extension(third)).toBe(true);
  expect(() => foreign(9999)).toThrow(/EBADF/);
  closeSync(third);
});

test("a link in the place of the lock file is refused", async () => {
  symlinkSync(`${fixture.directory}/elsewhere`, `${fixture.directory}/lock`);
  const failure = await nodeFileSystem()
    .lock(`${fixture.directory}/lock`)
    .catch((error: unknown) => error);
  expect(hasCode(failure, "ERR_SEGLOG_IO") && failure.context).toMatchObject({
    operation: "lock",
    errno: "ELOOP",
  });
});
