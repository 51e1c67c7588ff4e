import type { LogCut, LogProgress, SegmentCatalog } from "@seglog/segment";
import type { Offset } from "./contract.ts";

/** What a catalog keeps of cuts; see `LogProgress.cuts`. */
const CUTS_MAX = 16;

/**
 * Tells readers in other processes and threads how far the log is. What fails to come out about
 * records that were committed is told by the next one; what is to be cut, before anything is, or
 * the cut does not happen.
 */
export class ProgressPublisher {
  readonly #catalog: SegmentCatalog;
  #progress: LogProgress;

  /** Tells at once; a log that ends before what was told last was cut, by a repair for one. */
  constructor(
    catalog: SegmentCatalog,
    { firstOffset, nextOffset }: { readonly firstOffset: Offset; readonly nextOffset: Offset },
  ) {
    const { cutCount = 0, cuts = [], committedOffset = 0 } = catalog.published() ?? {};
    this.#catalog = catalog;
    this.#progress = { firstOffset, committedOffset: nextOffset, cutCount, cuts };
    if (committedOffset > nextOffset) this.#progress = cutTo(this.#progress, nextOffset);
    this.#tell();
  }

  committed(committedOffset: Offset): void {
    this.#progress = { ...this.#progress, committedOffset };
    this.#tell();
  }

  first(firstOffset: Offset): void {
    this.#progress = { ...this.#progress, firstOffset };
    this.#tell();
  }

  /**
   * The log is about to be cut to end at `nextOffset`.
   * @throws ERR_SEGLOG_IO  nobody was told
   */
  cut(nextOffset: Offset): void {
    const progress = cutTo(this.#progress, nextOffset);
    this.#catalog.publish(progress);
    this.#progress = progress;
  }

  #tell(): void {
    try {
      this.#catalog.publish(this.#progress);
    } catch {
      // readers elsewhere see fewer records than there are, until the next one is told
    }
  }
}

/** `progress` after one more cut, with no more cuts listed than are needed, and may be. */
export function cutTo(progress: LogProgress, nextOffset: Offset): LogProgress {
  const cutCount = progress.cutCount + 1;
  const lower = progress.cuts.filter((cut) => cut.nextOffset < nextOffset);
  const cuts: LogCut[] = [...lower, { number: cutCount, nextOffset }];
  // the two oldest as one: who saw neither, or one, is told the lower end
  const [oldest, second] = cuts;
  if (cuts.length > CUTS_MAX && oldest !== undefined && second !== undefined) {
    cuts.splice(0, 2, { number: second.number, nextOffset: oldest.nextOffset });
  }
  const committedOffset = Math.min(progress.committedOffset, nextOffset);
  return { ...progress, committedOffset, cutCount, cuts };
}

/** How far the log was cut down by the cuts after the `seen`th; `Infinity` for not at all. */
export function lowestCutSince({ cuts }: LogProgress, seen: number): number {
  return cuts.find(({ number }) => number > seen)?.nextOffset ?? Number.POSITIVE_INFINITY;
}
