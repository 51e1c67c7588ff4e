import { memoryFileSystem } from "@seglog/fs";
import { openFileStore } from "@seglog/store";
import { expect, test } from "vitest";

const PATH = "/a.store";
const bytes = (text: string): Uint8Array => Buffer.from(text);

// a sealed store is opened again by its path, to be read: by then that may lead elsewhere
test.each(["another store", "the same, cut short"] as const)(
  "a writer that seals reads its own file where its path leads to %s",
  async (what) => {
    const fs = memoryFileSystem();
    const store = await openFileStore({ fs, path: PATH, preallocate: false });
    const position = store.append(bytes("mine"));
    await store.sync();
    if (what === "another store") {
      const other = await openFileStore({ fs, path: "/b.store", preallocate: false });
      other.append(bytes("them"));
      await other.close();
    } else {
      const ours = await fs.open(PATH, { access: "read" });
      const copy = new Uint8Array(await ours.size());
      ours.read(copy, 0);
      await ours.close();
      const cut = await fs.open("/b.store", { access: "write", create: "exclusive" });
      await cut.write([copy.subarray(0, -3)], 0);
      await cut.close();
    }
    await fs.rename("/b.store", PATH);
    await store.seal();
    // as often as it takes to be mapped
    for (let i = 0; i < 40; i++)
      expect(store.read(position)).toEqual(new Uint8Array(bytes("mine")));
    expect(store.scan(0, { recordsMax: 9, bytesMax: 1000 }).records).toHaveLength(1);
    await store.close();
  },
);
