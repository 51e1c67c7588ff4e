import { type FileSystem, memoryFileSystem } from "@seglog/fs";
import { copyStore, type InspectedEnd, inspectStore, openFileStore } from "@seglog/store";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { fileContent, putContent } from "./places.ts";

vi.setConfig({ testTimeout: 60_000 }); // a busy machine is ten times slower

const PATH = "/a.store";

interface Frame {
  readonly position: number;
  readonly frameBytes: number;
}

interface Made {
  readonly fs: FileSystem;
  readonly frames: readonly Frame[];
}

/** A closed store of these payloads. */
async function made(
  payloads: readonly Uint8Array[],
  { frameFormat = "checked" as "checked" | "plain", syncEach = true } = {},
): Promise<Made> {
  const fs = memoryFileSystem();
  const random = (): number => 0x1234567;
  const store = await openFileStore({ fs, path: PATH, frameFormat, baseOffset: 5, random });
  const frames: Frame[] = [];
  for (const payload of payloads) {
    frames.push({ position: store.append(payload), frameBytes: 8 + payload.length });
    if (syncEach) await store.sync();
  }
  await store.close();
  return { fs, frames };
}

/** Everything that a walk shows. */
async function seen(fs: FileSystem): Promise<{
  readonly frames: readonly Frame[];
  readonly bad: readonly { from: number; to: number; last: boolean }[];
  readonly end: InspectedEnd | undefined;
  readonly kind: string;
}> {
  const frames: Frame[] = [];
  const bad: { from: number; to: number; last: boolean }[] = [];
  const store = await inspectStore({ fs, path: PATH });
  const { kind } = store.header;
  const visitor = {
    frame({ position, frameBytes }: Frame) {
      frames.push({ position, frameBytes });
      return true;
    },
    bad(span: { from: number; to: number; last: boolean }) {
      bad.push(span);
      return undefined;
    },
    turn: () => {},
  };
  const end =
    store.header.kind === "good"
      ? await store.walk(visitor, { header: store.header.header })
      : undefined;
  await store.close();
  return { frames, bad, end, kind };
}

async function change(fs: FileSystem, by: (bytes: Uint8Array) => Uint8Array): Promise<void> {
  const bytes = await fileContent(fs, PATH);
  await putContent(fs, PATH, by(bytes));
}

const payloads = fc.array(fc.uint8Array({ maxLength: 60 }), { minLength: 1, maxLength: 12 });

describe("a walk", () => {
  test("shows every frame that is whole and each stretch that is not, whatever was damaged", async () => {
    const damage = fc.array(
      fc.record({ at: fc.nat(2000), xor: fc.integer({ min: 1, max: 255 }) }),
      {
        minLength: 1,
        maxLength: 6,
      },
    );
    await fc.assert(
      fc.asyncProperty(payloads, damage, async (all, hits) => {
        const { fs, frames } = await made(all);
        const before = await fileContent(fs, PATH);
        await change(fs, (bytes) => {
          for (const { at, xor } of hits) {
            const p = 32 + (at % (bytes.length - 32));
            bytes[p] = (bytes[p] as number) ^ xor;
          }
          return bytes;
        });
        const after = await fileContent(fs, PATH);
        const whole = frames.filter(({ position, frameBytes }) => {
          const [from, to] = [32 + position, 32 + position + frameBytes];
          return Buffer.compare(before.subarray(from, to), after.subarray(from, to)) === 0;
        });
        const found = await seen(fs);
        expect(found.frames).toEqual(whole);
        let position = 0;
        const parts = [
          ...found.frames.map((f) => ({ from: f.position, to: f.position + f.frameBytes })),
          ...found.bad,
        ].toSorted((a, b) => a.from - b.from);
        for (const { from, to } of parts) {
          expect(from).toBe(position);
          position = to;
        }
      }),
      { numRuns: 150 },
    );
  });

  test("finds a frame of 3 MiB, and one behind it when that is damaged", async () => {
    const large = new Uint8Array(3 * 2 ** 20).fill(0x81);
    const { fs, frames } = await made([new Uint8Array(5), large, new Uint8Array(9)]);
    expect((await seen(fs)).frames).toEqual(frames);
    await change(fs, (bytes) => bytes.fill(0, 2_000_000, 2_000_001));
    const found = await seen(fs);
    expect(found.frames).toEqual([frames[0], frames[2]]);
    expect(found.bad).toEqual([{ from: 13, to: frames[2]?.position, last: false }]);
  });

  test("tells what opening would make of the end", async () => {
    const all = Array.from({ length: 8 }, (_, i) => new Uint8Array(20).fill(i));
    const verdictOf = async (by: (bytes: Uint8Array) => Uint8Array, syncEach = true) => {
      const { fs } = await made(all, { syncEach });
      await change(fs, by);
      const { end } = await seen(fs);
      const opening = openFileStore({ fs, path: PATH }).then(
        async (store) => {
          await store.close();
          return "opened";
        },
        () => "refused",
      );
      expect(await opening).toBe(end?.verdict === "corrupt" ? "refused" : "opened");
      return end?.verdict;
    };
    expect(await verdictOf((bytes) => bytes)).toBe("keep");
    expect(await verdictOf((bytes) => Buffer.concat([bytes, new Uint8Array(99)]))).toBe("keep");
    expect(await verdictOf((bytes) => bytes.slice(0, -3))).toBe("cut");
    expect(await verdictOf((bytes) => bytes.fill(99, 50, 51))).toBe("corrupt");
    expect(await verdictOf((bytes) => bytes.fill(99, 50, 51), false)).toBe("cut");
  });

  test.each([
    ["of nothing", () => new Uint8Array(), "unfinished"],
    ["of zeros", () => new Uint8Array(500), "unfinished"],
    ["of other bytes", () => new Uint8Array(500).fill(7), "bad"],
    ["with a damaged header", (bytes: Uint8Array) => bytes.fill(1, 20, 21), "bad"],
  ])("a file %s is told", async (_name, by, kind) => {
    const { fs } = await made([new Uint8Array(3)]);
    await change(fs, by);
    expect((await seen(fs)).kind).toBe(kind);
  });
});

