import { json, openLog } from "seglog";

/** States are kept for every so many actions: what a jump reads at most. */
const KEYFRAME_EVERY = 100;

/**
 * A store as Redux has it, whose actions are records of a log: the state after any of them can be
 * looked at again.
 *
 * @template State
 * @template Action
 */
export class TimeTravelStore {
  /** @type {import("seglog").Seglog<Action, Action>} */
  #log;
  /** @type {(state: State, action: Action) => State} */
  #reduce;
  /** The state after the first `KEYFRAME_EVERY * i` actions. @type {State[]} */
  #keyframes;
  /** @type {State} */
  #now;
  #actions = 0;
  /**
   * Actions that the shown state is made of; `undefined`: all, whatever comes.
   *
   * @type {number | undefined}
   */
  #shown;
  /** @type {Set<() => void>} */
  #listeners = new Set();
  /** Records read by jumps. */
  reads = 0;

  /**
   * @param {import("seglog").Seglog<Action, Action>} log
   * @param {(state: State, action: Action) => State} reduce  pure
   * @param {State} initial
   */
  constructor(log, reduce, initial) {
    this.#log = log;
    this.#reduce = reduce;
    this.#now = initial;
    this.#keyframes = [initial];
  }

  /**
   * @template State
   * @template Action
   * @param {string} directory
   * @param {{ reduce: (state: State, action: Action) => State, initial: State }} options
   * @returns {Promise<TimeTravelStore<State, Action>>}
   */
  static async open(directory, { reduce, initial }) {
    /** @type {import("seglog").Codec<Action>} */
    const codec = json();
    const log = await openLog(directory, { codec });
    const store = new TimeTravelStore(log, reduce, initial);
    for await (const { value } of log.records()) store.#apply(value);
    return store;
  }

  /** How many actions there were. */
  get length() {
    return this.#actions;
  }

  /** How many of them the shown state is made of. */
  get position() {
    return this.#shown ?? this.#actions;
  }

  /** The state that is shown: that of now, or of where one has scrubbed to. */
  getState() {
    return this.#shown === undefined ? this.#now : this.stateAt(this.#shown);
  }

  /**
   * The new state is there at once, as in Redux. Resolves when no crash can take it back.
   *
   * @param {Action} action
   */
  async dispatch(action) {
    const durable = this.#log.append(action);
    this.#apply(action);
    if (this.#shown === undefined) this.#tell();
    await durable;
  }

  /**
   * Shows the state after the first `actions` of them. What is dispatched meanwhile counts, and is
   * not shown, until {@link TimeTravelStore.resume}.
   *
   * @param {number} actions
   */
  scrub(actions) {
    this.#shown = Math.min(Math.max(0, Math.trunc(actions)), this.#actions);
    this.#tell();
  }

  /**
   * Shows the state as it was at a time.
   *
   * @param {number} time  in ms since the epoch
   */
  scrubToTime(time) {
    this.scrub(this.#log.offsetAtTime(time + 1)); // the first action after it is not in
  }

  /** Shows the state of now again. */
  resume() {
    this.#shown = undefined;
    this.#tell();
  }

  /**
   * The state after the first `actions`: the nearest state kept, and the few actions since.
   *
   * @param {number} actions
   * @returns {State}
   */
  stateAt(actions) {
    if (actions === this.#actions) return this.#now;
    const frame = Math.floor(actions / KEYFRAME_EVERY);
    let state = /** @type {State} */ (this.#keyframes[frame]);
    for (let offset = frame * KEYFRAME_EVERY; offset < actions; offset++) {
      state = this.#reduce(state, this.#log.read(offset, { uncommitted: true }).value);
      this.reads++;
    }
    return state;
  }

  /** @param {() => void} listener  @returns {() => void} ends it */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close() {
    await this.#log.close();
  }

  /** @param {Action} action */
  #apply(action) {
    this.#now = this.#reduce(this.#now, action);
    this.#actions++;
    if (this.#actions % KEYFRAME_EVERY === 0) this.#keyframes.push(this.#now);
  }

  #tell() {
    for (const listener of this.#listeners) listener();
  }
}
