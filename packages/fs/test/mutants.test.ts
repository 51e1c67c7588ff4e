import { SeglogError } from "@seglog/errors";
import { fileSystemConformance } from "@seglog/fs/conformance";
import { expect, test } from "vitest";
import { memoryFixture, twoCallFixture } from "./fixtures/file-systems.ts";
import { type Mutant, withHandles, withMappings, withMembers } from "./fixtures/mutants.ts";

const nameMutants: Mutant[] = [
  {
    name: "open ifMissing empties the file that is there",
    rejectedBy: "open ifMissing makes a file, and opens the one that is there with its bytes",
    decorate: (good) =>
      withMembers(good, {
        async open(path, options) {
          const handle = await good.open(path, options);
          if (options.create === "ifMissing") await handle.truncate(0);
          return handle;
        },
      }),
  },
  {
    name: "list sorts as a reader would",
    rejectedBy: "list gives every name once, in ascending order of UTF-16 code units",
    decorate: (good) =>
      withMembers(good, {
        list: async (directory) =>
          (await good.list(directory)).sort((a, b) => a.localeCompare(b, "en", { numeric: true })),
      }),
  },
  {
    name: "makeDirectory makes the last name only",
    rejectedBy: "makeDirectory makes missing parents, and keeps what is there the second time",
    decorate: (good) =>
      withMembers(good, {
        async makeDirectory(path, options) {
          await good.list(`${path}/..`);
          await good.makeDirectory(path, options);
        },
      }),
  },
  {
    name: "rename removes what is in the way first, even for a name that is not there",
    rejectedBy:
      "rename of nothing is NOT_FOUND and keeps the target; onto itself it changes nothing",
    decorate: (good) =>
      withMembers(good, {
        async rename(from, to) {
          if ((await good.stat(to))?.kind === "file") await good.remove(to);
          await good.rename(from, to);
        },
      }),
  },
  {
    name: "lock lets the same process in twice",
    rejectedBy:
      "lock makes its file; a second one in this process is LOCKED until the first is released",
    decorate: (good) =>
      withMembers(good, {
        lock: async (path, options) =>
          good.lock(path, options).catch(() => ({ release: async () => {} })),
      }),
  },
  {
    name: "a repeated release frees whoever holds the lock by then",
    rejectedBy:
      "release may be repeated, and does not give back a lock that another has taken since",
    decorate: (good) => {
      const held = new Map<string, () => Promise<void>>();
      return withMembers(good, {
        async lock(path, options) {
          const lock = await good.lock(path, options);
          held.set(path, () => lock.release());
          return { release: async () => held.get(path)?.() };
        },
      });
    },
  },
];

const handleMutants: Mutant[] = [
  {
    name: "write takes the parts of one system call only",
    rejectedBy: "write takes 3000 parts in one call",
    decorate: (good) =>
      withHandles(good, (handle) => ({
        write: (parts, position) =>
          handle.write(Array.isArray(parts) ? parts.slice(0, 1024) : parts, position),
      })),
  },
  {
    name: "write keeps the caller's buffers until the sync",
    rejectedBy: "write is done with the caller's buffers when it resolves",
    decorate: (good) =>
      withHandles(good, (handle) => {
        const staged: (() => Promise<void>)[] = [];
        return {
          async write(parts, position) {
            await handle.write(
              parts.map((part) => part.slice()),
              position,
            );
            staged.push(() => handle.write(parts, position));
          },
          async sync() {
            for (const write of staged.splice(0)) await write();
            await handle.sync();
          },
        };
      }),
  },
  {
    name: "read says that it filled the target at the end of the file too",
    rejectedBy:
      "read fills the target, stops only at the end, and leaves the rest of the target alone",
    decorate: (good) =>
      withHandles(good, (handle) => ({
        read(target, position) {
          handle.read(target, position);
          return target.length;
        },
      })),
  },
  {
    name: "allocate only makes the file long enough",
    rejectedBy:
      "allocate writes zeros over its range, extends the file to its end, and keeps the rest",
    decorate: (good) =>
      withHandles(good, (handle) => ({
        allocate(from, to) {
          const old = new Uint8Array(Math.max(0, to - from));
          const count = handle.read(old, from);
          handle.allocate(from, to);
          void handle.write([old.subarray(0, count)], from);
        },
      })),
  },
  {
    name: "a handle for reading may cut the file",
    rejectedBy: "a handle opened for reading refuses every call that writes, and changes nothing",
    decorate: (good) =>
      withHandles(good, (handle) => ({
        async truncate(size) {
          const writer = await good.open(handle.path, { access: "write" });
          await writer.truncate(size);
          await writer.close();
        },
      })),
  },
  {
    name: "size is remembered, and given after close",
    rejectedBy:
      "after close every member of a handle is CLOSED but its path, and close again resolves",
    decorate: (good) =>
      withHandles(good, (handle) => {
        let last = 0;
        return {
          size: () =>
            handle.size().then(
              (size) => {
                last = size;
                return size;
              },
              () => last,
            ),
        };
      }),
  },
];

