import { memoryIndex, openMappedIndex } from "@seglog/index";
import { openFileStore } from "@seglog/store";
import { hasCode, openLog } from "seglog";
import { MortalProcess } from "./mortal-process.mjs";
import { Random } from "./random.mjs";
import { isCoded, Violation } from "./violation.mjs";
import { VirtualTimers } from "./virtual-timers.mjs";

/** @typedef {import("@seglog/fs/sim").SimulatedDisk} SimulatedDisk */
/** @typedef {import("seglog").OpenLogOptions & { readonly codec?: undefined }} OpenLogOptions */
/** @typedef {import("./model.mjs").Level} Level */
/** @typedef {import("./model.mjs").Model} Model */

/**
 * How a workload opens its log. `small` parts have little buffers, so that a run costs little.
 *
 * @typedef {Pick<OpenLogOptions, "segmentBytesMax" | "segmentAgeMsMax" | "indexEntriesMax"
 *   | "stagedBytesMax" | "retention" | "durability"> & { readonly small: boolean }} Settings
 */
/** @typedef {{ readonly random: () => number }} PartTools  `random` gives u32s that follow from the seed */
/** @typedef {(options: OpenLogOptions, tools: PartTools) => OpenLogOptions} Plant  puts other parts into a log */

/** Directory of the log on every simulated disk. */
export const DIRECTORY = "/log";

/**
 * A log on a simulated disk, and the model that it is held against. Whatever a call promises is
 * checked when its promise settles; the first {@link Violation} is kept.
 */
export class Session {
  /** @type {Violation | undefined} */
  violation;
  /** Whether calls may be refused, because a call of the disk has been. */
  mayFail = false;
  /** ms since the epoch, as the log sees it. */
  now = 1_000_000;
  /** Called when more is promised than before, by the call of that name. @param {string} _name */
  onPromise = (_name) => {};
  /** Called once a turn: whoever schedules the disk lets it go on here, and says if it did. */
  onTurn = () => false;
  /** What the log does by the clock; it goes on with {@link Session.now}. */
  timers = new VirtualTimers();
  /** @type {import("seglog").Seglog | undefined} */
  #log;
  /** @type {MortalProcess | undefined} */
  #process;
  /** What a killed process had under way tells nothing any more. */
  #life = 0;
  /** Names of the calls that have not settled. @type {Map<Promise<unknown>, string>} */
  #pending = new Map();

  /** @param {{ disk: SimulatedDisk, settings: Settings, model: Model, seed: number, plant?: Plant | undefined }} parts */
  constructor({ disk, settings, model, seed, plant }) {
    this.disk = disk;
    this.settings = settings;
    this.model = model;
    this.random = new Random(seed);
    this.plant = plant;
    this.now = Math.max(this.now, model.clockMax);
    this.stop = disk.onOperation(({ kind, path }) => {
      const base = kind === "open" ? /(\d{20})\.store$/.exec(path)?.[1] : undefined;
      if (base !== undefined) this.model.bases.push(Number(base));
    });
  }

  /** The open log. */
  get log() {
    if (this.#log === undefined) throw new Error("the session has no open log");
    return this.#log;
  }

  get isOpen() {
    return this.#log !== undefined;
  }

  /** Opens the log and holds it against the model. @param {Level} level */
  async open(level) {
    this.#process = new MortalProcess(this.disk.fs);
    const options = this.#openOptions(this.#process.fs);
    this.#log = await this.within(
      this.timers.during(() => openLog(DIRECTORY, options), this.now),
      "openLog",
    );
    const { firstOffset: first, nextOffset: next, committedOffset } = this.#log;
    if (committedOffset !== next) {
      throw new Violation(`opened with committedOffset ${committedOffset}, nextOffset ${next}`);
    }
    const records = await this.#readOnce(this.#log);
    this.model.reopened({ first, next, records }, level);
    this.onPromise("openLog");
  }

