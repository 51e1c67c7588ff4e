import type { SegmentCatalog } from "@seglog/segment";

/** `catalog` for a log that must not close it: its `close` does nothing. */
export function borrowedCatalog(catalog: SegmentCatalog): SegmentCatalog {
  return {
    path: catalog.path,
    readOnly: catalog.readOnly,
    mapper: catalog.mapper,
    list: () => catalog.list(),
    create: (baseOffset) => catalog.create(baseOffset),
    open: (baseOffset, options) => catalog.open(baseOffset, options),
    remove: (baseOffsets) => catalog.remove(baseOffsets),
    loadState: () => catalog.loadState(),
    saveState: (state) => catalog.saveState(state),
    publish: (progress) => catalog.publish(progress),
    published: () => catalog.published(),
    watch: (onChange) => catalog.watch(onChange),
    listCursors: () => catalog.listCursors(),
    saveCursor: (name, offset) => catalog.saveCursor(name, offset),
    removeCursor: (name) => catalog.removeCursor(name),
    async close() {},
  };
}