const mappingMutants: Mutant[] = [
  {
    name: "a mapping is a copy made when the file was mapped",
    rejectedBy: "what handles write after the mapping was made shows through it",
    decorate: (good) =>
      withMappings(good, (mapping) => {
        const copy = mapping.view(0, mapping.length).slice();
        return { view: (position, length) => copy.subarray(position, position + length) };
      }),
  },
  {
    name: "numbers are stored in the machine's order of bytes",
    rejectedBy:
      "setU64 stores big-endian numbers, no byte beside them, and all in the file after flush",
    decorate: (good) =>
      withMappings(good, (mapping) => ({
        setU64(position, value) {
          mapping.setU64(position, value);
          mapping.view(position, 8).reverse();
        },
        u64: (position) =>
          Number(new DataView(mapping.view(position, 8).slice().buffer).getBigUint64(0, true)),
      })),
  },
  {
    name: "numbers have 32 bits",
    rejectedBy: "u64 reads big-endian numbers, exact to 2^53 - 1, at any position",
    decorate: (good) =>
      withMappings(good, (mapping) => ({ u64: (position) => mapping.u64(position) % 2 ** 32 })),
  },
  {
    name: "a view beyond the end is cut instead of refused",
    rejectedBy: "looks and stores outside the mapping are a RangeError, and store nothing",
    decorate: (good) =>
      withMappings(good, (mapping) => ({
        view: (position, length) =>
          mapping.view(position, Math.min(length, mapping.length - position)),
      })),
  },
  {
    name: "a mapping for reading takes stores",
    rejectedBy: "setU64 refuses a mapping for reading, and what is no safe integer from 0",
    decorate: (good) =>
      withHandles(good, (handle) => ({
        map: (length) => handle.map(length, { access: "write" }),
      })),
  },
  {
    name: "stores that are not flushed are lost to the mapping itself",
    rejectedBy:
      "stores one after another, over each other, and back and forth show at once and last",
    decorate: (good) =>
      withMappings(good, (mapping) => {
        let staged: [number, number][] = [];
        return {
          setU64: (position, value) => void staged.push([position, value]),
          flush() {
            for (const [position, value] of staged) mapping.setU64(position, value);
            staged = [];
            mapping.flush();
          },
        };
      }),
  },
];

test.each([...nameMutants, ...handleMutants, ...mappingMutants])(
  "the kit rejects: $name",
  async ({ rejectedBy, decorate }) => {
    const kit = fileSystemConformance(() => memoryFixture(decorate));
    const named = kit.find(({ name }) => name === rejectedBy);
    expect(named?.name).toBe(rejectedBy);
    await expect(named?.run()).rejects.toThrow();
  },
);

// what the system tells of the descriptor, others' bytes included, told as if it were of these alone
test.each([
  [
    "as a failed durable write",
    (error: SeglogError<"ERR_SEGLOG_IO">) =>
      new SeglogError("ERR_SEGLOG_IO", error.message, {
        ...error.context,
        operation: "writeDurably",
      }),
  ],
  ["not at all", () => undefined],
])("the kit rejects: tells the failed sync of a durable write %s", async (_, told) => {
  const kit = fileSystemConformance(
    () =>
      twoCallFixture((good) =>
        withHandles(good, (handle) => ({
          async writeDurably(parts, position) {
            const failure = await handle.writeDurably(parts, position).then(
              () => undefined,
              (error: SeglogError<"ERR_SEGLOG_IO">) => told(error),
            );
            if (failure !== undefined) throw failure;
          },
        })),
      ),
    { failsSyncs: true },
  );
  const named = kit.find(({ name }) => name.startsWith("a durable write whose sync fails"));
  await expect(named?.run()).rejects.toThrow(/writeDurably of 1/);
});
