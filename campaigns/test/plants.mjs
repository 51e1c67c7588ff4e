/** @typedef {import("../src/session.mjs").Plant} Plant */
/** @typedef {import("@seglog/store").Store} Store */
/** @typedef {import("@seglog/fs").FileSystem} FileSystem */
/** @typedef {import("@seglog/fs").FileHandle} FileHandle */

/** Bugs planted into a log through its parts; each must be found by a campaign. */

/** @type {Plant} A disk whose sync of files does nothing. */
export const syncsNothing = (options) => ({
  ...options,
  fs: withHandles(options, (handle) =>
    decorated(handle, {
      sync: async () => {},
      writeDurably: (parts, position) => handle.write(parts, position),
    }),
  ),
});

/** @type {Plant} A disk whose sync of directories does nothing. */
export const forgetsNames = (options) => ({
  ...options,
  fs: decorated(fsOf(options), { syncDirectory: async () => {} }),
});

/** @type {Plant} A store whose sync only flushes. */
export const syncsByFlushing = (options) =>
  withStore(options, (store) => ({ sync: () => store.flush() }));

/** @type {Plant} A store that gives flipped bytes of longer records as good. */
export const flipsBytes = (options) =>
  withStore(options, (store) => {
    const flip = (/** @type {Uint8Array} */ bytes) => {
      const copy = bytes.slice();
      if (copy.length > 20) copy[20] = /** @type {number} */ (copy[20]) ^ 1;
      return copy;
    };
    return {
      read: (position) => flip(store.read(position)),
      readView: (position) => flip(store.readView(position)),
      scan: (from, limits) => {
        const found = store.scan(from, limits);
        return { ...found, records: found.records.map(flip) };
      },
    };
  });

/** @type {Plant} A store that forgets that records belong together. */
export const dropsBatchFlags = (options) =>
  withStore(options, (store) => ({
    append: (record, { head } = {}) => store.append(record, head === undefined ? {} : { head }),
  }));

/** @type {Plant} A store whose failed writes are passed over. */
export const swallowsFailures = (options) =>
  withStore(options, (store) => ({
    flush: () => store.flush().catch(() => {}),
    sync: () => store.sync().catch(() => {}),
  }));

/** @type {Plant} A store that never finishes a sync that it was asked for beside a read. */
export const hangs = (options) => {
  let syncs = 0;
  return withStore(options, (store) => ({
    sync: () => {
      syncs += 1;
      return syncs < 5 ? store.sync() : new Promise(() => {});
    },
  }));
};

/** @type {Plant} Every end is taken as left by a clean close: no frame is checked. */
export const trustsEveryEnd = (options) => {
  const open = options.openStore;
  if (open === undefined) throw new Error("needs a store to plant into");
  return {
    ...options,
    openStore: (request) =>
      open(
        request.end === "crashed" && request.create === "never"
          ? { ...request, end: "closed" }
          : request,
      ),
  };
};

/** @type {Plant} A store that does not ask which log it is of. */
export const takesAnyLog = (options) => {
  const open = options.openStore;
  if (open === undefined) throw new Error("needs a store to plant into");
  return { ...options, openStore: ({ logId: _, ...request }) => open(request) };
};

/**
 * @param {import("../src/session.mjs").OpenLogOptions} options
 * @param {(store: Store) => Partial<Store>} change
 * @returns {import("../src/session.mjs").OpenLogOptions}
 */
function withStore(options, change) {
  const open = options.openStore;
  if (open === undefined) throw new Error("needs a store to plant into");
  return {
    ...options,
    openStore: async (request) => {
      const store = await open(request);
      return decorated(store, change(store));
    },
  };
}

/**
 * @param {import("../src/session.mjs").OpenLogOptions} options
 * @param {(handle: FileHandle) => FileHandle} change
 */
function withHandles(options, change) {
  const fs = fsOf(options);
  return decorated(fs, { open: async (path, how) => change(await fs.open(path, how)) });
}

/** @param {import("../src/session.mjs").OpenLogOptions} options @returns {FileSystem} */
function fsOf({ fs }) {
  if (fs === undefined) throw new Error("needs a disk to plant into");
  return fs;
}

/** @template {object} T @param {T} object @param {Partial<T>} changes @returns {T} */
function decorated(object, changes) {
  return new Proxy(object, {
    get(target, name) {
      const changed = Reflect.get(changes, name);
      if (changed !== undefined) return changed;
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
