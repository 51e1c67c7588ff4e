import { bytesOf, expectCode, expectEqual, type FixtureCase, newFile } from "./fixture.ts";

/** Watching a directory, which promises little. */
export const watchCases: readonly FixtureCase[] = [
  {
    name: "watch ends with close, which may be repeated, and changes nothing",
    async run(fs, directory) {
      const watch = fs.watch(directory, () => {});
      const handle = await newFile(fs, `${directory}/a`, bytesOf("x"));
      await handle.close();
      watch.close();
      watch.close();
      expectEqual(await fs.list(directory), ["a"], "names");
    },
  },
  {
    name: "watch of a directory that is not there is NOT_FOUND",
    async run(fs, directory) {
      const call = () => fs.watch(`${directory}/none`, () => {});
      await expectCode("ERR_SEGLOG_NOT_FOUND", call, "watch");
    },
  },
  {
    name: "bootId is a safe integer from 0",
    async run({ bootId }) {
      expectEqual(Number.isSafeInteger(bootId) && bootId >= 0, true, "bootId");
    },
  },
];
