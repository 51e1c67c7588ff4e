import { createRequire } from "node:module";
import { checkOneOf, SeglogError } from "@seglog/errors";
import { loadKoffi } from "./koffi.ts";
import type { Mapper, MapperName } from "./mapper.ts";
import { loadMmapIo } from "./mmap-io.ts";
import { readThroughMapper } from "./read-through.ts";

type Loader = (require: NodeJS.Require) => Mapper;
type Outcome = { readonly mapper: Mapper } | { readonly failure: unknown };

/** The mappers of one `require`: each is loaded once, and one that fails is not tried again. */
export interface MapperRegistry {
  /** Names of those that load, the one that `"auto"` takes first. */
  available(): MapperName[];
  /** @throws ERR_SEGLOG_UNAVAILABLE where the one asked for by name does not load */
  choose(name: "auto" | MapperName): Mapper;
}

const CHOICES = ["auto", "mmap-io", "koffi", "read-through"] as const;
/** In the order in which they are preferred. */
const LOADERS: readonly (readonly [MapperName, Loader])[] = Object.freeze([
  ["mmap-io", loadMmapIo],
  ["koffi", loadKoffi],
  ["read-through", () => readThroughMapper],
] as const);

/** The mappers that this package can load. */
export const installedMappers: MapperRegistry = mapperRegistry(createRequire(import.meta.url));

/** Names of the mappers that load here, the one that `"auto"` takes first. */
export function availableMappers(): MapperName[] {
  return installedMappers.available();
}

export function mapperRegistry(require: NodeJS.Require): MapperRegistry {
  const outcomes = new Map<MapperName, Outcome>();
  const loads = ([name, loader]: readonly [MapperName, Loader]): boolean => {
    let outcome = outcomes.get(name);
    if (outcome === undefined) {
      outcome = attempt(loader, require);
      outcomes.set(name, outcome);
    }
    return "mapper" in outcome;
  };
  return {
    available: () => LOADERS.filter(loads).map(([name]) => name),
    choose(name) {
      checkOneOf("mapper", name, CHOICES);
      // stops at the first that loads: loading koffi for nothing would cost 5 to 10 ms
      const found = LOADERS.find((entry) => (name === "auto" || name === entry[0]) && loads(entry));
      const outcome = outcomes.get(found?.[0] ?? (name as MapperName));
      if (outcome !== undefined && "mapper" in outcome) return outcome.mapper;
      throw unavailable(name, outcome?.failure);
    },
  };
}

function attempt(loader: Loader, require: NodeJS.Require): Outcome {
  try {
    return { mapper: loader(require) };
  } catch (failure) {
    // not installed, or built for another Node or platform: kept for whoever asks for it by name
    return { failure };
  }
}

function unavailable(name: string, cause: unknown): SeglogError {
  const what = `the mapper ${name}`;
  const here = `${process.platform} ${process.arch}, Node ${process.version}`;
  const message = `${what} does not load on ${here}`;
  return new SeglogError("ERR_SEGLOG_UNAVAILABLE", message, { what }, { cause });
}
