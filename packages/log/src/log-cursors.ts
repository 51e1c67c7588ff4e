import { checkInteger, checkOptions, SeglogError } from "@seglog/errors";
import type { SegmentCatalog } from "@seglog/segment";
import type { Log, LogCursor, Offset, OpenCursorOptions, SavedCursor } from "./contract.ts";
import { outOfRange, readOnly } from "./log-errors.ts";
import type { LogFailure } from "./log-failure.ts";

export interface LogCursorsParts {
  readonly catalog: SegmentCatalog;
  readonly failure: LogFailure;
  readonly log: Pick<Log, "firstOffset" | "committedOffset">;
}

/** Where a cursor is; every opening of one name shares it. */
interface Place {
  offset: Offset;
  /** Ends with the last save of it. */
  saving: Promise<unknown>;
}

/**
 * The cursors of a log. All that were saved are known, opened or not: retention asks how far the
 * last of them is, and a cut takes back those that are behind it.
 */
export class LogCursors {
  readonly #parts: LogCursorsParts;
  readonly #places = new Map<string, Place>();
  /** Names of those whose files are damaged: where they are is not known. */
  readonly #damaged = new Set<string>();

  constructor(parts: LogCursorsParts) {
    this.#parts = parts;
  }

  /** To be called before the others in a log that is written. */
  async load(): Promise<void> {
    for (const { name, offset } of await this.#parts.catalog.listCursors()) {
      if (offset === undefined) this.#damaged.add(name);
      else this.#places.set(name, { offset, saving: Promise.resolve() });
    }
  }

  /** Nothing from here on is done with for every cursor; `Infinity` where there is none. */
  get lowest(): number {
    let lowest = this.#damaged.size > 0 ? 0 : Number.POSITIVE_INFINITY;
    for (const { offset } of this.#places.values()) lowest = Math.min(lowest, offset);
    return lowest;
  }

  async open(name: string, options: OpenCursorOptions = {}): Promise<LogCursor> {
    const { catalog, failure, log } = this.#parts;
    failure.checkOpen();
    checkOptions("options", options, ["from"]);
    const { from = "start" } = options;
    if (from !== "start" && from !== "end") checkInteger("from", from, { min: 0 });
    if (catalog.readOnly) await this.#look();
    else if (!this.#places.has(name) && !this.#damaged.has(name)) {
      const offset =
        from === "start" ? log.firstOffset : from === "end" ? log.committedOffset : from;
      await this.#commit(name, offset);
    }
    if (this.#damaged.has(name)) throw damaged(catalog.path, name);
    if (!this.#places.has(name)) throw noCursor(catalog.path, name);
    return this.#cursor(name);
  }

  async list(): Promise<SavedCursor[]> {
    this.#parts.failure.checkOpen();
    if (this.#parts.catalog.readOnly) await this.#look();
    const names = [...this.#places.keys(), ...this.#damaged].sort();
    return names.map((name) => ({ name, offset: this.#places.get(name)?.offset }));
  }

  async remove(name: string): Promise<void> {
    const { catalog, failure } = this.#parts;
    failure.checkUsable();
    const place = this.#places.get(name);
    this.#places.delete(name);
    await place?.saving;
    await catalog.removeCursor(name);
    this.#damaged.delete(name);
  }

  /**
   * Before the log is cut to end at `nextOffset`: a cursor behind it would pass over the records
   * that take the place of those dropped.
   */
  async takeBack(nextOffset: Offset): Promise<void> {
    for (const [name, place] of this.#places) {
      await place.saving;
      if (place.offset > nextOffset) await this.#save(name, place, nextOffset);
    }
  }

  /** Resolves when nothing is being saved. */
  async settle(): Promise<void> {
    for (const { saving } of this.#places.values()) await saving;
  }

  async #look(): Promise<void> {
    this.#places.clear();
    this.#damaged.clear();
    await this.load();
  }

  #cursor(name: string): LogCursor {
    const { log } = this.#parts;
    const offsetOf = (): Offset => {
      const { offset = log.firstOffset } = this.#places.get(name) ?? {};
      return Math.max(offset, log.firstOffset);
    };
    return {
      name,
      get offset() {
        return offsetOf();
      },
      commit: (offset) => this.#commit(name, offset),
    };
  }

  async #commit(name: string, offset: Offset): Promise<void> {
    const { catalog, failure, log } = this.#parts;
    if (catalog.readOnly) {
      failure.checkOpen();
      throw readOnly(catalog.path);
    }
    failure.checkUsable();
    checkInteger("offset", offset, { min: 0 });
    const { firstOffset: from, committedOffset: to } = log;
    if (offset > to) throw outOfRange("offset", offset, { from, to: to + 1 });
    const place = this.#places.get(name) ?? { offset, saving: Promise.resolve() };
    await this.#save(name, place, offset);
    this.#places.set(name, place);
  }

  /** Saves of one cursor are carried out in the order of the calls. */
  #save(name: string, place: Place, offset: Offset): Promise<void> {
    const saved = place.saving.then(async () => {
      const { catalog, failure, log } = this.#parts;
      failure.checkReadable();
      // a cut may have been called since: what lies behind it is not to be done with
      const kept = Math.min(offset, log.committedOffset);
      await catalog.saveCursor(name, kept);
      place.offset = kept;
    });
    place.saving = saved.catch(() => {}); // whoever waits for `saved` is told
    return saved;
  }
}

function noCursor(path: string, name: string): SeglogError {
  return new SeglogError("ERR_SEGLOG_NOT_FOUND", `no cursor ${name} in ${path}`, { path });
}

function damaged(path: string, name: string): SeglogError {
  const text = `the cursor ${name} in ${path} is damaged: remove it, and begin again`;
  return new SeglogError("ERR_SEGLOG_CORRUPT", text, { path });
}
