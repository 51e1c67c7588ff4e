import type { Index } from "../contract.ts";

/** What an index under test is and can do. Each case gets one of its own. */
export interface IndexHarness {
  /** Opens the empty index; called once. */
  open(): Promise<Index>;
  /** After `close`: opens what was written again. Needed for `IndexTraits.persistent` only. */
  readonly reopen?: () => Promise<Index>;
  /** Whether every entry is kept, so that `read` finds each. */
  readonly exact: boolean;
  /** Removes what the case left. Called also after a failure. */
  dispose(): Promise<void>;
}

/** A promise and its proof, given an index of its own. */
export interface IndexCase {
  readonly name: string;
  prove(harness: IndexHarness): Promise<void>;
}
