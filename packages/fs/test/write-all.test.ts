import fc from "fast-check";
import { expect, test } from "vitest";
import { type WriteDevice, writeAll } from "../src/node/write-all.ts";

/** A device that takes as many bytes of each call as `takes` says, and keeps what it got. */
function deviceOf(takes: (asked: number) => number): WriteDevice & {
  readonly file: number[];
  readonly calls: { parts: number; position: number }[];
} {
  const file: number[] = [];
  const calls: { parts: number; position: number }[] = [];
  const put = (parts: Uint8Array[], position: number): number => {
    calls.push({ parts: parts.length, position });
    const bytes = parts.flatMap((part) => [...part]);
    const taken = takes(bytes.length);
    for (let i = 0; i < taken; i += 1) file[position + i] = bytes[i] as number;
    return taken;
  };
  return {
    path: "/device",
    file,
    calls,
    write: async (part, position) => put([part], position),
    writeVector: async (parts, position) => put(parts, position),
  };
}

test("a short write is continued where it stopped, inside a part or between two", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ maxLength: 9 }), { maxLength: 12 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 20 })),
      fc.integer({ min: 0, max: 50 }),
      async (parts, lengths, position) => {
        const device = deviceOf((asked) => Math.min(asked, lengths.next().value as number));
        await writeAll(device, parts, position);
        const expected = parts.flatMap((part) => [...part]);
        expect(device.file.slice(position)).toEqual(expected);
      },
    ),
  );
});

test("one part is one write, several are one vectored write, and no bytes are no call", async () => {
  const device = deviceOf((asked) => asked);
  await writeAll(device, [Uint8Array.of(1)], 0);
  await writeAll(device, [Uint8Array.of(1), new Uint8Array(0), Uint8Array.of(2, 3)], 1);
  await writeAll(device, [new Uint8Array(0)], 9);
  expect(device.calls).toEqual([
    { parts: 1, position: 0 },
    { parts: 2, position: 1 },
  ]);
});

test("more parts than the system takes in one call go in several", async () => {
  const device = deviceOf((asked) => asked);
  await writeAll(
    device,
    Array.from({ length: 2500 }, (_, i) => Uint8Array.of(i % 256)),
    0,
  );
  expect(device.calls.map(({ parts }) => parts)).toEqual([1024, 1024, 452]);
  expect(device.file).toEqual(Array.from({ length: 2500 }, (_, i) => i % 256));
});

test("a system that writes nothing is an error, not an endless loop", async () => {
  const failure = await writeAll(
    deviceOf(() => 0),
    [Uint8Array.of(1)],
    0,
  ).catch((error) => error);
  expect(failure).toMatchObject({ code: "ERR_SEGLOG_IO", context: { errno: "EIO" } });
});

test("the caller's list of parts is not changed", async () => {
  const parts = [Uint8Array.of(1, 2), Uint8Array.of(3, 4)];
  await writeAll(
    deviceOf(() => 1),
    parts,
    0,
  );
  expect(parts).toEqual([Uint8Array.of(1, 2), Uint8Array.of(3, 4)]);
});
