import { checkTraits } from "@seglog/errors";
import { APPEND_CASES } from "./append-cases.ts";
import { CURSOR_CASES, CURSOR_CRASH_CASES } from "./cursor-cases.ts";
import { FOLLOW_CASES } from "./follow-cases.ts";
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
  /** A log is read beside its writer, and follows it: the places have `openReader`. */
  readonly follows?: boolean;
  /** The places have `restore`. */
  readonly restorable?: boolean;
}

/**
 * The promises of `Log`, each as a case that any implementation, or decorator, must pass.
 *
 * @throws ERR_SEGLOG_INVALID_ARGUMENT  an unknown trait
 */
export function logConformance(
  factory: LogPlaceFactory,
  traits: LogTraits = {},
): ConformanceCase[] {
  checkTraits(traits, { durable: "boolean", follows: "boolean", restorable: "boolean" });
  const cases: PlaceCases = {
    ...APPEND_CASES,
    ...READ_CASES,
    ...TAIL_CASES,
    ...TRUNCATE_CASES,
    ...CURSOR_CASES,
    ...LIFETIME_CASES,
    ...(traits.durable === true ? { ...CRASH_CASES, ...CURSOR_CRASH_CASES } : {}),
    ...(traits.follows === true ? FOLLOW_CASES : {}),
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
