import { APPEND_CASES, LIMIT_CASES } from "./append-cases.ts";
import { OPEN_CASES, SEGMENT_CASES } from "./catalog-cases.ts";
import type { Cases, ConformanceCase, SegmentCatalogHarness, SegmentHarness } from "./harness.ts";
import { END_CASES, REOPEN_CASES, TRUNCATE_CASES } from "./lifetime-cases.ts";
import { READ_CASES, SCAN_CASES } from "./read-cases.ts";
import { CATALOG_END_CASES, STATE_CASES } from "./state-cases.ts";

export type {
  ConformanceCase,
  SegmentCatalogHarness,
  SegmentHarness,
  SegmentRequest,
} from "./harness.ts";

/** Every promise of `Segment`, to be run against an implementation by any test runner. */
export function segmentConformance(factory: () => Promise<SegmentHarness>): ConformanceCase[] {
  return [
    APPEND_CASES,
    LIMIT_CASES,
    READ_CASES,
    SCAN_CASES,
    TRUNCATE_CASES,
    END_CASES,
    REOPEN_CASES,
  ].flatMap((cases) => over(factory, cases));
}

/** Every promise of `SegmentCatalog`; those of the segments that it opens are the other kit's. */
export function segmentCatalogConformance(
  factory: () => Promise<SegmentCatalogHarness>,
): ConformanceCase[] {
  return [SEGMENT_CASES, OPEN_CASES, STATE_CASES, CATALOG_END_CASES].flatMap((cases) =>
    over(factory, cases),
  );
}

function over<Harness extends { dispose(): Promise<void> }>(
  factory: () => Promise<Harness>,
  cases: Cases<Harness>,
): ConformanceCase[] {
  return Object.entries(cases).map(([name, prove]) => ({
    name,
    async run() {
      const harness = await factory();
      try {
        await prove(harness);
      } finally {
        await harness.dispose();
      }
    },
  }));
}
