import type { IndexHarness } from "./harness.ts";
import { lifetimeCases } from "./lifetime-cases.ts";
import { readingCases } from "./reading-cases.ts";
import { truncationCases } from "./truncation-cases.ts";
import { writingCases } from "./writing-cases.ts";

export type { IndexHarness } from "./harness.ts";

/** One promise of the contract, and how it is proved. Rejects with what was broken. */
export interface ConformanceCase {
  readonly name: string;
  /** Resolves when the promise holds; rejects with what was found instead. */
  run(): Promise<void>;
}

/** Every promise of `Index`, to be run against an implementation by any test runner. */
export function indexConformance(factory: () => Promise<IndexHarness>): ConformanceCase[] {
  const cases = [...writingCases, ...readingCases, ...truncationCases, ...lifetimeCases];
  return cases.map(({ name, prove }) => ({
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
