import { type FileSystem, memoryFileSystem } from "@seglog/fs";
import { type FrameFormat, openFileStore, type Store } from "@seglog/store";
import { describe, expect, test, vi } from "vitest";
import { contentOf, fileContent, overridden, putContent, type StoreOptions } from "./places.ts";

vi.setConfig({ testTimeout: 60_000 }); // on a busy machine

const PATH = "/a.store";
const HEADER = 32;

interface Written {
  /** Of the file, preallocated zeros included. */
  readonly content: Uint8Array;
  readonly records: readonly string[];
  readonly positions: readonly number[];
}

/** Appends texts, syncing at "|", beginning a batch at "(" and ending it at ")". */
async function written(script: string, options: StoreOptions = {}): Promise<Written> {
  const fs = memoryFileSystem();
  const store = await openFileStore({ fs, path: PATH, random: () => 5, ...options });
  const records: string[] = [];
  const positions: number[] = [];
  let batchContinues = false;
  for (const token of script.split(" ")) {
    if (token === "|") await store.sync();
    else if (token === "~") await store.flush();
    else if (token === "(") batchContinues = true;
    else {
      if (token.endsWith(")")) batchContinues = false;
      records.push(token);
      positions.push(store.append(Buffer.from(token), { batchContinues }));
    }
  }
  await store.flush();
  positions.push(store.size);
  return { content: await fileContent(fs, PATH), records, positions };
}

async function opened(content: Uint8Array, options: StoreOptions = {}): Promise<Store> {
  const fs = memoryFileSystem();
  await putContent(fs, PATH, content);
  return openFileStore({ fs, path: PATH, ...options });
}

function textsOf(store: Store): string[] {
  const { records } = store.scan(0, { recordsMax: 10 ** 6, bytesMax: 2 ** 40 });
  return records.map((record) => Buffer.from(record).toString());
}

const big = (letter: string, length: number): string => letter.repeat(length);

describe.each<FrameFormat>(["checked", "plain"])(
  "a file cut anywhere, %s frames",
  (frameFormat) => {
    test("opens with a prefix, tells what was torn, and goes on", async () => {
      const options = { frameFormat, preallocate: false };
      const { content, records, positions } = await written("hello | world foo  | bar", options);
      for (let length = 0; length <= content.length; length++) {
        const store = await opened(content.subarray(0, length));
        const count = positions.filter((end) => HEADER + end <= length).length - 1;
        const kept = records.slice(0, Math.max(0, count));
        expect(textsOf(store), `cut to ${length}`).toEqual(kept);
        const end = positions[kept.length] as number;
        if (length >= HEADER) {
          const torn = content.subarray(HEADER + end, length);
          const lastByte = torn.findLastIndex((byte) => byte !== 0);
          expect(store.tornBytes, `cut to ${length}`).toBe(lastByte + 1);
        }
        expect(store.append(Buffer.from("next"))).toBe(end);
        await store.sync();
        expect(textsOf(store)).toEqual([...kept, "next"]);
        await store.close();
      }
    });
  },
);

describe("a power cut during a write", () => {
  const script = `first | second | ${big("a", 700)} b c ${big("d", 900)} ( e f ${big("g", 600)}) h`;

  test("any two sectors of it missing: what was synced is there, the rest a prefix", async () => {
    const { content, records } = await written(script, { preallocate: false });
    const synced = HEADER + 13 + 14;
    const sectors = Math.ceil(content.length / 512);
    for (let i = 0; i < sectors; i++) {
      for (let j = i; j < sectors; j++) {
        const torn = content.slice();
        for (const sector of [i, j]) {
          const from = Math.max(synced, sector * 512);
          torn.fill(0, from, Math.max(from, sector * 512 + 512));
        }
        const store = await opened(torn);
        const texts = textsOf(store);
        expect(texts).toEqual(records.slice(0, texts.length));
        expect(texts.length).toBeGreaterThanOrEqual(2);
        const batch = texts.filter((text) => /^(e|f|g+\))$/.test(text)).length;
        expect([0, 3]).toContain(batch);
        store.append(Buffer.from("next"));
        await store.sync();
        expect(textsOf(store)).toEqual([...texts, "next"]);
        await store.close();
      }
    }
  });

  test("a second crash after recovery is told from damage, too", async () => {
    const { content } = await written("a | b | c d", { preallocate: false });
    const fs = memoryFileSystem();
    await putContent(fs, PATH, content.subarray(0, content.length - 1));
    const store = await openFileStore({ fs, path: PATH });
    const from = HEADER + store.size;
    for (const text of ["eee", "fff", "ggg"]) store.append(Buffer.from(text));
    await store.flush();
    const again = await fileContent(fs, PATH);
    again.fill(0, from, from + 5);
    const last = await opened(again);
    expect(textsOf(last)).toEqual(["a", "b", "c"]);
    await last.close();
  });
});

