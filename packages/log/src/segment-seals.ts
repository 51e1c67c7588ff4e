import { shortageOf } from "@seglog/errors";
import type { Segment, SegmentCatalog } from "@seglog/segment";
import type { LogFailure } from "./log-failure.ts";

/** Puts new segments in the place of full ones, which are sealed in the background. */
export class SegmentSeals {
  /** Whether the active segment is sealed, though it has no successor yet. */
  isActiveSealed = false;
  readonly #catalog: SegmentCatalog;
  readonly #failure: LogFailure;
  readonly #running = new Set<Promise<void>>();

  constructor(catalog: SegmentCatalog, failure: LogFailure) {
    this.#catalog = catalog;
    this.#failure = failure;
  }

  /** A new segment that follows `old`, all of which is durable. `old` is being sealed then. */
  async replace(old: Segment): Promise<Segment> {
    const segment = await this.#createAfter(old);
    this.isActiveSealed = false;
    const sealing = old.seal().catch((error: unknown) => this.#failure.poison(error));
    this.#running.add(sealing);
    void sealing.then(() => this.#running.delete(sealing));
    return segment;
  }

  /** Resolves when no segment is being sealed, whatever came of it. */
  async settle(): Promise<void> {
    await Promise.all(this.#running);
  }

  /** What was preallocated in the old segment may be all the room that a full disk has. */
  async #createAfter(old: Segment): Promise<Segment> {
    try {
      return await this.#catalog.create(old.nextOffset);
    } catch (error) {
      if (shortageOf(error) === undefined) throw error;
      this.isActiveSealed = true;
      await old.seal();
      return await this.#catalog.create(old.nextOffset);
    }
  }
}
