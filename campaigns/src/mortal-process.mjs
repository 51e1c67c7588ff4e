/** @typedef {import("@seglog/fs").FileSystem} FileSystem */
/** @typedef {import("@seglog/fs").FileHandle} FileHandle */
/** @typedef {import("@seglog/fs").Mapping} Mapping */

/**
 * A process that can be killed: what it sees of a disk, until then. Killed, its calls in flight
 * end as the disk wants, its later ones never return, and everything it had open is released.
 */
export class MortalProcess {
  /** @type {FileSystem} */
  fs;
  #isDead = false;
  /** @type {Set<Promise<unknown>>} */
  #running = new Set();
  /** What ends with the process. @type {Set<() => unknown>} */
  #held = new Set();

  /** @param {FileSystem} fs */
  constructor(fs) {
    this.fs = this.#wrapFileSystem(fs);
  }

  async kill() {
    this.#isDead = true;
    await Promise.allSettled([...this.#running]);
    // in the order in which they were taken
    for (const release of this.#held) {
      try {
        await release();
      } catch {
        // nobody is there to be told, and it is released all the same
      }
    }
  }

  /** @param {FileSystem} fs @returns {FileSystem} */
  #wrapFileSystem(fs) {
    return {
      mapper: fs.mapper,
      bootId: fs.bootId,
      watch: (directory, onChange) => fs.watch(directory, onChange),
      open: async (path, options) =>
        this.#wrapHandle(await this.#call(() => fs.open(path, options))),
      stat: (path) => this.#call(() => fs.stat(path)),
      list: (directory) => this.#call(() => fs.list(directory)),
      makeDirectory: (path, options) => this.#call(() => fs.makeDirectory(path, options)),
      removeDirectory: (path) => this.#call(() => fs.removeDirectory(path)),
      rename: (from, to) => this.#call(() => fs.rename(from, to)),
      remove: (path) => this.#call(() => fs.remove(path)),
      syncDirectory: (path) => this.#call(() => fs.syncDirectory(path)),
      lock: async (path, options) => {
        const lock = await this.#call(
          () => fs.lock(path, options),
          (late) => late.release(),
        );
        const release = this.#holds(() => lock.release());
        return { release: () => this.#call(release) };
      },
    };
  }

  /** @param {FileHandle} handle @returns {FileHandle} */
  #wrapHandle(handle) {
    const close = this.#holds(() => handle.close());
    return {
      path: handle.path,
      size: () => this.#call(() => handle.size()),
      read: (target, position) => this.#callNow(() => handle.read(target, position)),
      write: (parts, position) => this.#call(() => handle.write(parts, position)),
      writeNow: (bytes, position) => this.#callNow(() => handle.writeNow(bytes, position)),
      writeDurably: (parts, position) => this.#call(() => handle.writeDurably(parts, position)),
      allocate: (from, to) => this.#callNow(() => handle.allocate(from, to)),
      sync: () => this.#call(() => handle.sync()),
      truncate: (size) => this.#call(() => handle.truncate(size)),
      map: (length, options) => this.#callNow(() => this.#wrapMapping(handle.map(length, options))),
      close: () => this.#call(close),
    };
  }

  /** @param {Mapping} mapping @returns {Mapping} */
  #wrapMapping(mapping) {
    const close = this.#holds(() => mapping.close());
    return {
      length: mapping.length,
      outlivesHandle: mapping.outlivesHandle,
      bytes: undefined,
      willNeed: (position, length) => this.#callNow(() => mapping.willNeed(position, length)),
      view: (position, length) => this.#callNow(() => mapping.view(position, length)),
      u64: (position) => this.#callNow(() => mapping.u64(position)),
      setU64: (position, value) => this.#callNow(() => mapping.setU64(position, value)),
      flush: () => this.#callNow(() => mapping.flush()),
      close: () => void this.#callNow(close),
    };
  }

  /**
   * @template T
   * @param {() => Promise<T>} call
   * @param {(result: T) => unknown} [undo]  for what arrives when nobody is there any more
   * @returns {Promise<T>}
   */
  async #call(call, undo) {
    if (this.#isDead) return NEVER;
    const running = call();
    this.#running.add(running);
    try {
      const result = await running;
      if (!this.#isDead) return result;
      await (isHandle(result) ? result.close() : undo?.(result));
      return NEVER;
    } catch (error) {
      if (this.#isDead) return NEVER;
      throw error;
    } finally {
      this.#running.delete(running);
    }
  }

  /** @template T @param {() => T} call @returns {T} */
  #callNow(call) {
    if (this.#isDead) throw new Error("the process was killed");
    return call();
  }

  /** @template T @param {() => T} release @returns {() => T} */
  #holds(release) {
    const once = () => {
      this.#held.delete(once);
      return release();
    };
    this.#held.add(once);
    return once;
  }
}

/** @type {Promise<never>} */
const NEVER = new Promise(() => {});

/** @param {unknown} result @returns {result is FileHandle} */
function isHandle(result) {
  return typeof result === "object" && result !== null && "allocate" in result;
}
