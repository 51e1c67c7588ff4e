import { execFileSync } from "node:child_process";
import { closeSync, existsSync, openSync, symlinkSync } from "node:fs";
import { lstat, mkdir, readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { hasCode } from "@seglog/errors";
import { availableMappers, nodeFileSystem } from "@seglog/fs";
import type { FileSystemFixture } from "@seglog/fs/conformance";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { nodeFixture } from "./fixtures/file-systems.ts";

// child processes and the real disk on a busy machine: 5 s would be too few
vi.setConfig({ testTimeout: 30_000 });

const built = existsSync(fileURLToPath(new URL("../dist/index.js", import.meta.url)));
let fixture: FileSystemFixture;

beforeEach(async () => {
  fixture = await nodeFixture();
});

afterEach(() => fixture.dispose());

/** The code, or for an ERR_SEGLOG_IO the system's one. */
async function refusalOf(call: () => Promise<unknown>): Promise<unknown> {
  const failure = await call().then(
    () => "done",
    (error: unknown) => error,
  );
  if (hasCode(failure, "ERR_SEGLOG_IO")) return failure.context.errno;
  return (failure as { code?: unknown }).code;
}

test("open refuses a symbolic link as last part of the path, also a dangling one, with ELOOP", async () => {
  const { fs, directory } = fixture;
  await (await fs.open(`${directory}/a`, { access: "write", create: "exclusive" })).close();
  symlinkSync(`${directory}/a`, `${directory}/link`);
  symlinkSync(`${directory}/no`, `${directory}/dangling`);
  const open = (name: string, create: "never" | "ifMissing") => () =>
    fs.open(`${directory}/${name}`, { access: "write", create });
  expect(await refusalOf(open("link", "never"))).toBe("ELOOP");
  expect(await refusalOf(open("link", "ifMissing"))).toBe("ELOOP");
  expect(await refusalOf(open("dangling", "ifMissing"))).toBe("ELOOP");
  expect(await readdir(directory)).not.toContain("no");
  expect((await fs.stat(`${directory}/link`))?.kind).toBe("link");
});

test("a directory may be reached through a link, and makeDirectory keeps the link", async () => {
  const { fs, directory } = fixture;
  await mkdir(`${directory}/real`);
  symlinkSync(`${directory}/real`, `${directory}/link`);
  await fs.makeDirectory(`${directory}/link`);
  await fs.makeDirectory(`${directory}/link/inner`);
  expect(await fs.list(`${directory}/real`)).toEqual(["inner"]);
  expect((await lstat(`${directory}/link`)).isSymbolicLink()).toBe(true);
});

test("open refuses a FIFO at once instead of waiting for its other end", async () => {
  const { fs, directory } = fixture;
  execFileSync("mkfifo", [`${directory}/fifo`]);
  expect(await refusalOf(() => fs.open(`${directory}/fifo`, { access: "read" }))).toBe("EINVAL");
  expect(await refusalOf(() => fs.open(`${directory}/fifo`, { access: "write" }))).toBe("EINVAL");
  expect((await fs.stat(`${directory}/fifo`))?.kind).toBe("other");
});

test("mode is given to what is made: files, directories, lock files", async () => {
  const { fs, directory } = fixture;
  const handle = await fs.open(`${directory}/a`, {
    access: "write",
    create: "ifMissing",
    mode: 0o600,
  });
  await handle.close();
  await fs.makeDirectory(`${directory}/d/e`, { mode: 0o700 });
  await (await fs.lock(`${directory}/lock`, { mode: 0o600 })).release();
  const modes = [];
  for (const name of ["a", "d", "d/e", "lock"]) {
    modes.push(((await lstat(`${directory}/${name}`)).mode & 0o777).toString(8));
  }
  expect(modes).toEqual(["600", "700", "700", "600"]);
});

test("without descriptors left, open is an ERR_SEGLOG_IO with EMFILE, and works again later", async () => {
  const { fs, directory } = fixture;
  const path = `${directory}/a`;
  const handle = await fs.open(path, { access: "write", create: "exclusive" });
  const hoard = hoardDescriptors(path);
  try {
    expect(await refusalOf(() => fs.open(path, { access: "read" }))).toBe("EMFILE");
    expect(await refusalOf(() => fs.lock(path))).toBe("EMFILE");
    expect(await refusalOf(() => fs.syncDirectory(directory))).toBe("EMFILE");
    await handle.write([Uint8Array.of(1)], 0);
  } finally {
    for (const fd of hoard) closeSync(fd);
  }
  await (await fs.open(path, { access: "read" })).close();
  await handle.close();
});

/** Opens `path` until the process may open no more. */
function hoardDescriptors(path: string): number[] {
  const hoard: number[] = [];
  try {
    for (;;) hoard.push(openSync(path, "r"));
  } catch (error) {
    if ((error as { code?: string }).code !== "EMFILE") throw error;
    return hoard;
  }
}

test("the system's error is the cause, and keeps its number", async () => {
  const { fs, directory } = fixture;
  const failure = await fs.list(`${directory}/no`).catch((error: unknown) => error);
  expect(hasCode(failure, "ERR_SEGLOG_NOT_FOUND")).toBe(true);
  expect((failure as Error).cause).toMatchObject({ code: "ENOENT", syscall: "scandir" });
});

test("a full disk is an ERR_SEGLOG_IO with the system's code", async (context) => {
  if (!built) context.skip("the child imports the build, which `pnpm test` makes first");
  // the only full disk at hand, /dev/full, is no regular file; a limit on file size acts alike
  const script = `
    import { nodeFileSystem } from ${JSON.stringify(new URL("../dist/index.js", import.meta.url).href)};
    process.on("SIGXFSZ", () => {});
    const fs = nodeFileSystem();
    const handle = await fs.open(process.argv[1], { access: "write", create: "exclusive" });
    const refusals = [];
    for (const call of [
      () => handle.write([new Uint8Array(600_000), new Uint8Array(900_000)], 0),
      () => handle.write([new Uint8Array(1_500_000)], 0),
      () => handle.allocate(0, 1_500_000),
      () => handle.truncate(1_500_000),
    ]) {
      try { await call(); refusals.push("done"); }
      catch (error) { refusals.push(error.code, error.context.errno, error.context.operation); }
    }
    console.log(JSON.stringify(refusals));`;
  const command = `ulimit -f 1024; exec "$0" --input-type=module -e "$1" "$2"`;
  const { directory } = fixture;
  const args = ["-c", command, process.execPath, script, `${directory}/a`];
  const output = execFileSync("bash", args, { encoding: "utf8" });
  const refusal = (operation: string) => ["ERR_SEGLOG_IO", "EFBIG", operation];
  expect(JSON.parse(output)).toEqual(
    ["write", "write", "allocate", "truncate"].flatMap((operation) => refusal(operation)),
  );
});

test("a file of more than 2 GiB is read and written at its end, and maps below 2 GiB only", async () => {
  const { directory } = fixture;
  for (const mapper of availableMappers()) {
    const fs = nodeFileSystem({ mapper });
    const path = `${directory}/${mapper}`;
    const handle = await fs.open(path, { access: "write", create: "exclusive" });
    const end = 5 * 2 ** 30;
    await handle.write([Uint8Array.of(1, 2)], end - 2); // sparse: one block on disk
    const target = new Uint8Array(4);
    expect(handle.read(target, end - 3)).toBe(3);
    expect([...target]).toEqual([0, 1, 2, 0]);
    for (const length of [2 ** 31, 2 ** 32 + 4096, end]) {
      const map = () => handle.map(length, { access: "read" });
      expect(map).toThrow(expect.objectContaining({ code: "ERR_SEGLOG_INVALID_ARGUMENT" }));
    }
    await handle.write([Uint8Array.of(9)], 2 ** 31 - 2);
    const mapping = handle.map(2 ** 31 - 1, { access: "read" });
    expect(mapping.view(2 ** 31 - 2, 1)[0]).toBe(9);
    mapping.close();
    await handle.close();
  }
});

test("a mapper that is none is refused, and the one asked for by name is the one in use", () => {
  for (const mapper of availableMappers()) expect(nodeFileSystem({ mapper }).mapper).toBe(mapper);
  expect(nodeFileSystem().mapper).toBe(availableMappers()[0]);
  const wrong = [{ mapper: "mmap" }, { maper: "koffi" }, null] as unknown[];
  for (const options of wrong) {
    expect(() => nodeFileSystem(options as { mapper: "auto" })).toThrow(
      expect.objectContaining({ code: "ERR_SEGLOG_INVALID_ARGUMENT" }),
    );
  }
});
