import { openFileStore, type Store } from "@seglog/store";
import { describe, expect, test } from "vitest";
import { type FaultyFileSystem, faultyFileSystem } from "./faulty.ts";

const PATH = "/a.store";
const bytes = (text: string): Uint8Array => Buffer.from(text);
const textAt = (store: Store, position: number): string =>
  Buffer.from(store.read(position)).toString();

interface Short {
  readonly disk: FaultyFileSystem;
  readonly store: Store;
  /** Positions of a durable record, and of one that the disk had no room for. */
  readonly kept: number;
  readonly lost: number;
  readonly error: unknown;
}

/** The calls that may find no room, and how a store is brought to make them. */
const CALLS = Object.freeze({
  write: (store: Store) => store.flush(),
  writeDurably: (store: Store) => store.sync(),
});

/** Makes stores whose disk had no room for their second record. */
function shortBy(operation: keyof typeof CALLS): (errno?: string) => Promise<Short> {
  return async (errno = "ENOSPC") => {
    const disk = faultyFileSystem();
    const store = await openFileStore({ fs: disk.fs, path: PATH, preallocate: false });
    const kept = store.append(bytes("kept"));
    await store.sync();
    const lost = store.append(bytes("lost"));
    disk.fault = { operation, errno, writtenBytes: 9 };
    const error = await CALLS[operation](store).catch((e: unknown) => e);
    return { disk, store, kept, lost, error };
  };
}

describe.each(["write", "writeDurably"] as const)("a %s that the disk has no room for", (name) => {
  const runShort = shortBy(name);

  test.each(["ENOSPC", "EDQUOT", "EFBIG", "ENOMEM"])("%s is told with its code", async (errno) => {
    const { store, error } = await runShort(errno);
    const notWritten = { code: "ERR_SEGLOG_NOT_WRITTEN", context: { path: PATH, errno } };
    expect(error).toMatchObject(notWritten);
    expect(error).toMatchObject({ cause: { code: "ERR_SEGLOG_IO", context: { errno } } });
    expect(() => store.append(bytes("x"))).toThrow(expect.objectContaining(notWritten));
    for (const call of [() => store.sync(), () => store.flush(), () => store.seal()]) {
      await expect(call()).rejects.toMatchObject(notWritten);
    }
    await store.close();
  });

  test("leaves every record readable that was durable, and is over with a truncate", async () => {
    const { disk, store, kept, lost } = await runShort();
    expect(textAt(store, kept)).toBe("kept");
    await store.truncate(lost);
    expect(store.size).toBe(lost);
    const next = store.append(bytes("next"));
    expect(next, "the next record takes the place of the lost one").toBe(lost);
    await store.sync();
    await store.close();

    const again = await openFileStore({ fs: disk.fs, path: PATH, end: "closed" });
    expect([textAt(again, kept), textAt(again, next)]).toEqual(["kept", "next"]);
    await again.close();
  });

  test("cannot be ended by a truncate that keeps what is not in the file", async () => {
    const { store, lost } = await runShort();
    await expect(store.truncate(store.size)).rejects.toMatchObject({
      code: "ERR_SEGLOG_NOT_WRITTEN",
    });
    await store.truncate(lost);
    store.append(bytes("next"));
    await store.sync();
    await store.close();
  });

  test("rejects a truncate that was called before it, and changes nothing more", async () => {
    const { disk, store, lost } = await runShort();
    await store.truncate(lost);
    store.append(bytes("more"));
    disk.fault = { operation: name, errno: "ENOSPC" };
    const results = await Promise.allSettled([CALLS[name](store), store.truncate(store.size)]);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(store.size).toBeGreaterThan(lost);
    await store.truncate(0);
    expect(store.size).toBe(0);
    await store.close();
  });

  test("poisons where the truncate that is to end it fails", async () => {
    const { disk, store, kept, lost } = await runShort();
    disk.fault = { operation: "sync" };
    await expect(store.truncate(lost)).rejects.toMatchObject({ code: "ERR_SEGLOG_IO" });
    const poisoned = { code: "ERR_SEGLOG_POISONED" };
    await expect(store.truncate(lost)).rejects.toMatchObject(poisoned);
    expect(() => store.append(bytes("x"))).toThrow(expect.objectContaining(poisoned));
    expect(textAt(store, kept)).toBe("kept");
    await store.close();
  });

  test("leaves generations that recovery understands: a crash after it is no damage", async () => {
    const { disk, store, lost } = await runShort();
    await store.truncate(lost);
    for (const text of ["a", "b", "c", "d", "e"]) {
      store.append(bytes(text));
      await store.sync();
    }
    store.append(bytes("torn"));
    disk.fault = { operation: name, writtenBytes: 6 };
    await expect(CALLS[name](store)).rejects.toMatchObject({ code: "ERR_SEGLOG_IO" });
    const again = await openFileStore({ fs: disk.fs, path: PATH });
    expect(again.scan(0, { recordsMax: 100, bytesMax: 1000 }).records).toHaveLength(6);
    expect(again.tornBytes).toBeGreaterThan(0);
    await Promise.all([store.close(), again.close()]);
  });
});

test("a sync that finds no room is a failure of the sync, with whatever code", async () => {
  const disk = faultyFileSystem();
  const store = await openFileStore({ fs: disk.fs, path: PATH, preallocate: false });
  store.append(bytes("unknown"));
  await store.flush();
  disk.fault = { operation: "sync", errno: "ENOSPC" };
  await expect(store.sync()).rejects.toMatchObject({ code: "ERR_SEGLOG_IO" });
  await expect(store.truncate(0)).rejects.toMatchObject({ code: "ERR_SEGLOG_POISONED" });
  await store.close();
});
