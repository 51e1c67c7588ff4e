import {
  bytesOf,
  contentOf,
  expectBytes,
  expectCode,
  expectEqual,
  type FixtureCase,
  newFile,
} from "./fixture.ts";

/** The advisory lock, as far as one process can show it. */
export const lockCases: readonly FixtureCase[] = [
  {
    name: "lock makes its file; a second one in this process is LOCKED until the first is released",
    async run(fs, directory) {
      const path = `${directory}/lock`;
      const first = await fs.lock(path, { mode: 0o600 });
      expectEqual(await fs.list(directory), ["lock"], "names");
      for (let i = 0; i < 3; i += 1) {
        await expectCode("ERR_SEGLOG_LOCKED", () => fs.lock(path), "while it is held");
      }
      await first.release();
      expectEqual(await fs.list(directory), ["lock"], "names after the release");
      const second = await fs.lock(path);
      await expectCode("ERR_SEGLOG_LOCKED", () => fs.lock(path), "while it is held again");
      await second.release();
    },
  },
  {
    name: "release may be repeated, and does not give back a lock that another has taken since",
    async run(fs, directory) {
      const path = `${directory}/lock`;
      const first = await fs.lock(path);
      await Promise.all([first.release(), first.release()]);
      const second = await fs.lock(path);
      await first.release();
      await expectCode("ERR_SEGLOG_LOCKED", () => fs.lock(path), "after the repeated release");
      await second.release();
    },
  },
  {
    name: "locks of two files do not meet, and of many takers at once one gets it",
    async run(fs, directory) {
      const other = await fs.lock(`${directory}/other`);
      const takers = Array.from({ length: 8 }, () => fs.lock(`${directory}/lock`));
      const settled = await Promise.allSettled(takers);
      const taken = settled.filter((taker) => taker.status === "fulfilled");
      expectEqual(taken.length, 1, "takers that got it");
      for (const taker of taken) await taker.value.release();
      await other.release();
    },
  },
  {
    name: "lock keeps the bytes of its file, which stays open to reads and writes",
    async run(fs, directory) {
      const path = `${directory}/lock`;
      const handle = await newFile(fs, path, bytesOf("kept"));
      const lock = await fs.lock(path);
      await handle.write([bytesOf("!")], 4);
      const reader = await fs.open(path, { access: "read" });
      await reader.close(); // a lock of fcntl's older kind would be lost here
      await expectCode("ERR_SEGLOG_LOCKED", () => fs.lock(path), "after another handle closed");
      expectBytes(await contentOf(handle), bytesOf("kept!"), "the file");
      await lock.release();
      await handle.close();
    },
  },
  {
    name: "lock in a missing directory is NOT_FOUND, and of a directory is refused",
    async run(fs, directory) {
      const inNone = () => fs.lock(`${directory}/no/lock`);
      await expectCode("ERR_SEGLOG_NOT_FOUND", inNone, "in a missing directory");
      await expectCode("ERR_SEGLOG_IO", () => fs.lock(directory), "of a directory");
    },
  },
];
