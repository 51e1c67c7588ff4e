import { availableMappers } from "@seglog/fs";
import type { Segment } from "@seglog/segment";
import { segmentCatalogConformance, segmentConformance } from "@seglog/segment/conformance";
import { describe, it, vi } from "vitest";
import {
  COMBINATIONS,
  harnessOf,
  type Mapper,
  memoryPlace,
  nodePlace,
  openCatalog,
  type Place,
} from "./places.ts";

vi.setConfig({ testTimeout: 60_000 }); // a busy machine is ten times slower

const MAPPERS = availableMappers() as Mapper[];

for (const [name, parts] of Object.entries(COMBINATIONS)) {
  describe(`${name}, on a disk in memory`, () => {
    const cases = segmentConformance(() => harnessOf(parts, memoryPlace));
    for (const { name: promise, run } of cases) it(promise, run);
  });
}

for (const mapper of MAPPERS) {
  const names = ["checked file store and mapped index", "plain file store and mapped index"];
  describe.each(names)(`%s, on the machine's disk, mapped by ${mapper}`, (name) => {
    const parts = COMBINATIONS[name] as (typeof COMBINATIONS)[string];
    const cases = segmentConformance(() => harnessOf(parts, () => nodePlace(mapper)));
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
    });
    for (const { name: promise, run } of cases) it(promise, run);
  });

  describe(`a catalog ${name}`, () => {
    const cases = segmentCatalogConformance(async () => {
      const place = await makePlace();
      return {
        open: () => openCatalog(place),
        openReadOnly: () => openCatalog(place, { readOnly: true }),
        locks: true,
        dispose: () => place.dispose(),
      };
    });
    for (const { name: promise, run } of cases) it(promise, run);
  });
}

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
