import {
  bytesOf,
  contentOf,
  expectBytes,
  expectCode,
  expectEqual,
  type FixtureCase,
  newFile,
} from "./fixture.ts";

const WRITE = { access: "write" } as const;
const READ = { access: "read" } as const;

/** Files and directories by name. */
export const nameCases: readonly FixtureCase[] = [
  {
    name: "open of a missing file is NOT_FOUND, for reading and for writing, and makes nothing",
    async run(fs, directory) {
      for (const options of [READ, WRITE, { access: "write", create: "never" } as const]) {
        const open = () => fs.open(`${directory}/a`, options);
        await expectCode("ERR_SEGLOG_NOT_FOUND", open, `open ${JSON.stringify(options)}`);
      }
      await expectCode(
        "ERR_SEGLOG_NOT_FOUND",
        () => fs.open(`${directory}/no/a`, { access: "write", create: "ifMissing" }),
        "open in a missing directory",
      );
      expectEqual(await fs.list(directory), [], "names afterwards");
    },
  },
  {
    name: "open exclusive makes an empty file once; the second time is EXISTS and keeps its bytes",
    async run(fs, directory) {
      const path = `${directory}/a`;
      const exclusive = { access: "write", create: "exclusive", mode: 0o600 } as const;
      const handle = await fs.open(path, exclusive);
      expectEqual(await handle.size(), 0, "size of a new file");
      await handle.write([bytesOf("kept")], 0);
      await expectCode(
        "ERR_SEGLOG_EXISTS",
        () => fs.open(path, exclusive),
        "second exclusive open",
      );
      expectBytes(await contentOf(handle), bytesOf("kept"), "bytes afterwards");
      await handle.close();
    },
  },
  {
    name: "open ifMissing makes a file, and opens the one that is there with its bytes",
    async run(fs, directory) {
      const path = `${directory}/a`;
      const options = { access: "write", create: "ifMissing" } as const;
      const made = await fs.open(path, options);
      await made.write([bytesOf("hello")], 0);
      await made.close();
      const found = await fs.open(path, options);
      expectBytes(await contentOf(found), bytesOf("hello"), "bytes of the file opened again");
      await found.close();
    },
  },
  {
    name: "open refuses a directory",
    async run(fs, directory) {
      for (const options of [READ, WRITE]) {
        await expectCode("ERR_SEGLOG_IO", () => fs.open(directory, options), options.access);
      }
    },
  },
  {
    name: "stat tells files from directories, gives a file's length, and undefined for nothing",
    async run(fs, directory) {
      const handle = await newFile(fs, `${directory}/a`, bytesOf("12345"));
      expectEqual({ ...(await fs.stat(`${directory}/a`)) }, { kind: "file", bytes: 5 }, "a file");
      expectEqual(
        { ...(await fs.stat(directory)) },
        { kind: "directory", bytes: 0 },
        "a directory",
      );
      expectEqual(await fs.stat(`${directory}/b`), undefined, "a missing name");
      expectEqual(await fs.stat(`${directory}/no/b`), undefined, "a name in no directory");
      expectEqual(await fs.stat(`${directory}/a/b`), undefined, "a name in a file");
      await handle.close();
    },
  },
  {
    name: "list gives every name once, in ascending order of UTF-16 code units",
    async run(fs, directory) {
      expectEqual(await fs.list(directory), [], "an empty directory");
      // by code points, and by the bytes of UTF-8, the last two change places
      const sorted = ["10", "9", "B", "a", "b", "\u{1f600}", "\uff5e"];
      for (const name of [...sorted].reverse()) {
        if (name === "B") await fs.makeDirectory(`${directory}/dir-of-it`);
        else await (await newFile(fs, `${directory}/${name}`)).close();
      }
      await fs.rename(`${directory}/dir-of-it`, `${directory}/B`);
      expectEqual(await fs.list(directory), sorted, "names");
      await expectCode("ERR_SEGLOG_NOT_FOUND", () => fs.list(`${directory}/no`), "a missing one");
      await expectCode("ERR_SEGLOG_IO", () => fs.list(`${directory}/a`), "a file");
    },
  },
  {
    name: "makeDirectory makes missing parents, and keeps what is there the second time",
    async run(fs, directory) {
      const path = `${directory}/a/b/c`;
      await fs.makeDirectory(path, { mode: 0o700 });
      await (await newFile(fs, `${path}/file`)).close();
      await fs.makeDirectory(path);
      await fs.makeDirectory(directory);
      expectEqual(await fs.list(path), ["file"], "names in it");
      expectEqual(await fs.list(`${directory}/a`), ["b"], "names in its grandparent");
    },
  },
  {
    name: "makeDirectory where a file is, is EXISTS; below a file it is refused; it stays a file",
    async run(fs, directory) {
      const handle = await newFile(fs, `${directory}/a`, bytesOf("kept"));
      await expectCode("ERR_SEGLOG_EXISTS", () => fs.makeDirectory(`${directory}/a`), "a file");
      await expectCode("ERR_SEGLOG_IO", () => fs.makeDirectory(`${directory}/a/b`), "below a file");
      expectBytes(await contentOf(handle), bytesOf("kept"), "the file");
      await handle.close();
    },
  },
  {
    name: "removeDirectory removes an empty directory, and refuses files, full ones and nothing",
    async run(fs, directory) {
      await fs.makeDirectory(`${directory}/a/b`);
      await (await newFile(fs, `${directory}/file`)).close();
      const remove = (name: string) => () => fs.removeDirectory(`${directory}/${name}`);
      await expectCode(["ERR_SEGLOG_IO", "ERR_SEGLOG_EXISTS"], remove("a"), "a full directory");
      await expectCode("ERR_SEGLOG_IO", remove("file"), "a file");
      await expectCode("ERR_SEGLOG_NOT_FOUND", remove("no"), "nothing");
      await remove("a/b")();
      await remove("a")();
      expectEqual(await fs.list(directory), ["file"], "names left");
    },
  },
  {
    name: "rename moves a file and replaces one, whose open handles keep the old bytes",
    async run(fs, directory) {
      await fs.makeDirectory(`${directory}/d`);
      const old = await newFile(fs, `${directory}/d/b`, bytesOf("old"));
      const moved = await newFile(fs, `${directory}/a`, bytesOf("new"));
      await fs.rename(`${directory}/a`, `${directory}/d/b`);
      expectEqual(await fs.list(directory), ["d"], "names left");
      const opened = await fs.open(`${directory}/d/b`, READ);
      expectBytes(await contentOf(opened), bytesOf("new"), "the file under its new name");
      expectBytes(await contentOf(old), bytesOf("old"), "the file that was replaced");
      await moved.write([bytesOf("!")], 3);
      expectBytes(await contentOf(opened), bytesOf("new!"), "after a write by the old handle");
      for (const handle of [old, moved, opened]) await handle.close();
    },
  },
  {
    name: "rename moves a directory with all in it, onto nothing or an empty one, not a full one",
    async run(fs, directory) {
      await fs.makeDirectory(`${directory}/a`);
      await fs.makeDirectory(`${directory}/empty`);
      await (await newFile(fs, `${directory}/a/file`)).close();
      await fs.rename(`${directory}/a`, `${directory}/b`);
      await fs.rename(`${directory}/b`, `${directory}/empty`);
      expectEqual(await fs.list(directory), ["empty"], "names");
      expectEqual(await fs.list(`${directory}/empty`), ["file"], "names in the renamed directory");
      await fs.makeDirectory(`${directory}/c`);
      const refusals = ["ERR_SEGLOG_IO", "ERR_SEGLOG_EXISTS"] as const;
      const replaceFull = () => fs.rename(`${directory}/c`, `${directory}/empty`);
      await expectCode(refusals, replaceFull, "onto a full directory");
      const intoItself = () => fs.rename(`${directory}/c`, `${directory}/c/d`);
      await expectCode("ERR_SEGLOG_IO", intoItself, "into itself");
      expectEqual(await fs.list(directory), ["c", "empty"], "names after the refusals");
    },
  },
  {
    name: "rename of nothing is NOT_FOUND and keeps the target; onto itself it changes nothing",
    async run(fs, directory) {
      const handle = await newFile(fs, `${directory}/a`, bytesOf("kept"));
      const path = `${directory}/a`;
      const rename = (from: string) => () => fs.rename(`${directory}/${from}`, path);
      await expectCode("ERR_SEGLOG_NOT_FOUND", rename("no"), "from a missing name");
      await rename("a")();
      const nowhere = () => fs.rename(path, `${directory}/no/a`);
      await expectCode("ERR_SEGLOG_NOT_FOUND", nowhere, "into a missing directory");
      expectEqual(await fs.list(directory), ["a"], "names");
      expectBytes(await contentOf(handle), bytesOf("kept"), "the file");
      await handle.close();
    },
  },
  {
    name: "rename refuses a file onto a directory and a directory onto a file, and keeps both",
    async run(fs, directory) {
      await (await newFile(fs, `${directory}/file`)).close();
      await fs.makeDirectory(`${directory}/dir`);
      const rename = (from: string, to: string) => () =>
        fs.rename(`${directory}/${from}`, `${directory}/${to}`);
      const refusals = ["ERR_SEGLOG_IO", "ERR_SEGLOG_EXISTS"] as const;
      await expectCode(refusals, rename("file", "dir"), "a file onto a directory");
      await expectCode(refusals, rename("dir", "file"), "a directory onto a file");
      expectEqual(await fs.list(directory), ["dir", "file"], "names");
    },
  },
  {
    name: "remove takes the name only: open handles stay, and a new file of that name is another",
    async run(fs, directory) {
      const path = `${directory}/a`;
      const old = await newFile(fs, path, bytesOf("old"));
      await fs.remove(path);
      expectEqual(await fs.stat(path), undefined, "the name");
      const fresh = await newFile(fs, path, bytesOf("fresh"));
      await old.write([bytesOf("er")], 3);
      await old.sync();
      expectBytes(await contentOf(old), bytesOf("older"), "the removed file");
      expectBytes(await contentOf(fresh), bytesOf("fresh"), "the new file");
      await old.close();
      await fresh.close();
    },
  },
  {
    name: "remove of nothing is NOT_FOUND, and a directory is refused",
    async run(fs, directory) {
      await expectCode("ERR_SEGLOG_NOT_FOUND", () => fs.remove(`${directory}/a`), "nothing");
      await fs.makeDirectory(`${directory}/a`);
      await expectCode("ERR_SEGLOG_IO", () => fs.remove(`${directory}/a`), "a directory");
      expectEqual(await fs.list(directory), ["a"], "names");
    },
  },
  {
    name: "syncDirectory takes a directory; nothing is NOT_FOUND, and a file is refused",
    async run(fs, directory) {
      await (await newFile(fs, `${directory}/a`)).close();
      await fs.syncDirectory(directory);
      const sync = (name: string) => () => fs.syncDirectory(`${directory}/${name}`);
      await expectCode("ERR_SEGLOG_NOT_FOUND", sync("no"), "nothing");
      await expectCode("ERR_SEGLOG_IO", sync("a"), "a file");
    },
  },
];
