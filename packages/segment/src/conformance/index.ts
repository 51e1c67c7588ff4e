import { checkTraits, invalidArgument } from "@seglog/errors";
import { APPEND_CASES, LIMIT_CASES } from "./append-cases.ts";
import { OPEN_CASES, SEGMENT_CASES } from "./catalog-cases.ts";
import { CURSOR_CASES } from "./cursor-cases.ts";
import { FOLLOW_CASES, PUBLISH_CASES } from "./follow-cases.ts";
import type {
  Cases,
  ConformanceCase,
  SegmentCatalogHarness,
  SegmentCatalogTraits,
  SegmentHarness,
  SegmentTraits,
} from "./harness.ts";
import { END_CASES, REOPEN_CASES, TRUNCATE_CASES } from "./lifetime-cases.ts";
import { READ_CASES, SCAN_CASES } from "./read-cases.ts";
import { CATALOG_END_CASES, LOCK_CASES, STATE_CASES } from "./state-cases.ts";

export type {
  ConformanceCase,
  SegmentCatalogHarness,
  SegmentCatalogTraits,
  SegmentHarness,
  SegmentRequest,
  SegmentTraits,
} from "./harness.ts";

/**
 * Every promise of `Segment`, to be run against an implementation by any test runner.
 *
 * @throws ERR_SEGLOG_INVALID_ARGUMENT  an unknown trait; from a case, a harness with `reopen` and
 *   without the trait `persistent`
 */
export function segmentConformance(
  factory: () => Promise<SegmentHarness>,
  traits: SegmentTraits = {},
): ConformanceCase[] {
  checkTraits(traits, { persistent: "boolean" });
  const isPersistent = traits.persistent === true;
  const refuse = ({ reopen }: SegmentHarness): void => {
    if (reopen === undefined || isPersistent) return;
    throw invalidArgument("traits.persistent", traits.persistent, "true with a `reopen`");
  };
  return [
    APPEND_CASES,
    LIMIT_CASES,
    READ_CASES,
    SCAN_CASES,
    TRUNCATE_CASES,
    END_CASES,
    ...(isPersistent ? [REOPEN_CASES] : []),
  ].flatMap((cases) => over(factory, { cases, refuse }));
}

/**
 * Every promise of `SegmentCatalog`; those of the segments that it opens are the other kit's.
 *
 * @throws ERR_SEGLOG_INVALID_ARGUMENT  an unknown trait; from every case, a harness with
 *   `openReadOnly` and without the trait `follows`, or with `locks`, which is a trait now
 */
export function segmentCatalogConformance(
  factory: () => Promise<SegmentCatalogHarness>,
  traits: SegmentCatalogTraits = {},
): ConformanceCase[] {
  checkTraits(traits, { follows: "boolean", locks: "boolean" });
  const follows = traits.follows === true;
  const refuse = (harness: SegmentCatalogHarness): void => {
    // until 0.1 the harness said whether there is a lock
    if (Reflect.get(harness, "locks") === true && traits.locks !== true) {
      throw invalidArgument("traits.locks", traits.locks, "true, and not the harness's");
    }
    if (harness.openReadOnly === undefined || follows) return;
    throw invalidArgument("traits.follows", traits.follows, "true with an `openReadOnly`");
  };
  return [
    SEGMENT_CASES,
    OPEN_CASES,
    STATE_CASES,
    CURSOR_CASES,
    PUBLISH_CASES,
    CATALOG_END_CASES,
    ...(traits.locks === true ? [LOCK_CASES] : []),
    ...(follows ? [FOLLOW_CASES] : []),
  ].flatMap((cases) => over(factory, { cases, refuse }));
}

/** @param how.refuse  throws where a harness can do what no trait, and so no case, asks for */
function over<Harness extends { dispose(): Promise<void> }>(
  factory: () => Promise<Harness>,
  how: { readonly cases: Cases<Harness>; readonly refuse: (harness: Harness) => void },
): ConformanceCase[] {
  const { cases, refuse } = how;
  return Object.entries(cases).map(([name, prove]) => ({
    name,
    async run() {
      const harness = await factory();
      try {
        refuse(harness);
        await prove(harness);
      } finally {
        await harness.dispose();
      }
    },
  }));
}
