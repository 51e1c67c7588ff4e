import type { FileHandle, FileSystem, Mapping } from "@seglog/fs";
import { simulatedDisk } from "@seglog/fs/sim";
import { expect, test } from "vitest";
import { openLog } from "../src/index.ts";

/** Bytes looked at in each file, by reads and through mappings. */
function watched(inner: FileSystem, bytes: Map<string, number>): FileSystem {
  const count = (path: string, more: number): void => {
    bytes.set(path, (bytes.get(path) ?? 0) + more);
  };
  const watchedMapping = (mapping: Mapping, path: string): Mapping => ({
    length: mapping.length,
    outlivesHandle: mapping.outlivesHandle,
    bytes: undefined,
    willNeed: (position, length) => mapping.willNeed(position, length),
    view(position, length) {
      count(path, length);
      return mapping.view(position, length);
    },
    u64(position) {
      count(path, 8);
      return mapping.u64(position);
    },
    setU64: (position, value) => mapping.setU64(position, value),
    flush: () => mapping.flush(),
    close: () => mapping.close(),
  });
  const watchedHandle = (handle: FileHandle): FileHandle => ({
    path: handle.path,
    size: () => handle.size(),
    read(target, position) {
      const read = handle.read(target, position);
      count(handle.path, read);
      return read;
    },
    write: (parts, position) => handle.write(parts, position),
    writeDurably: (parts, position) => handle.writeDurably(parts, position),
    writeNow: (bytes, position) => handle.writeNow(bytes, position),
    allocate: (from, to) => handle.allocate(from, to),
    sync: () => handle.sync(),
    truncate: (size) => handle.truncate(size),
    map: (length, options) => watchedMapping(handle.map(length, options), handle.path),
    close: () => handle.close(),
  });
  return {
    ...inner,
    open: async (path, options) => watchedHandle(await inner.open(path, options)),
  };
}

test.each([100, 1000])(
  "opening after a crash reads the active segment, and of each other a few hundred bytes: records of %i",
  async (recordBytes) => {
    const disk = simulatedDisk({ seed: 1 });
    const options = { segmentBytesMax: 100_000 };
    const log = await openLog("/log", { fs: disk.fs, ...options });
    for (let n = 0; log.segments().length < 12 || n % 50 !== 0; n++) {
      log.write(new Uint8Array(recordBytes).fill(n));
      if (n % 10 === 0) await log.sync();
    }
    await log.sync();
    const { nextOffset } = log;
    const active = log.segments().at(-1);
    expect(active?.storeBytes).toBeGreaterThan(0);

    const left = [...disk.crashStates({ limit: 4 })].at(-1);
    const bytes = new Map<string, number>();
    const again = await openLog("/log", { fs: watched(left?.fs as FileSystem, bytes), ...options });
    expect(again.nextOffset).toBe(nextOffset);
    expect(again.recovery.clean).toBe(false);
    const activeName = `${active?.baseOffset}`.padStart(20, "0");
    const activeBytes = bytes.get(`/log/${activeName}.store`) ?? 0;
    expect(activeBytes).toBeGreaterThanOrEqual(active?.storeBytes ?? 0);
    // its frames, those of the last sync once more, their heads for the index, and zeros ahead
    expect(activeBytes).toBeLessThan(3 * (active?.storeBytes ?? 0) + 2 * 64 * 1024);
    bytes.delete(`/log/${activeName}.store`);
    expect([...bytes.keys()].filter((path) => path.endsWith(".store"))).toHaveLength(11);
    for (const [path, read] of bytes) {
      const isOfLog = path.endsWith(".state") || path.endsWith(".progress");
      const most = isOfLog ? 4 * 8192 : 2 * recordBytes + 1024;
      expect(read, path).toBeLessThan(most);
    }
    await again.close();
    await log.close();
  },
);
