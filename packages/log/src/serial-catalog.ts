import type { SegmentCatalog } from "@seglog/segment";

/**
 * `catalog` as its contract wants it called, one call after another, for a log whose rolls go on
 * beside truncations. A call waits for those before it, whatever comes of them.
 */
export function serialCatalog(catalog: SegmentCatalog): SegmentCatalog {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(call: () => Promise<T>): Promise<T> => {
    const result = last.then(call);
    last = result.catch(() => {}); // whoever waits for `result` is told
    return result;
  };
  return {
    path: catalog.path,
    readOnly: catalog.readOnly,
    mapper: catalog.mapper,
    list: () => inTurn(() => catalog.list()),
    create: (baseOffset) => inTurn(() => catalog.create(baseOffset)),
    open: (baseOffset, options) => inTurn(() => catalog.open(baseOffset, options)),
    remove: (baseOffsets) => inTurn(() => catalog.remove(baseOffsets)),
    loadState: () => inTurn(() => catalog.loadState()),
    saveState: (state) => inTurn(() => catalog.saveState(state)),
    // synchronous, and of no file that the others touch
    publish: (progress) => catalog.publish(progress),
    published: () => catalog.published(),
    watch: (onChange) => catalog.watch(onChange),
    listCursors: () => inTurn(() => catalog.listCursors()),
    saveCursor: (name, offset) => inTurn(() => catalog.saveCursor(name, offset)),
    removeCursor: (name) => inTurn(() => catalog.removeCursor(name)),
    close: () => inTurn(() => catalog.close()),
  };
}
