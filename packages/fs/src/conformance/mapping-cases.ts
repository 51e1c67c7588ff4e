import {
  bytesOf,
  contentOf,
  expectBytes,
  expectCode,
  expectEqual,
  expectRangeError,
  type FixtureCase,
  newFile,
  pattern,
} from "./fixture.ts";

const READ = { access: "read" } as const;
const WRITE = { access: "write" } as const;
const U64_SAMPLES = [0, 1, 255, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 40 + 5, 2 ** 53 - 1];

/** Files as memory. */
export const mappingCases: readonly FixtureCase[] = [
  {
    name: "a file maps from its first byte alone to its whole length, and no further",
    async run(fs, directory) {
      const handle = await newFile(fs, `${directory}/a`, bytesOf("abcdef"));
      for (const length of [1, 6]) {
        const mapping = handle.map(length, READ);
        expectEqual(mapping.length, length, "length");
        expectBytes(mapping.view(0, length), bytesOf("abcdef").subarray(0, length), "bytes");
        mapping.close();
      }
      for (const length of [0, 7, 2 ** 31, 2 ** 32 + 1]) {
        const map = () => handle.map(length, READ);
        await expectCode("ERR_SEGLOG_INVALID_ARGUMENT", map, `map of ${length}`);
      }
      const unknown = { access: "both" } as unknown as typeof READ;
      await expectCode("ERR_SEGLOG_INVALID_ARGUMENT", () => handle.map(1, unknown), "access");
      await handle.truncate(0);
      await expectCode("ERR_SEGLOG_INVALID_ARGUMENT", () => handle.map(1, READ), "an empty file");
      await handle.close();
    },
  },
  {
    name: "bytes, where there are any, are all of the mapping, and follow what is written",
    async run(fs, directory) {
      const all = pattern(100_000);
      const handle = await newFile(fs, `${directory}/a`, all);
      const mapping = handle.map(all.length, READ);
      const { bytes } = mapping;
      for (const [position, length] of [
        [0, 100_000],
        [65_537, 1],
        [99_999, 10_000_000],
        [200_000, 5],
      ] as const) {
        mapping.willNeed(position, length);
      }
      if (bytes !== undefined) {
        expectBytes(bytes, all, "bytes");
        await handle.write([bytesOf("new")], 70_000);
        expectBytes(bytes.subarray(70_000, 70_003), bytesOf("new"), "bytes after a write");
        expectEqual(mapping.bytes, bytes, "bytes asked for again");
      }
      mapping.close();
      expectEqual(mapping.bytes, undefined, "bytes of a closed mapping");
      mapping.willNeed(0, 1);
      await handle.close();
    },
  },
  {
    name: "view gives any range of the mapping, the empty ones too",
    async run(fs, directory) {
      const all = pattern(300_000);
      const handle = await newFile(fs, `${directory}/a`, all);
      const mapping = handle.map(all.length, READ);
      for (const [position, length] of [
        [0, 0],
        [0, 300_000],
        [4095, 2],
        [299_999, 1],
        [300_000, 0],
      ] as const) {
        const view = mapping.view(position, length);
        expectBytes(view, all.subarray(position, position + length), `${length} at ${position}`);
      }
      mapping.close();
      await handle.close();
    },
  },
  {
    name: "u64 reads big-endian numbers, exact to 2^53 - 1, at any position",
    async run(fs, directory) {
      const bytes = new Uint8Array(3 + 8 * U64_SAMPLES.length + 8).fill(255);
      const data = new DataView(bytes.buffer);
      U64_SAMPLES.forEach((value, i) => {
        data.setBigUint64(3 + 8 * i, BigInt(value));
      });
      const handle = await newFile(fs, `${directory}/a`, bytes);
      const mapping = handle.map(bytes.length, READ);
      U64_SAMPLES.forEach((value, i) => {
        expectEqual(mapping.u64(3 + 8 * i), value, "number read");
      });
      expectEqual(mapping.u64(bytes.length - 8), 2 ** 64, "the largest, which loses its low bits");
      mapping.close();
      await handle.close();
    },
  },
  {
    name: "setU64 stores big-endian numbers, no byte beside them, and all in the file after flush",
    async run(fs, directory) {
      const expected = pattern(3 + 24 * U64_SAMPLES.length);
      const handle = await newFile(fs, `${directory}/a`, expected);
      const mapping = handle.map(expected.length, WRITE);
      const data = new DataView(expected.buffer);
      U64_SAMPLES.forEach((value, i) => {
        mapping.setU64(3 + 24 * i, value);
        data.setBigUint64(3 + 24 * i, BigInt(value));
      });
      expectBytes(mapping.view(0, expected.length), expected, "through the mapping, unflushed");
      mapping.flush();
      expectBytes(await contentOf(handle), expected, "through the handle, flushed");
      mapping.flush();
      mapping.close();
      await handle.sync();
      await handle.close();
      const again = await fs.open(`${directory}/a`, READ);
      expectBytes(await contentOf(again), expected, "opened again");
      await again.close();
    },
  },
  {
    name: "stores one after another, over each other, and back and forth show at once and last",
    async run(fs, directory) {
      const expected = new Uint8Array(100_000);
      const handle = await newFile(fs, `${directory}/a`, expected);
      const mapping = handle.map(expected.length, WRITE);
      const data = new DataView(expected.buffer);
      const store = (position: number, value: number): void => {
        mapping.setU64(position, value);
        data.setBigUint64(position, BigInt(value));
        expectEqual(mapping.u64(position), value, `the number at ${position}`);
      };
      for (let i = 0; i < 10_000; i += 1) store(i * 8, i * 1_000_003);
      for (let i = 0; i < 2_000; i += 1) store((i * 7919) % 99_992, i * 2 ** 33);
      for (const position of [500, 504, 508, 496, 500, 99_992, 0]) store(position, 2 ** 52);
      expectBytes(mapping.view(490, 40), expected.subarray(490, 530), "across stored ranges");
      mapping.flush();
      expectBytes(await contentOf(handle), expected, "the file");
      mapping.close();
      await handle.close();
    },
  },
  {
    name: "what handles write after the mapping was made shows through it",
    async run(fs, directory) {
      const handle = await newFile(fs, `${directory}/a`, new Uint8Array(10_000));
      const other = await fs.open(`${directory}/a`, WRITE);
      const mappings = [handle.map(10_000, READ), handle.map(10_000, WRITE)];
      for (const mapping of mappings) mapping.view(0, 10_000);
      await other.write([bytesOf("\0\0\0\0\0\0\x01\x02")], 5000);
      await handle.write([bytesOf("grown")], 10_000);
      handle.allocate(0, 8);
      for (const mapping of mappings) {
        expectEqual(mapping.u64(5000), 258, "a number");
        expectBytes(mapping.view(5006, 2), Uint8Array.of(1, 2), "a view");
        expectEqual(mapping.length, 10_000, "length, after the file has grown");
        mapping.close();
      }
      await other.close();
      await handle.close();
    },
  },
  {
    name: "what one mapping stores shows through another after flush, and through other handles",
    async run(fs, directory) {
      const handle = await newFile(fs, `${directory}/a`, new Uint8Array(4096));
      const reader = await fs.open(`${directory}/a`, READ);
      const stored = handle.map(4096, WRITE);
      const seen = reader.map(4096, READ);
      for (const value of [1, 2 ** 50]) {
        stored.setU64(4088, value);
        stored.flush();
        expectEqual(seen.u64(4088), value, "through a mapping of another handle");
        const target = new Uint8Array(8);
        reader.read(target, 4088);
        expectEqual(new DataView(target.buffer).getBigUint64(0), BigInt(value), "through a handle");
      }
      for (const mapping of [stored, seen]) mapping.close();
      await handle.close();
      await reader.close();
    },
  },
  {
    name: "looks and stores outside the mapping are a RangeError, and store nothing",
    async run(fs, directory) {
      const handle = await newFile(fs, `${directory}/a`, bytesOf("0123456789abcdef"));
      const mapping = handle.map(12, WRITE);
      for (const position of [-1, -8, 5, 12, 1.5, Number.NaN, 2 ** 32, 2 ** 53]) {
        await expectRangeError(() => mapping.u64(position), `u64 at ${position}`);
        await expectRangeError(() => mapping.setU64(position, 1), `setU64 at ${position}`);
      }
      for (const [position, length] of [
        [0, 13],
        [13, 0],
        [12, 1],
        [-1, 1],
        [4, -1],
        [0.5, 1],
        [0, 0.5],
        [2 ** 32, 1],
        [0, 2 ** 32],
      ] as const) {
        const view = () => mapping.view(position, length);
        await expectRangeError(view, `a view of ${length} at ${position}`);
      }
      mapping.flush();
      expectBytes(await contentOf(handle), bytesOf("0123456789abcdef"), "the file");
      mapping.close();
      await handle.close();
    },
  },
  {
    name: "setU64 refuses a mapping for reading, and what is no safe integer from 0",
    async run(fs, directory) {
      const handle = await newFile(fs, `${directory}/a`, bytesOf("01234567"));
      const reading = handle.map(8, READ);
      await expectCode("ERR_SEGLOG_READ_ONLY", () => reading.setU64(0, 1), "a read mapping");
      reading.flush();
      const writing = handle.map(8, WRITE);
      for (const value of [-1, 0.5, Number.NaN, 2 ** 53, Infinity, "1", undefined] as number[]) {
        const store = () => writing.setU64(0, value);
        await expectCode("ERR_SEGLOG_INVALID_ARGUMENT", store, `value ${String(value)}`);
      }
      writing.flush();
      for (const mapping of [reading, writing]) mapping.close();
      expectBytes(await contentOf(handle), bytesOf("01234567"), "the file");
      await handle.close();
    },
  },
  {
    name: "a mapping stays when its file's name is removed or replaced",
    async run(fs, directory) {
      const handle = await newFile(fs, `${directory}/a`, bytesOf("01234567"));
      const mapping = handle.map(8, WRITE);
      await fs.remove(`${directory}/a`);
      const fresh = await newFile(fs, `${directory}/a`, bytesOf("fresh"));
      mapping.setU64(0, 7);
      mapping.flush();
      expectEqual(mapping.u64(0), 7, "through the mapping");
      expectBytes(await contentOf(fresh), bytesOf("fresh"), "the new file");
      mapping.close();
      await fresh.close();
      await handle.close();
    },
  },
  {
    name: "a mapping outlives its handle where it says so, and is CLOSED with it where it does not",
    async run(fs, directory) {
      const handle = await newFile(fs, `${directory}/a`, bytesOf("01234567"));
      const mapping = handle.map(8, WRITE);
      await handle.close();
      if (mapping.outlivesHandle) {
        mapping.setU64(0, 7);
        expectEqual(mapping.u64(0), 7, "through the mapping");
        expectBytes(mapping.view(7, 1), Uint8Array.of(7), "a view");
        mapping.flush();
        const again = await fs.open(`${directory}/a`, READ);
        expectBytes(await contentOf(again), Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 7), "the file");
        await again.close();
      } else {
        await expectCode("ERR_SEGLOG_CLOSED", () => mapping.u64(0), "u64");
        await expectCode("ERR_SEGLOG_CLOSED", () => mapping.setU64(0, 1), "setU64");
        await expectCode("ERR_SEGLOG_CLOSED", () => mapping.view(0, 1), "view");
      }
      mapping.close();
    },
  },
  {
    name: "a closed mapping is CLOSED, closes again, and leaves its handle and others alone",
    async run(fs, directory) {
      const handle = await newFile(fs, `${directory}/a`, bytesOf("01234567"));
      const [mapping, other] = [handle.map(8, WRITE), handle.map(8, WRITE)];
      mapping.close();
      mapping.close();
      const calls: [string, () => unknown][] = [
        ["u64", () => mapping.u64(0)],
        ["setU64", () => mapping.setU64(0, 1)],
        ["view", () => mapping.view(0, 1)],
        ["an empty view", () => mapping.view(0, 0)],
        ["flush", () => mapping.flush()],
      ];
      for (const [what, call] of calls) await expectCode("ERR_SEGLOG_CLOSED", call, what);
      other.setU64(0, 9);
      other.flush();
      other.close();
      expectBytes(await contentOf(handle), Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 9), "the file");
      await handle.truncate(0);
      await handle.close();
    },
  },
];
