import { type FileSystem, memoryFileSystem } from "@seglog/fs";
import { inspectStore, type OpenFileStoreOptions, openFileStore } from "@seglog/store";
import { describe, expect, test } from "vitest";
import { fileContent, putContent } from "./places.ts";

const PATH = "/log/a.store";

describe("the id of a log", () => {
  test.each([0, 1, 0x10c01ded, 2 ** 32 - 1])(
    "%i is in bytes 24 to 27 of the header",
    async (id) => {
      const fs = await stored({ logId: id });
      const content = await fileContent(fs, PATH);
      expect(new DataView(content.buffer, content.byteOffset).getUint32(24)).toBe(id);
      const store = await inspectStore({ fs, path: PATH });
      expect(store.header).toMatchObject({ kind: "good", header: { logId: id } });
      await store.close();
    },
  );

  test("is 0 where nobody says it", async () => {
    const content = await fileContent(await stored({}), PATH);
    expect([...content.subarray(24, 28)]).toEqual([0, 0, 0, 0]);
  });

  test.each([
    ["crashed", "write"],
    ["closed", "write"],
    ["sealed", "write"],
    ["crashed", "read"],
    ["sealed", "read"],
  ] as const)("is compared at %s ends, opened to %s", async (end, access) => {
    const fs = await stored({ logId: 7 });
    const before = await fileContent(fs, PATH);
    const how = { fs, path: PATH, end, access, create: "never" } as const;
    await expect(openFileStore({ ...how, logId: 8 })).rejects.toMatchObject({
      code: "ERR_SEGLOG_CORRUPT",
      message: `${PATH} belongs to another log`,
      context: { path: PATH },
    });
    expect(await fileContent(fs, PATH)).toEqual(before);
    await (await openFileStore({ ...how, logId: 7 })).close();
  });

  test("0 is that of any log, in the file and in what is asked", async () => {
    for (const [stands, asked] of [
      [7, 0],
      [0, 7],
      [7, undefined],
    ] as const) {
      const fs = await stored({ logId: stands });
      const how = asked === undefined ? {} : { logId: asked };
      await (await openFileStore({ fs, path: PATH, ...how })).close();
    }
  });

  test("is written where a file's making was cut short", async () => {
    const fs = memoryFileSystem();
    await fs.makeDirectory("/log");
    await putContent(fs, PATH, new Uint8Array(40));
    await (await openFileStore({ fs, path: PATH, logId: 7 })).close();
    await expect(openFileStore({ fs, path: PATH, logId: 8 })).rejects.toThrow("another log");
  });

  test.each([-1, 0.5, 2 ** 32])("%f is refused, and nothing is made", async (logId) => {
    const fs = memoryFileSystem();
    await fs.makeDirectory("/log");
    await expect(openFileStore({ fs, path: PATH, logId })).rejects.toMatchObject({
      code: "ERR_SEGLOG_INVALID_ARGUMENT",
    });
    expect(await fs.list("/log")).toEqual([]);
  });
});

describe("the id in a damaged header", () => {
  test.each([
    ["that the checksum proves is kept", 13, 7],
    ["that is damaged itself is not believed", 24, 0],
    ["beside a damaged checksum is not believed", 28, 0],
  ])("%s", async (_name, at, logId) => {
    for (const frameFormat of ["checked", "plain"] as const) {
      // no checksum tells the salt of plain frames, and none needs it
      if (frameFormat === "plain" && at === 13) continue;
      const fs = await stored({ logId: 7, frameFormat });
      const content = await fileContent(fs, PATH);
      content[at] = (content[at] as number) ^ 0x55;
      await putContent(fs, PATH, content);
      const store = await inspectStore({ fs, path: PATH });
      expect(await store.proveHeader(3, () => true)).toMatchObject({ frameFormat, logId });
      await store.close();
    }
  });
});

/** A disk with a closed store of two records. */
async function stored(options: Partial<OpenFileStoreOptions>): Promise<FileSystem> {
  const fs = memoryFileSystem();
  await fs.makeDirectory("/log");
  const store = await openFileStore({ fs, path: PATH, baseOffset: 3, ...options });
  store.append(Uint8Array.of(1, 2, 3));
  store.append(new Uint8Array(100));
  await store.close();
  return fs;
}
