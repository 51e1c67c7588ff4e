import { checkTraits, invalidArgument } from "@seglog/errors";
import type { IndexHarness } from "./harness.ts";
import { lifetimeCases, reopeningCases } from "./lifetime-cases.ts";
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

/** What the harnesses of a factory can do. Each adds cases to the kit. */
export interface IndexTraits {
  /** An index that was closed can be opened again: the harnesses have `reopen`. */
  readonly persistent?: boolean;
}

/**
 * Every promise of `Index`, to be run against an implementation by any test runner.
 *
 * @throws ERR_SEGLOG_INVALID_ARGUMENT  an unknown trait; from a case, a harness with `reopen` and
 *   without the trait `persistent`
 */
export function indexConformance(
  factory: () => Promise<IndexHarness>,
  traits: IndexTraits = {},
): ConformanceCase[] {
  checkTraits(traits, { persistent: "boolean" });
  const isPersistent = traits.persistent === true;
  const cases = [
    ...writingCases,
    ...readingCases,
    ...truncationCases,
    ...lifetimeCases,
    ...(isPersistent ? reopeningCases : []),
  ];
  return cases.map(({ name, prove }) => ({
    name,
    async run() {
      const harness = await factory();
      try {
        // what nobody asks for would be tried by no case
        if (harness.reopen !== undefined && !isPersistent) {
          throw invalidArgument("traits.persistent", traits.persistent, "true with a `reopen`");
        }
        await prove(harness);
      } finally {
        await harness.dispose();
      }
    },
  }));
}
