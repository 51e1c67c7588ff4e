import { APPEND_CASES } from "./append-cases.ts";
import type { ConformanceCase, LogPlaceFactory, PlaceCases } from "./harness.ts";
import { CRASH_CASES, LIFETIME_CASES, SNAPSHOT_CASES } from "./lifetime-cases.ts";
import { READ_CASES } from "./read-cases.ts";
import { TAIL_CASES } from "./tail-cases.ts";
import { TRUNCATE_CASES } from "./truncate-cases.ts";

export type { ConformanceCase, LogPlace, LogPlaceFactory, LogPlaceOptions } from "./harness.ts";

/** What the places of a factory can do beyond opening. Each adds cases to the kit. */
export interface LogTraits {
  /** The places have `crash`. */
  readonly durable?: boolean;
  /** The places have `restore`. */
  readonly restorable?: boolean;
}

/** The promises of `Log`, each as a case that any implementation, or decorator, must pass. */
export function logConformance(
  factory: LogPlaceFactory,
  traits: LogTraits = {},
): ConformanceCase[] {
  const cases: PlaceCases = {
    ...APPEND_CASES,
    ...READ_CASES,
    ...TAIL_CASES,
    ...TRUNCATE_CASES,
    ...LIFETIME_CASES,
    ...(traits.durable === true ? CRASH_CASES : {}),
    ...(traits.restorable === true ? SNAPSHOT_CASES(factory) : {}),
  };
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
