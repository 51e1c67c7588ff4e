import { availableMappers, type NodeFileSystemOptions } from "@seglog/fs";
import { memoryStore } from "@seglog/store";
import { storeConformance } from "@seglog/store/conformance";
import { describe, expect, test } from "vitest";
import { compressedStore } from "./compressed-store.ts";
import { memoryPlace, nodePlace, type StoreOptions } from "./places.ts";

const LIMITS = { recordBytesMax: 4 * 2 ** 20, stagedBytesMax: 64 * 1024 };

describe("memoryStore", () => {
  const place = async () => ({
    open: async () => memoryStore({ recordBytesMax: LIMITS.recordBytesMax }),
    dispose: async () => undefined,
  });
  for (const { name, run } of storeConformance(place, { recordBytesMax: LIMITS.recordBytesMax })) {
    test(name, run);
  }
});

const VARIANTS: Readonly<Record<string, StoreOptions>> = {
  "checked frames": {},
  "checked frames in blocks of 4 KiB, not preallocated": { bufferBytes: 4096, preallocate: false },
  "plain frames": { frameFormat: "plain" },
};

for (const [variant, options] of Object.entries(VARIANTS)) {
  describe(`file store, ${variant}, on a disk in memory`, () => {
    const place = () => memoryPlace({ ...options, recordBytesMax: LIMITS.recordBytesMax });
    const traits = {
      recordBytesMax: LIMITS.recordBytesMax,
      persistent: true,
      durable: true,
      follows: true,
    };
    for (const { name, run } of storeConformance(place, traits)) test(name, run);
  });
}

describe("file store with a small stage", () => {
  const place = () => memoryPlace({ stagedBytesMax: LIMITS.stagedBytesMax });
  const cases = storeConformance(place, { stagedBytesMax: LIMITS.stagedBytesMax });
  for (const { name, run } of cases) if (/staged|batch|copies/.test(name)) test(name, run);
});

for (const mapper of availableMappers() as NonNullable<NodeFileSystemOptions["mapper"]>[]) {
  describe(`file store on the machine's disk, mapped by ${mapper}`, () => {
    const traits = { persistent: true, follows: true };
    for (const { name, run } of storeConformance(() => nodePlace(mapper), traits)) {
      test(name, run);
    }
  });
}

describe("a decorator that compresses", () => {
  const place = async () => {
    const inner = await memoryPlace();
    return {
      ...inner,
      open: async () => compressedStore(await inner.open()),
      openReader: async () => compressedStore(await (inner.openReader as typeof inner.open)()),
    };
  };
  const traits = { persistent: true, durable: true, follows: true };
  for (const { name, run } of storeConformance(place, traits)) {
    test(name, run);
  }
});

test("a place that cannot lose its power fails each case of durability", async () => {
  const place = async () => {
    const { open, dispose } = await memoryPlace();
    return { open, dispose };
  };
  const without = new Set(storeConformance(place).map(({ name }) => name));
  const cases = storeConformance(place, { durable: true }).filter(({ name }) => !without.has(name));
  expect(cases.length).toBeGreaterThan(0);
  for (const { run } of cases) await expect(run()).rejects.toThrow("the place has no powerCut");
});

test("the kit refuses a trait that it does not know, when it is called", () => {
  expect(() => storeConformance(memoryPlace, { powrCut: true } as object)).toThrow(
    /traits\.powrCut must be absent: the known options are persistent, follows, durable, /,
  );
});
