import { hasCode } from "@seglog/errors";
import { openFileStore, type Store } from "@seglog/store";
import { describe, expect, test } from "vitest";
import { type Fault, faultyFileSystem } from "./faulty.ts";

const PATH = "/a.store";
const bytes = (text: string): Uint8Array => Buffer.from(text);
const open = (
  disk: ReturnType<typeof faultyFileSystem>,
  preallocate: boolean = false,
): Promise<Store> => openFileStore({ fs: disk.fs, path: PATH, preallocate });
const textAt = (store: Store, position: number): string =>
  Buffer.from(store.read(position)).toString();

const FAULTS: Readonly<Record<string, Fault>> = {
  "a failed write": { operation: "write" },
  "a short write": { operation: "write", writtenBytes: 11 },
  "a failed sync": { operation: "sync" },
};

/** Of the one call that a sync makes where all before it is durable. */
const DURABLE_FAULTS: Readonly<Record<string, Fault>> = {
  "a failed durable write": { operation: "writeDurably" },
  "a short durable write": { operation: "writeDurably", writtenBytes: 11 },
};

/** A sync that meets `fault`: of what was written before it, if that has a call of its own. */
async function syncInto(fault: Fault, store: Store): Promise<void> {
  if (fault.operation !== "writeDurably") await store.flush();
  await store.sync();
}

async function keepsWhatWasDurable(fault: Fault, isAhead: boolean): Promise<void> {
  const disk = faultyFileSystem();
  const store = await open(disk, isAhead);
  const first = store.append(bytes("durable"));
  await store.sync();
  disk.fault = { ...fault };
  store.append(bytes("lost"));
  const error = await syncInto(fault, store).catch((e: unknown) => e);
  expect(hasCode(error, "ERR_SEGLOG_IO")).toBe(true);

  const poisoned = { code: "ERR_SEGLOG_POISONED", cause: error, context: { path: PATH } };
  expect(() => store.append(bytes("more"))).toThrow(expect.objectContaining(poisoned));
  for (const call of [() => store.sync(), () => store.flush(), () => store.truncate(0)]) {
    await expect(call()).rejects.toMatchObject(poisoned);
  }
  expect(textAt(store, first)).toBe("durable");
  const syncs = disk.calls.length;
  await store.close();
  expect(disk.calls.length, "close of a poisoned store writes and syncs nothing").toBe(syncs);
  expect(() => store.read(first)).toThrow(expect.objectContaining({ code: "ERR_SEGLOG_CLOSED" }));

  const again = await open(disk, isAhead);
  expect(textAt(again, first)).toBe("durable");
  const second = again.append(bytes("again"));
  await again.sync();
  expect(textAt(again, second)).toBe("again");
  await again.close();
}

describe.each(Object.entries(DURABLE_FAULTS))("%s", (_name, fault) => {
  test("over blocks written ahead rejects, poisons, and keeps what was durable", () =>
    keepsWhatWasDurable(fault, true));
});

describe.each(Object.entries({ ...FAULTS, ...DURABLE_FAULTS }))("%s", (_name, fault) => {
  test("rejects who waits, poisons what follows, and keeps what was durable", () =>
    keepsWhatWasDurable(fault, false));

  test("of two syncs that overlap neither resolves if its bytes were not synced", async () => {
    const disk = faultyFileSystem();
    const store = await open(disk);
    disk.fault = { ...fault };
    store.append(bytes("one"));
    const first = syncInto(fault, store);
    await Promise.resolve();
    await Promise.resolve();
    store.append(bytes("two"));
    const results = await Promise.allSettled([first, store.sync(), store.flush()]);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    await store.close();
  });
});

describe.each(Object.entries(FAULTS))("%s", (_name, fault) => {
  test("fails a seal, after which no sync and no flush resolves", async () => {
    const disk = faultyFileSystem();
    const store = await open(disk);
    const first = store.append(bytes("durable"));
    await store.sync();
    disk.fault = { ...fault };
    store.append(bytes("lost"));
    const sealing = store.seal();
    const meanwhile = store.sync();
    const results = await Promise.allSettled([sealing, meanwhile]);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    const poisoned = { code: "ERR_SEGLOG_POISONED" };
    for (const call of [() => store.sync(), () => store.flush(), () => store.seal()]) {
      await expect(call()).rejects.toMatchObject(poisoned);
    }
    expect(() => store.append(bytes("x"))).toThrow(expect.objectContaining(poisoned));
    expect(textAt(store, first)).toBe("durable");
    await store.close();
  });

  test("in close rejects it, and the store is released all the same", async () => {
    const disk = faultyFileSystem();
    const store = await open(disk);
    store.append(bytes("one"));
    disk.fault = { ...fault };
    await expect(store.close()).rejects.toMatchObject({ code: "ERR_SEGLOG_IO" });
    expect(() => store.append(bytes("x"))).toThrow(/closed/);
  });
});

test("a failed truncate poisons", async () => {
  const disk = faultyFileSystem();
  const store = await open(disk);
  store.append(bytes("one"));
  disk.fault = { operation: "truncate" };
  await expect(store.truncate(0)).rejects.toMatchObject({ code: "ERR_SEGLOG_IO" });
  await expect(store.sync()).rejects.toMatchObject({ code: "ERR_SEGLOG_POISONED" });
  await store.close();
});

test("a refused truncate poisons nothing", async () => {
  const disk = faultyFileSystem();
  const store = await open(disk);
  store.append(bytes("one two three"));
  await expect(store.truncate(5)).rejects.toMatchObject({ code: "ERR_SEGLOG_CORRUPT" });
  await expect(store.truncate(99)).rejects.toMatchObject({ code: "ERR_SEGLOG_OUT_OF_RANGE" });
  store.append(bytes("more"));
  await store.sync();
  await store.close();
});

test("failed preallocation is no failure of an append", async () => {
  const disk = faultyFileSystem();
  const store = await openFileStore({ fs: disk.fs, path: PATH });
  disk.fault = { operation: "writeDurably", after: 1, writtenBytes: 10_000 };
  const position = store.append(bytes("one"));
  await store.sync();
  expect(disk.fault).toBeUndefined();
  for (let i = 0; i < 2000; i++) store.append(bytes("another ten"));
  await store.sync();
  expect(textAt(store, position)).toBe("one");
  await store.close();
  const again = await openFileStore({ fs: disk.fs, path: PATH, end: "closed" });
  expect(again.scan(0, { recordsMax: 9999, bytesMax: 2 ** 30 }).records).toHaveLength(2001);
  await again.close();
});
