import type { Offset } from "@seglog/segment";

/**
 * What is dropped without being asked; each limit by itself. The active segment goes by age only,
 * and only as a whole.
 */
export interface Retention {
  /** Oldest sealed segments go while all together are larger; from 1. */
  readonly bytesMax?: number | undefined;
  /** Segments go whose last record is older, in ms; the active one is rolled for it. From 1. */
  readonly ageMsMax?: number | undefined;
  /** Oldest sealed segments go while there are more; from 1. */
  readonly segmentsMax?: number | undefined;
  /**
   * Whether nothing goes that a cursor has not committed, whatever the limits. Default false. It
   * goes when the policy is next applied after the commit.
   */
  readonly keepUncommitted?: boolean | undefined;
}

/** How `openLog` opens a log; every field may be left out. */
export interface OpenLogOptions {
  /** First offset of a log that is made; an existing one keeps its own. Default 0. */
  readonly firstOffset?: Offset | undefined;
  /**
   * A new segment begins with the append that finds the first record of the active one so old,
   * in ms. From 1; default never.
   */
  readonly segmentAgeMsMax?: number | undefined;
  /**
   * Longest value, in bytes: 0 to 2^28 - 9; not above what the catalog's stores take less 8.
   * Default 64 MiB.
   */
  readonly recordBytesMax?: number | undefined;
  /**
   * Bytes that may be staged, framing included; beyond it appends throw, but a single record goes
   * when nothing is staged. From 1, not above what the catalog's stores take; default 64 MiB.
   */
  readonly stagedBytesMax?: number | undefined;
  /** What commits a record: `"sync"` (default), or `"flush"`: given to the OS. */
  readonly commitOn?: "sync" | "flush" | undefined;
  readonly retention?: Retention | undefined;
  /**
   * ms since the epoch, below 2^48; asked for each record or batch. Default `Date.now`, asked once
   * for up to 32 of one turn. Times of records never fall all the same.
   */
  readonly clock?: (() => number) | undefined;
}
