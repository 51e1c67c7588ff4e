import { createRequire } from "node:module";
import { checkOneOf, SeglogError } from "@seglog/errors";
import { loadKoffi } from "./koffi.ts";
import type { Mapper, MapperName } from "./mapper.ts";
import { loadMmapIo } from "./mmap-io.ts";
import { readThroughMapper } from "./read-through.ts";

const CHOICES = ["auto", "mmap-io", "koffi", "read-through"] as const;
/** In the order in which they are preferred. */
const LOADERS: ReadonlyMap<MapperName, (require: NodeJS.Require) => Mapper> = new Map([
  ["mmap-io", loadMmapIo],
  ["koffi", loadKoffi],
  ["read-through", () => readThroughMapper],
] as const);
/** What each loader came to: an addon is loaded once, and a failure is not tried again. */
const outcomes: Map<MapperName, Outcome> = new Map();

type Outcome = { readonly mapper: Mapper } | { readonly failure: unknown };

/** Names of the mappers that load here, the one that `"auto"` takes first. */
export function availableMappers(): MapperName[] {
  return [...LOADERS.keys()].filter((name) => "mapper" in load(name));
}

/**
 * @throws ERR_SEGLOG_UNAVAILABLE where the one asked for by name does not load; its error is the
 *   `cause`
 */
export function chooseMapper(name: "auto" | MapperName): Mapper {
  checkOneOf("mapper", name, CHOICES);
  const wanted = name === "auto" ? firstThatLoads() : name;
  const outcome = load(wanted);
  if ("mapper" in outcome) return outcome.mapper;
  const what = `the mapper ${wanted}`;
  throw new SeglogError(
    "ERR_SEGLOG_UNAVAILABLE",
    `${what} does not load on ${process.platform} ${process.arch}, Node ${process.version}`,
    { what },
    { cause: outcome.failure },
  );
}

/** Stops at the first: loading koffi for nothing would cost 5 to 10 ms. */
function firstThatLoads(): MapperName {
  return [...LOADERS.keys()].find((name) => "mapper" in load(name)) ?? "read-through";
}

function load(name: MapperName): Outcome {
  let outcome = outcomes.get(name);
  if (outcome === undefined) {
    outcome = attempt(name);
    outcomes.set(name, outcome);
  }
  return outcome;
}

function attempt(name: MapperName): Outcome {
  const loader = LOADERS.get(name) ?? (() => readThroughMapper);
  try {
    return { mapper: loader(createRequire(import.meta.url)) };
  } catch (failure) {
    // not installed, or built for another Node or platform: kept for whoever asks for it by name
    return { failure };
  }
}
