import { simulatedDisk, turnScheduler } from "@seglog/fs/sim";
import { takeStep } from "./actions.mjs";
import { checkState } from "./check-state.mjs";
import { Model } from "./model.mjs";
import { mixSeeds, Random } from "./random.mjs";
import { Session } from "./session.mjs";
import { Violation } from "./violation.mjs";

/** @typedef {import("@seglog/fs/sim").CrashState} CrashState */
/** @typedef {import("./session.mjs").Plant} Plant */
/** @typedef {import("./workload.mjs").Workload} Workload */

/**
 * A moment at which the power is cut: what the disk may hold then, and what was promised.
 *
 * @typedef {{ operation: string, states: Iterable<CrashState>, model: Model }} Cut
 */
/** @typedef {{ states: number, violation?: Violation | undefined }} Outcome */
/**
 * @typedef {{ cutsMax: number, statesMax: number, plant?: Plant | undefined,
 *   isOver?: (states: number) => boolean }} CrashOptions
 */

/**
 * Runs a workload, and opens what a power cut at each of its disk calls may leave.
 *
 * @param {Workload} workload
 * @param {CrashOptions} options
 * @returns {Promise<Outcome>}
 */
export async function crashWorkload(workload, options) {
  const { cuts, violation } = await runWithCuts(workload, options);
  if (violation !== undefined) return { states: 0, violation };
  let states = 0;
  for (const [c, cut] of cuts.entries()) {
    let s = 0;
    for (const state of cut.states) {
      if (options.isOver?.(states)) return { states };
      const seed = mixSeeds(workload.seed, c, s);
      states += 1;
      s += 1;
      try {
        const { settings } = workload;
        await checkState({ state, model: cut.model, settings, seed, plant: options.plant });
      } catch (error) {
        const where = `power cut at ${cut.operation}, state ${s}: ${state.describe()}`;
        return { states, violation: locate(error, where) };
      }
    }
  }
  return { states };
}

/** @param {Workload} workload @param {CrashOptions} options */
async function runWithCuts({ seed, settings, steps }, { cutsMax, statesMax, plant }) {
  // on a disk as quick as memory a sync ends before anybody can rely on it too early
  const scheduler = seed % 2 === 0 ? undefined : slowAtFirst(seed);
  const disk = simulatedDisk({ seed, holes: "refuse", ...(scheduler && { scheduler }) });
  const model = new Model(settings);
  const session = new Session({ disk, settings, model, seed, plant });
  session.onTurn = () => scheduler?.step() ?? false;
  const random = new Random(mixSeeds(seed, 1));
  // an even sample of the moments of each kind, however many there will be
  const size = Math.ceil(cutsMax / 3);
  const written = new Sample(size, random);
  const promised = new Sample(size, random);
  const others = new Sample(size, random);
  const cutAt = (/** @type {string} */ operation, cuts = others) =>
    cuts.offer((seen) => {
      // the telling states come first: of more than are opened, so that others are among them
      const drawn = disk.crashStates({ limit: statesMax * 2, seed: mixSeeds(seed, seen) });
      const owed = model.snapshot();
      // what a reader can have seen must not be taken back
      if (session.isOpen) owed.committed(session.log.committedOffset);
      return { operation, states: random.sample([...drawn], statesMax), model: owed };
    });
  let last = "";
  const stop = disk.onOperation(({ index, kind, path }) => {
    // a cut behind a call that changes little leaves what one before it does
    const isWritten = last === "write store";
    if (last !== "") cutAt(`${index} ${kind} ${path}`, isWritten ? written : others);
    // of itself a durable write leaves a part only while it is under way
    if (kind === "writeDurably" && path.endsWith(".store")) {
      queueMicrotask(() => cutAt(`${index} ${kind} ${path}, under way`, written));
    }
    last = changesMuch(kind, path) ? `${kind} ${path.slice(path.lastIndexOf(".") + 1)}` : "";
  });
  session.onPromise = (name) => cutAt(`the end of ${name}`, promised);
  let violation;
  try {
    model.clockMax = session.now;
    await session.open("closed");
    for (const step of steps) await takeStep(session, step);
    cutAt("the end");
    await session.settle();
    await session.close();
  } catch (error) {
    violation = locate(error, "no power cut");
  }
  stop();
  scheduler?.hurry();
  return { cuts: [...written.taken, ...promised.taken, ...others.taken], violation };
}

/** A scheduler that makes calls wait until its owner hurries: what a cut leaves is checked then. */
function slowAtFirst(/** @type {number} */ seed) {
  const scheduler = turnScheduler({ seed });
  let isSlow = true;
  return {
    defer: (/** @type {() => void} */ run) => (isSlow ? scheduler.defer(run) : run()),
    step: () => scheduler.step(),
    hurry: () => {
      isSlow = false;
    },
  };
}

/** An even sample of what is offered, in no order. */
class Sample {
  /** @type {Cut[]} */
  taken = [];
  #seen = 0;

  /** @param {number} size @param {Random} random */
  constructor(size, random) {
    this.size = size;
    this.random = random;
  }

  /** @param {(seen: number) => Cut} make  called for what is taken */
  offer(make) {
    this.#seen += 1;
    const slot = this.#seen <= this.size ? this.taken.length : this.random.below(this.#seen);
    if (slot < this.size) this.taken[slot] = make(this.#seen);
  }
}

/** What an index holds is varied with every cut: it changes with each record. @param {string} kind @param {string} path */
function changesMuch(kind, path) {
  return !CHANGES_NOTHING.has(kind) && !path.endsWith(".index");
}

/** @type {ReadonlySet<string>} */
const CHANGES_NOTHING = new Set(["stat", "list", "size", "read", "map", "unmap", "close", "lock"]);

/** @param {unknown} error @param {string} where */
function locate(error, where) {
  const text = error instanceof Violation ? error.message : `unexpected ${error}`;
  return new Violation(`${text}\n  ${where}`, error);
}
