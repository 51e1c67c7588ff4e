import type { Log, OpenLogOptions } from "../contract.ts";

/** One promise of the contract, shown by calls. */
export interface ConformanceCase {
  /** The promise, in words. Unique within the kit. */
  readonly name: string;
  /** Resolves when the promise holds; rejects with an Error that says what was found instead. */
  run(): Promise<void>;
}

/** What the kit opens a log with. */
export interface LogPlaceOptions extends OpenLogOptions {
  /** Records of a segment, at most. The kit asks for few, so that logs roll. */
  readonly segmentRecordsMax?: number | undefined;
}

/** A place for one log. Every case asks for its own. */
export interface LogPlace {
  /**
   * Opens the log of this place with exactly these options: an empty log at first, later what
   * `close` left.
   */
  open(options?: LogPlaceOptions): Promise<Log>;
  /**
   * Takes from the log that is open what is not durable, as a power cut does; the kit does not
   * touch that log any more, and opens another. Needed for `LogTraits.durable` only.
   */
  readonly crash?: () => Promise<void>;
  /**
   * Opens the log of this place read-only, also while it is open, as another process does. Needed
   * for `LogTraits.follows` only, and only called when there is a log.
   */
  readonly openReader?: () => Promise<Log>;
  /** Fills this place, which is empty, with a snapshot. Needed for `LogTraits.restorable` only. */
  readonly restore?: (stream: ReadableStream<Uint8Array>) => Promise<unknown>;
  /** Removes the place. Called once, also when the case failed. */
  dispose(): Promise<void>;
}

/** Makes an empty place. */
export type LogPlaceFactory = () => Promise<LogPlace>;

/** Cases by the promise that they show. */
export type PlaceCases = Readonly<Record<string, (place: LogPlace) => Promise<void>>>;

/** Cases that need one open log, which the kit closes. */
export type LogCases = Readonly<Record<string, (log: Log) => Promise<void>>>;

/** Few records to a segment: whatever a case does, it does over rolls. */
export const SMALL_SEGMENTS: LogPlaceOptions = Object.freeze({ segmentRecordsMax: 4 });

/** Gives each case a log of small segments. */
export function onLogs(cases: LogCases): PlaceCases {
  const entries = Object.entries(cases).map(([name, run]): [string, PlaceCases[string]] => [
    name,
    async (place) => {
      const log = await place.open(SMALL_SEGMENTS);
      try {
        await run(log);
      } finally {
        await log.close();
      }
    },
  ]);
  return Object.fromEntries(entries);
}