describe("batches", () => {
  test("one without its end is dropped whole, also when it was synced", async () => {
    const { content } = await written("a ( b c | d ~ | e");
    const store = await opened(content);
    expect(textsOf(store)).toEqual(["a"]);
    expect(store.tornBytes).toBe(4 * 9);
    await store.close();
  });

  test("two in a row are told apart", async () => {
    const { content } = await written("( a b) ( c d) ( e f");
    const store = await opened(content);
    expect(textsOf(store)).toEqual(["a", "b)", "c", "d)"]);
    await store.close();
  });

  test("plain frames do not record them", async () => {
    const { content } = await written("a ( b c", { frameFormat: "plain" });
    const store = await opened(content);
    expect(textsOf(store)).toEqual(["a", "b", "c"]);
    await store.close();
  });
});

describe("truncate", () => {
  test("that cuts a batch in two keeps what stays, whenever the power goes", async () => {
    const inner = memoryFileSystem();
    const states: Uint8Array[] = [];
    const fs: FileSystem = {
      ...inner,
      mapper: inner.mapper,
      bootId: inner.bootId,
      watch: (directory, onChange) => inner.watch(directory, onChange),
      async open(path, options) {
        const handle = await inner.open(path, options);
        const note = async (): Promise<void> => void states.push(await contentOf(handle));
        return overridden(handle, {
          write: (parts, position) => handle.write(parts, position).then(note),
          truncate: (size) => handle.truncate(size).then(note),
          sync: () => handle.sync().then(note),
        });
      },
    };
    const store = await openFileStore({ fs, path: PATH, preallocate: false });
    const texts = ["a", "b", "c", "d"];
    const positions = texts.map((text, i) =>
      store.append(Buffer.from(text), { batchContinues: i < 3 }),
    );
    await store.sync();
    states.length = 0;
    await store.truncate(positions[2] as number);
    expect(states.length).toBe(4);
    for (const content of states) {
      const again = await opened(content);
      expect([texts, ["a", "b"]]).toContainEqual(textsOf(again));
      await again.close();
    }
    await store.close();
  });
});

describe("a reader beside a writer", () => {
  test("takes no frame for damage that was written while it looked", async () => {
    const { content } = await written("one | two | three |", { preallocate: false });
    const early = content.slice();
    early.fill(0, HEADER, HEADER + 11);
    const inner = memoryFileSystem();
    await putContent(inner, PATH, early);
    const fs: FileSystem = {
      ...inner,
      mapper: inner.mapper,
      bootId: inner.bootId,
      watch: (directory, onChange) => inner.watch(directory, onChange),
      async open(path, options) {
        const handle = await inner.open(path, options);
        let sizes = 0;
        return overridden(handle, {
          async size() {
            if (++sizes === 2) await putContent(inner, "/whole", content);
            const whole = await inner.open(sizes > 1 ? "/whole" : PATH, { access: "read" });
            return whole.size();
          },
          read(target, position) {
            const from = sizes > 1 ? content : early;
            target.set(from.subarray(position, position + target.length));
            return Math.min(target.length, from.length - position);
          },
        });
      },
    };
    const store = await openFileStore({ fs, path: PATH, access: "read" });
    expect(store.size).toBe(11 + 11 + 13);
    await store.close();
  });
});

describe("damage", () => {
  test("any bit behind which two syncs finished is CORRUPT, with path and position", async () => {
    const { content, positions } = await written("one two | three | four |");
    for (let bit = 8 * HEADER; bit < 8 * (HEADER + (positions[2] as number)); bit++) {
      const damaged = content.slice();
      damaged[bit >>> 3] = (damaged[bit >>> 3] as number) ^ (1 << (bit & 7));
      const position = bit >>> 3 < HEADER + (positions[1] as number) ? 0 : positions[1];
      await expect(opened(damaged), `bit ${bit}`).rejects.toMatchObject({
        code: "ERR_SEGLOG_CORRUPT",
        context: { path: PATH, position },
      });
    }
  });

  test("a file that CORRUPT was said of is not changed", async () => {
    const { content } = await written("one | two | three |");
    content[HEADER + 9] = 0;
    const fs = memoryFileSystem();
    await putContent(fs, PATH, content);
    await expect(openFileStore({ fs, path: PATH })).rejects.toThrow();
    expect(Buffer.compare(await fileContent(fs, PATH), content)).toBe(0);
  });

  test("random bytes of 4 MiB behind the frames are a torn tail, found in a few seconds", async () => {
    const { content } = await written("one | two |", { preallocate: false });
    const tail = new Uint32Array(2 ** 20);
    let state = 1;
    for (let i = 0; i < tail.length; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      tail[i] = state ^ (state << 13);
    }
    const store = await opened(Buffer.concat([content, new Uint8Array(tail.buffer)]));
    expect(textsOf(store)).toEqual(["one", "two"]);
    await store.close();
  });

  test("a valid frame behind much damage is found", async () => {
    const { content, positions } = await written(`a | ${big("b", 50_000)} | c | d |`);
    content.fill(0x91, HEADER + (positions[1] as number), HEADER + (positions[2] as number) - 3);
    await expect(opened(content)).rejects.toMatchObject({ code: "ERR_SEGLOG_CORRUPT" });
  });
});
