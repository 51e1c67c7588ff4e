import { availableMappers } from "@seglog/fs";
import type { Segment } from "@seglog/segment";
import { segmentCatalogConformance, segmentConformance } from "@seglog/segment/conformance";
import { describe, expect, it, vi } from "vitest";
import {
  COMBINATIONS,
  harnessOf,
  type Mapper,
  memoryPlace,
  nodePlace,
  openCatalog,
  type Parts,
  type Place,
} from "./places.ts";

vi.setConfig({ testTimeout: 60_000 }); // a busy machine is ten times slower

const PERSISTENT = { persistent: true };
const CATALOG_TRAITS = { follows: true, locks: true };
const MAPPERS = availableMappers() as Mapper[];

for (const [name, parts] of Object.entries(COMBINATIONS)) {
  describe(`${name}, on a disk in memory`, () => {
    const traits = { persistent: parts.reopens };
    const cases = segmentConformance(() => harnessOf(parts, memoryPlace), traits);
    for (const { name: promise, run } of cases) it(promise, run);
  });
}

for (const mapper of MAPPERS) {
  const names = ["checked file store and mapped index", "plain file store and mapped index"];
  describe.each(names)(`%s, on the machine's disk, mapped by ${mapper}`, (name) => {
    const parts = COMBINATIONS[name] as (typeof COMBINATIONS)[string];
    const cases = segmentConformance(() => harnessOf(parts, () => nodePlace(mapper)), PERSISTENT);
    for (const { name: promise, run } of cases) it(promise, run);
  });
}

for (const [name, makePlace] of places()) {
  describe(`segments of a catalog ${name}`, () => {
    const cases = segmentConformance(async () => {
      const place = await makePlace();
      const limits = { baseOffset: 0 };
      const open = async (): Promise<Segment> => {
        const catalog = await openCatalog(place, limitsOf(limits));
        try {
          const [there] = await catalog.list();
          return there === undefined
            ? await catalog.create(limits.baseOffset)
            : await catalog.open(there.baseOffset, { mode: "closed" });
        } finally {
          await catalog.close();
        }
      };
      return {
        open(request) {
          Object.assign(limits, request);
          return open();
        },
        reopen: open,
        dispose: () => place.dispose(),
      };
    }, PERSISTENT);
    for (const { name: promise, run } of cases) it(promise, run);
  });

  describe(`a catalog ${name}`, () => {
    const cases = segmentCatalogConformance(async () => {
      const place = await makePlace();
      return {
        open: () => openCatalog(place),
        openReadOnly: () => openCatalog(place, { readOnly: true }),
        dispose: () => place.dispose(),
      };
    }, CATALOG_TRAITS);
    for (const { name: promise, run } of cases) it(promise, run);
  });
}

describe("the kits", () => {
  const notRun = () => Promise.reject(new Error("not run"));
  const parts = COMBINATIONS["memory store and memory index"] as Parts;
  const inMemory = () => harnessOf(parts, memoryPlace);
  const place = { open: notRun, dispose: async () => {} };

  it("name each case once", () => {
    for (const cases of [
      segmentConformance(notRun, PERSISTENT),
      segmentCatalogConformance(notRun, CATALOG_TRAITS),
    ]) {
      expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
    }
  });

  it("refuse a trait that they do not know, when they are called", () => {
    expect(() => segmentConformance(notRun, { durable: true } as object)).toThrow(
      /traits\.durable must be absent: the known options are persistent/,
    );
    expect(() => segmentCatalogConformance(notRun, { lock: true } as object)).toThrow(
      /traits\.lock must be absent: the known options are follows, locks/,
    );
  });

  it("fail what a trait asks for where the harness cannot do it", async () => {
    const without = new Set(segmentConformance(inMemory).map(({ name }) => name));
    for (const { name, run } of segmentConformance(inMemory, PERSISTENT)) {
      if (!without.has(name)) await expect(run(), name).rejects.toThrow("no reopen");
    }
    const alone = async () => place;
    const lone = new Set(segmentCatalogConformance(alone).map(({ name }) => name));
    for (const { name, run } of segmentCatalogConformance(alone, { follows: true })) {
      if (!lone.has(name)) await expect(run(), name).rejects.toThrow("no openReadOnly");
    }
  });

  it("fail where a harness can do more than a trait asks for", async () => {
    const [first] = segmentConformance(async () => ({ ...(await inMemory()), reopen: notRun }));
    await expect(first?.run()).rejects.toMatchObject({ context: { name: "traits.persistent" } });
    const [one] = segmentCatalogConformance(async () => ({ ...place, openReadOnly: notRun }));
    await expect(one?.run()).rejects.toMatchObject({ context: { name: "traits.follows" } });
    const [old] = segmentCatalogConformance(async () =>
      Object.assign({ ...place }, { locks: true }),
    );
    await expect(old?.run()).rejects.toMatchObject({ context: { name: "traits.locks" } });
  });
});

function places(): [string, () => Promise<Place>][] {
  return [
    ["on a disk in memory", memoryPlace],
    ...MAPPERS.map((mapper): [string, () => Promise<Place>] => [
      `on the machine's disk, mapped by ${mapper}`,
      () => nodePlace(mapper),
    ]),
  ];
}

/** What a request asks beside its base offset. */
function limitsOf({ baseOffset: _, ...limits }: { baseOffset: number }): object {
  return limits;
}
