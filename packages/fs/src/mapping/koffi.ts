import { detach } from "./detach.ts";
import { MADV_WILLNEED, MAP_SHARED, type Mapper, PROT_READ, PROT_WRITE } from "./mapper.ts";
import { MemoryMapped } from "./memory-mapped.ts";
import { systemError } from "./system-error.ts";

type NativeFunction = (...values: readonly unknown[]) => unknown;

/** What is used of `koffi`, which is optional: its own types may not be installed. */
export interface Koffi {
  load(path: null): { func(prototype: string): NativeFunction };
  address(pointer: unknown): bigint;
  view(pointer: unknown, length: number): ArrayBuffer;
  errno(): number;
}

/** What munmap(2) is told. */
interface Pages {
  readonly pointer: unknown;
  readonly length: number;
}

const MAP_FAILED = 2n ** 64n - 1n;

/** @throws whatever `require` or the linker throws where there is no koffi or no such function */
export function loadKoffi(require: NodeJS.Require): Mapper {
  const koffi = require("koffi") as Koffi;
  const libc = koffi.load(null);
  const mmap = libc.func("void *mmap(void *, size_t, int, int, int, int64_t)");
  const madvise = libc.func("int madvise(void *, size_t, int)");
  const munmap = libc.func("int munmap(void *, size_t)");
  const collected = new FinalizationRegistry<Pages>((pages) => munmap(pages.pointer, pages.length));
  return {
    name: "koffi",
    map(file, length, writable) {
      const protection = writable ? PROT_READ | PROT_WRITE : PROT_READ;
      const pointer = mmap(null, length, protection, MAP_SHARED, file.fd(), 0);
      if (BigInt.asUintN(64, koffi.address(pointer)) === MAP_FAILED) {
        throw systemError("mmap", koffi.errno());
      }
      const buffer = koffi.view(pointer, length);
      const pages: Pages = { pointer, length };
      // also for a mapping that was never closed. Plain data: a closure would share its scope with
      // the one below, and so hold the buffer, which then would never be collected
      collected.register(buffer, pages, buffer);
      return new MemoryMapped(file.path, new DataView(buffer), writable, {
        unmap() {
          if (!detach(buffer)) return; // a view may still be read: unmapped when it is collected
          collected.unregister(buffer);
          munmap(pointer, length);
        },
        willNeed: (position, bytes) =>
          madvise(new Uint8Array(buffer, position, bytes), bytes, MADV_WILLNEED),
      });
    },
  };
}
