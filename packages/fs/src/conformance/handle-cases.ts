import {
  bytesOf,
  contentOf,
  expectBytes,
  expectEqual,
  type FixtureCase,
  newFile,
  pattern,
} from "./fixture.ts";

const MIB = 2 ** 20;

/** One open file: reading, writing, allocating, cutting. */
export const handleCases: readonly FixtureCase[] = [
  {
    name: "a new file has size 0 and nothing to read, and its handle knows its path",
    async run(fs, directory) {
      const handle = await newFile(fs, `${directory}/a`);
      const target = Uint8Array.of(7, 7);
      expectEqual(handle.path, `${directory}/a`, "path");
      expectEqual(await handle.size(), 0, "size");
      expectEqual(handle.read(target, 0), 0, "bytes read");
      expectEqual(handle.read(new Uint8Array(0), 0), 0, "bytes read into nothing");
      expectBytes(target, Uint8Array.of(7, 7), "the target");
      await handle.close();
    },
  },
  {
    name: "read fills the target, stops only at the end, and leaves the rest of the target alone",
    async run(fs, directory) {
      const handle = await newFile(fs, `${directory}/a`, bytesOf("0123456789"));
      const outer = new Uint8Array(8).fill(7);
      expectEqual(handle.read(outer.subarray(2, 6), 4), 4, "bytes read in the middle");
      expectBytes(outer, Uint8Array.of(7, 7, 52, 53, 54, 55, 7, 7), "a window as target");
      const target = new Uint8Array(4).fill(7);
      expectEqual(handle.read(target, 7), 3, "bytes read at the end");
      expectBytes(target, Uint8Array.of(55, 56, 57, 7), "target at the end");
      expectEqual(handle.read(target, 10), 0, "bytes read from the end");
      expectEqual(handle.read(target, 10_000_000), 0, "bytes read beyond the end");
      await handle.close();
    },
  },
  {
    name: "write puts parts one after another, and parts may be empty or windows",
    async run(fs, directory) {
      const handle = await newFile(fs, `${directory}/a`);
      const window = bytesOf("xxworldxx").subarray(2, 7);
      const none = new Uint8Array(0);
      await handle.write([none, bytesOf("hello"), none, bytesOf(" "), window, none], 0);
      expectBytes(await contentOf(handle), bytesOf("hello world"), "content");
      await handle.write([Uint8Array.of(33)], 11);
      expectBytes(await contentOf(handle), bytesOf("hello world!"), "after one byte more");
      await handle.close();
    },
  },
  {
    name: "write of no bytes changes nothing, even beyond the end",
    async run(fs, directory) {
      const handle = await newFile(fs, `${directory}/a`, bytesOf("ab"));
      await handle.write([], 0);
      await handle.write([], 100);
      await handle.write([new Uint8Array(0)], 100);
      expectBytes(await contentOf(handle), bytesOf("ab"), "content");
      await handle.close();
    },
  },
  {
    name: "write beyond the end fills the gap with zeros; in the middle it keeps what is around",
    async run(fs, directory) {
      const handle = await newFile(fs, `${directory}/a`, bytesOf("abcdef"));
      await handle.write([bytesOf("XY")], 2);
      await handle.write([bytesOf("z")], 9);
      expectBytes(await contentOf(handle), bytesOf("abXYef\0\0\0z"), "content");
      await handle.close();
    },
  },
  {
    name: "write takes 3000 parts in one call",
    async run(fs, directory) {
      const handle = await newFile(fs, `${directory}/a`);
      const all = pattern(3000 * 7);
      const parts = Array.from({ length: 3000 }, (_, i) => all.subarray(i * 7, i * 7 + 7));
      await handle.write(parts, 5);
      const content = await contentOf(handle);
      expectBytes(content.subarray(5), all, "content");
      await handle.close();
    },
  },
  {
    name: "write and read take 9 MiB at once, as one part and as many",
    async run(fs, directory) {
      const handle = await newFile(fs, `${directory}/a`);
      const all = pattern(9 * MIB);
      await handle.write([all], 0);
      expectBytes(await contentOf(handle), all, "written as one part");
      await handle.write([all.subarray(0, MIB), all.subarray(MIB)], 9 * MIB);
      expectBytes((await contentOf(handle)).subarray(9 * MIB), all, "written as two parts");
      await handle.close();
    },
  },
  {
    name: "write is done with the caller's buffers when it resolves",
    async run(fs, directory) {
      const handle = await newFile(fs, `${directory}/a`);
      const parts = [bytesOf("one"), bytesOf("two")];
      await handle.write(parts, 0);
      for (const part of parts) part.fill(0);
      await handle.sync();
      expectBytes(await contentOf(handle), bytesOf("onetwo"), "content");
      await handle.close();
    },
  },
  {
    name: "writes of ranges that do not touch may overlap in time, with a sync among them",
    async run(fs, directory) {
      const handle = await newFile(fs, `${directory}/a`);
      const all = pattern(64 * 1000);
      const calls: Promise<void>[] = [];
      for (let i = 63; i >= 0; i -= 1) {
        calls.push(handle.write([all.subarray(i * 1000, i * 1000 + 1000)], i * 1000));
        if (i % 16 === 0) calls.push(handle.sync());
      }
      await Promise.all(calls);
      expectBytes(await contentOf(handle), all, "content");
      await handle.close();
    },
  },
  {
    name: "writeDurably writes as write does, the first time and later, one part or many",
    async run(fs, directory) {
      const handle = await newFile(fs, `${directory}/a`, bytesOf("abcdef"));
      const none = new Uint8Array(0);
      await handle.writeDurably([bytesOf("XY")], 2);
      await handle.writeDurably([none, bytesOf("1"), none, bytesOf("2")], 8);
      await handle.writeDurably([bytesOf("z")], 11);
      await handle.writeDurably([], 100);
      await handle.writeDurably([none], 100);
      expectBytes(await contentOf(handle), bytesOf("abXYef\0\x0012\0z"), "content");
      const all = pattern(3 * MIB);
      await handle.writeDurably([all], 5);
      const many = Array.from({ length: 3000 }, (_, i) => all.subarray(i * 7, i * 7 + 7));
      await handle.writeDurably(many, 5 + 3 * MIB);
      const content = await contentOf(handle);
      expectBytes(content.subarray(5, 5 + 3 * MIB), all, "3 MiB in one part");
      expectBytes(content.subarray(5 + 3 * MIB), all.subarray(0, 21_000), "3000 parts");
      await handle.close();
    },
  },
  {
    name: "writeDurably writes the file that is open, also when its name is another's or gone",
    async run(fs, directory) {
      const handle = await newFile(fs, `${directory}/a`, bytesOf("ab"));
      await fs.rename(`${directory}/a`, `${directory}/b`);
      const other = await newFile(fs, `${directory}/a`, bytesOf("other"));
      await handle.writeDurably([bytesOf("c")], 2);
      await fs.remove(`${directory}/b`);
      await handle.writeDurably([bytesOf("d")], 3);
      expectBytes(await contentOf(handle), bytesOf("abcd"), "content");
      expectBytes(await contentOf(other), bytesOf("other"), "content of the other");
      await handle.close();
      await other.close();
    },
  },
  {
    name: "writeDurably calls may overlap each other and a close, which waits for them",
    async run(fs, directory) {
      const handle = await newFile(fs, `${directory}/a`);
      const all = pattern(64 * 1000);
      const calls: Promise<void>[] = [];
      for (let i = 63; i >= 0; i -= 1) {
        calls.push(handle.writeDurably([all.subarray(i * 1000, i * 1000 + 1000)], i * 1000));
      }
      await handle.close();
      await Promise.all(calls);
      const reader = await fs.open(`${directory}/a`, { access: "read" });
      expectBytes(await contentOf(reader), all, "content");
      await reader.close();
    },
  },
  {
    name: "two handles of a file see each other's writes and lengths at once",
    async run(fs, directory) {
      const writer = await newFile(fs, `${directory}/a`, bytesOf("one"));
      const reader = await fs.open(`${directory}/a`, { access: "read" });
      await writer.write([bytesOf("two")], 3);
      expectBytes(await contentOf(reader), bytesOf("onetwo"), "content after a write");
      await writer.truncate(2);
      expectEqual(await reader.size(), 2, "size after a cut");
      await writer.close();
      expectBytes(await contentOf(reader), bytesOf("on"), "content after the writer closed");
      await reader.close();
    },
  },
  {
    name: "writeNow has given all its bytes to the file, extended where needed, when it returns",
    async run(fs, directory) {
      const handle = await newFile(fs, `${directory}/a`, bytesOf("abcdef"));
      const bytes = bytesOf("XY");
      handle.writeNow(bytes, 1);
      bytes.fill(0);
      expectBytes(await contentOf(handle), bytesOf("aXYdef"), "in the middle");
      handle.writeNow(bytesOf("end"), 8);
      expectBytes(await contentOf(handle), bytesOf("aXYdef\0\0end"), "beyond the end");
      handle.writeNow(new Uint8Array(0), 20);
      expectEqual(await handle.size(), 11, "size after nothing was written");
      await handle.close();
    },
  },
  {
    name: "allocate writes zeros over its range, extends the file to its end, and keeps the rest",
    async run(fs, directory) {
      const handle = await newFile(fs, `${directory}/a`, bytesOf("abcdef"));
      handle.allocate(2, 4);
      expectBytes(await contentOf(handle), bytesOf("ab\0\0ef"), "in the middle");
      handle.allocate(5, 8);
      expectBytes(await contentOf(handle), bytesOf("ab\0\0e\0\0\0"), "across the end");
      handle.allocate(10, 10);
      handle.allocate(0, 0);
      expectEqual(await handle.size(), 8, "size after empty ranges");
      handle.allocate(8, 3 * MIB + 1);
      expectEqual(await handle.size(), 3 * MIB + 1, "size after 3 MiB");
      const content = await contentOf(handle);
      expectBytes(content.subarray(8), new Uint8Array(3 * MIB - 7), "3 MiB of zeros");
      await handle.close();
    },
  },
  {
    name: "truncate cuts, and extends with zeros that are not the bytes that were cut",
    async run(fs, directory) {
      const handle = await newFile(fs, `${directory}/a`, bytesOf("abcdef"));
      await handle.truncate(3);
      expectBytes(await contentOf(handle), bytesOf("abc"), "cut");
      await handle.truncate(6);
      expectBytes(await contentOf(handle), bytesOf("abc\0\0\0"), "extended");
      await handle.truncate(6);
      await handle.truncate(0);
      expectEqual(await handle.size(), 0, "size of nothing");
      await handle.write([bytesOf("z")], 4);
      expectBytes(await contentOf(handle), bytesOf("\0\0\0\0z"), "written beyond an emptied file");
      await handle.close();
    },
  },
  {
    name: "sync resolves on a file that is new, written, unchanged, or open for reading only",
    async run(fs, directory) {
      const handle = await newFile(fs, `${directory}/a`);
      await handle.sync();
      await handle.write([bytesOf("a")], 0);
      await Promise.all([handle.sync(), handle.sync()]);
      const reader = await fs.open(`${directory}/a`, { access: "read" });
      await reader.sync();
      await reader.close();
      await handle.close();
    },
  },
  {
    name: "close lets the calls that were begun end",
    async run(fs, directory) {
      const all = pattern(MIB);
      const handle = await newFile(fs, `${directory}/a`);
      const begun = [handle.write([all.subarray(0, 99), all.subarray(99)], 0), handle.sync()];
      await handle.close();
      await Promise.all(begun);
      const reader = await fs.open(`${directory}/a`, { access: "read" });
      expectBytes(await contentOf(reader), all, "content");
      await reader.close();
    },
  },
];