  /** All records; where the disk does not give them, the log is closed again. @param {import("seglog").Seglog} log */
  async #readOnce(log) {
    try {
      return await this.within(readAll(log), "reading all records");
    } catch (error) {
      this.#log = undefined;
      if (!(error instanceof Violation)) await this.within(log.close(), "close");
      throw error;
    }
  }

  /** Another writer must be kept out. */
  async tryAnother() {
    const other = openLog(DIRECTORY, this.#openOptions(this.disk.fs));
    let refusal;
    try {
      const log = await this.within(other, "another openLog");
      await this.within(log.close(), "another close");
    } catch (error) {
      refusal = error;
    }
    if (refusal === undefined) throw new Violation("a second writer was let in");
    if (hasCode(refusal, "ERR_SEGLOG_LOCKED") || (this.mayFail && isCoded(refusal))) return;
    throw new Violation("a second writer was not told of the lock", refusal);
  }

  /** Closes the log; everything must have settled and been released then. */
  async close() {
    const { log } = this;
    this.#log = undefined;
    this.timers.stop();
    /** @type {Level} */
    let level = "closed";
    try {
      await this.within(log.close(), "close");
      this.model.closedAt = log.nextOffset;
    } catch (error) {
      if (error instanceof Violation) throw error;
      this.refused("close", error);
    }
    if (this.mayFail) level = "kill";
    await this.turns(3);
    if (this.#pending.size > 0) {
      throw new Violation(`close left unsettled: ${[...this.#pending.values()].join(", ")}`);
    }
    this.checkReleased("close");
    return level;
  }

  async kill() {
    this.#log = undefined;
    this.timers.stop();
    this.#life += 1;
    this.#pending.clear();
    await this.within(/** @type {MortalProcess} */ (this.#process).kill(), "the end of a process");
  }

  /** @param {string} after */
  checkReleased(after) {
    const { openHandles, openMappings, heldLocks, sigbus } = this.disk;
    if (sigbus !== undefined) throw new Violation("a mapped page without a block", sigbus);
    if (openHandles + openMappings + heldLocks === 0) return;
    throw new Violation(
      `${after} left ${openHandles} handles, ${openMappings} mappings, ${heldLocks} locks`,
    );
  }

  /**
   * Follows a call until it settles. What `check` throws is a violation.
   *
   * @template T
   * @param {string} name
   * @param {Promise<T>} call
   * @param {(result: T) => void} check
   * @param {(error: unknown) => void} [refused]
   */
  track(name, call, check, refused = (error) => this.refused(name, error)) {
    const life = this.#life;
    const isAlive = () => this.#life === life;
    const followed = call
      .then(
        (result) => {
          if (!isAlive()) return;
          const { durable } = this.model;
          check(result);
          if (this.model.durable > durable) this.onPromise(name);
        },
        (error) => isAlive() && refused(error),
      )
      .catch((error) => {
        this.violation ??= error instanceof Violation ? error : new Violation(name, error);
      })
      .finally(() => this.#pending.delete(followed));
    this.#pending.set(followed, name);
    return followed;
  }

  /** A call was refused: that must be allowed, and with a code. @param {string} name @param {unknown} error */
  refused(name, error) {
    if (!isCoded(error)) throw new Violation(`${name} failed without a code`, error);
    if (!this.mayFail) throw new Violation(`${name} was refused`, error);
  }

  /** Notes that the log, which had no room, has dropped what was not committed. */
  noteTakenBack() {
    if (this.#log === undefined) return;
    const { nextOffset, committedOffset } = this.#log;
    if (nextOffset >= this.model.next || this.settings.stagedBytesMax !== undefined) return;
    if (!this.mayFail) throw new Violation(`${this.model.next} fell to ${nextOffset}`);
    if (nextOffset !== committedOffset) {
      throw new Violation(`taken back to ${nextOffset}, and committed up to ${committedOffset}`);
    }
    const commits = (this.settings.durability ?? "commit") === "commit";
    this.model.acknowledge(this.model.cut(nextOffset), commits ? "durable" : "flushed");
  }

  /** Waits until everything that was called has settled. */
  async settle() {
    await this.within(Promise.all(this.#pending.keys()), [...this.#pending.values()].join(", "));
    if (this.violation !== undefined) throw this.violation;
  }

  /** @param {number} count */
  async turns(count) {
    for (let i = 0; i < count; i++) await this.#turn();
  }

  /**
   * Waits for `promise`, but not for ever.
   *
   * @template T
   * @param {Promise<T>} promise
   * @param {string} what
   * @returns {Promise<T>}
   */
  async within(promise, what) {
    let isSettled = false;
    const settled = () => {
      isSettled = true;
    };
    promise.then(settled, settled);
    for (let idle = 0; !isSettled; idle++) {
      if (idle > TURNS_MAX) throw new Violation(`not settled after ${TURNS_MAX} turns: ${what}`);
      if (await this.#turn()) idle = 0;
    }
    return promise;
  }

  async #turn() {
    const wentOn = this.onTurn();
    await new Promise((resolve) => setImmediate(resolve));
    return wentOn;
  }

  /** @param {import("@seglog/fs").FileSystem} fs @returns {OpenLogOptions} */
  #openOptions(fs) {
    const { small, ...limits } = this.settings;
    const random = () => this.random.u32();
    /** @type {OpenLogOptions} */
    const options = {
      ...limits,
      fs,
      clock: () => this.now,
      openStore: (request) =>
        openFileStore({ ...request, random, ...(small ? { bufferBytes: 4096 } : {}) }),
      openIndex: async ({ access, fs, path, mode }) =>
        access === "scratch"
          ? memoryIndex()
          : openMappedIndex({ fs, path, access, mode, ...(small ? { growEntries: 16 } : {}) }),
    };
    return this.plant === undefined ? options : this.plant(options, { random });
  }
}

/** @param {import("seglog").Seglog} log */
export async function readAll(log) {
  const records = [];
  for await (const batch of log.batches()) records.push(...batch);
  return records;
}

/** More than any call needs; a call that waits longer waits for ever. */
const TURNS_MAX = 10_000;
