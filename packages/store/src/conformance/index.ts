import { checkTraits } from "@seglog/errors";
import { appendCases, type StoreCases } from "./append-cases.ts";
import { DURABILITY_CASES, END_CASES, type PlaceCases, REOPEN_CASES } from "./end-cases.ts";
import { FOLLOW_CASES } from "./follow-cases.ts";
import type { ConformanceCase, StorePlaceFactory, StoreTraits } from "./harness.ts";
import { READ_CASES } from "./read-cases.ts";

export type { ConformanceCase, StorePlace, StorePlaceFactory, StoreTraits } from "./harness.ts";

/**
 * The promises of `Store`, each as a case that any implementation, or decorator, must pass.
 * Positions are only compared, never calculated with: they rise, and the next one is `size`.
 *
 * @throws ERR_SEGLOG_INVALID_ARGUMENT  an unknown trait
 */
export function storeConformance(
  factory: StorePlaceFactory,
  traits: StoreTraits = {},
): ConformanceCase[] {
  checkTraits(traits, {
    persistent: "boolean",
    follows: "boolean",
    durable: "boolean",
    recordBytesMax: "integer",
    stagedBytesMax: "integer",
  });
  return [
    ...fromStores(factory, appendCases(traits)),
    ...fromStores(factory, READ_CASES),
    ...fromStores(factory, END_CASES),
    ...(traits.persistent === true ? fromPlaces(factory, REOPEN_CASES) : []),
    ...(traits.follows === true ? fromPlaces(factory, FOLLOW_CASES) : []),
    ...(traits.durable === true ? fromPlaces(factory, DURABILITY_CASES) : []),
  ];
}

function fromStores(factory: StorePlaceFactory, cases: StoreCases): ConformanceCase[] {
  const places = Object.entries(cases).map(([name, run]): [string, PlaceCases[string]] => [
    name,
    async (place) => {
      const store = await place.open();
      try {
        await run(store);
      } finally {
        await store.close();
      }
    },
  ]);
  return fromPlaces(factory, Object.fromEntries(places));
}

function fromPlaces(factory: StorePlaceFactory, cases: PlaceCases): ConformanceCase[] {
  return Object.entries(cases).map(([name, run]) => ({
    name,
    run: async () => {
      const place = await factory();
      try {
        await run(place);
      } finally {
        await place.dispose();
      }
    },
  }));
}