describe("a header that is gone", () => {
  const prove = async (fs: FileSystem, isFirst = false): Promise<unknown> => {
    const store = await inspectStore({ fs, path: PATH });
    try {
      return await store.proveHeader(5, () => isFirst);
    } finally {
      await store.close();
    }
  };
  const header = { frameFormat: "checked", salt: 0x1234567, baseOffset: 5, logId: 0 };
  const two = [new Uint8Array(100).fill(3), new Uint8Array(7)];

  test("is proven by two frames, the second of which is valid with the salt of the first", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), async (payload) => {
        const { fs } = await made([payload, new Uint8Array(3)]);
        await change(fs, (bytes) => bytes.fill(0, 0, 32));
        expect(await prove(fs)).toEqual(header);
      }),
      { numRuns: 50 },
    );
  });

  test("is not proven by one frame, which is valid with the salt that it tells, damaged or not", async () => {
    const { fs } = await made([two[0] as Uint8Array]);
    await change(fs, (bytes) => bytes.fill(0, 0, 32));
    expect(await prove(fs, true)).toBeUndefined();
  });

  test("is not proven by a damaged frame and a whole one", async () => {
    const { fs } = await made(two);
    await change(fs, (bytes) => bytes.fill(0, 0, 41));
    expect(await prove(fs)).toBeUndefined();
  });

  test("is proven by the salt that is left, wherever whole frames are", async () => {
    const { fs } = await made([...two, ...two]);
    await change(fs, (bytes) => bytes.fill(0, 3, 4).fill(0, 60, 61));
    expect(await prove(fs)).toEqual(header);
  });

  test("of plain frames is proven where they end with the file, and the first is the right one", async () => {
    const { fs } = await made(two, { frameFormat: "plain" });
    await change(fs, (bytes) => bytes.fill(0, 0, 1));
    expect(await prove(fs, true)).toMatchObject({ frameFormat: "plain" });
    expect(await prove(fs, false)).toBeUndefined();
  });
});

describe("a copy", () => {
  test.each(["checked", "plain"] as const)(
    "of %s frames has others where it was told, and the same bytes elsewhere",
    async (frameFormat) => {
      const all = Array.from({ length: 5 }, (_, i) => new Uint8Array(30).fill(i + 1));
      const { fs, frames } = await made(all, { frameFormat });
      const from = frames[1]?.position as number;
      const to = frames[3]?.position as number;
      const end = 5 * 38;
      const head = Uint8Array.of(9, 9);
      const fill = [
        { head: new Uint8Array(), payloadBytes: 0, generation: 1 },
        { head, payloadBytes: to - from - 16, generation: 2 },
      ];
      const header = { frameFormat, salt: 0x1234567, baseOffset: 5, logId: 0 };
      await copyStore({
        fs,
        from: PATH,
        to: "/b",
        header,
        spans: [{ from, to, frames: fill }],
        end,
      });
      const [old, copy] = [await fileContent(fs, PATH), await fileContent(fs, "/b")];
      expect(copy.length).toBe(old.length);
      expect(copy.subarray(0, 32 + from)).toEqual(old.subarray(0, 32 + from));
      expect(copy.subarray(32 + to)).toEqual(old.subarray(32 + to));
      const store = await openFileStore({ fs, path: "/b", access: "read" });
      expect(store.read(from)).toEqual(new Uint8Array());
      expect(store.read(from + 8).subarray(0, 3)).toEqual(Uint8Array.of(9, 9, 0));
      expect(store.read(to)).toEqual(all[3]);
      await store.close();
    },
  );
});
