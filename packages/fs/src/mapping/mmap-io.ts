import { detach } from "./detach.ts";
import { MADV_WILLNEED, MAP_SHARED, type Mapper, PROT_READ, PROT_WRITE } from "./mapper.ts";
import { MemoryMapped } from "./memory-mapped.ts";
import { systemError } from "./system-error.ts";

/** What is used of `@riaskov/mmap-io`. Sizes are read as int32: the caller stays below 2 GiB. */
interface MmapIo {
  map(size: number, protection: number, flags: number, fd: number, offset: number): Uint8Array;
  advise(pages: Uint8Array, offset: number, length: number, advice: number): void;
}

/** @throws whatever `require` throws where the addon is missing or built for another Node */
export function loadMmapIo(require: NodeJS.Require): Mapper {
  const io = require("mmap-io") as MmapIo;
  return {
    name: "mmap-io",
    map(file, length, writable) {
      const protection = writable ? PROT_READ | PROT_WRITE : PROT_READ;
      const pages = mapped(io, length, protection, file.fd());
      const { buffer, byteOffset } = pages;
      const data = new DataView(buffer as ArrayBuffer, byteOffset, length);
      // mmap-io unmaps when the buffer is collected; detaching it (Node 22 and later) does so at
      // once, with views that read as empty instead of as another mapping's pages
      return new MemoryMapped(file.path, data, writable, {
        unmap: () => detach(buffer as ArrayBuffer),
        willNeed: (position, bytes) => io.advise(pages, position, bytes, MADV_WILLNEED),
      });
    },
  };
}

function mapped(io: MmapIo, length: number, protection: number, fd: number): Uint8Array {
  try {
    return io.map(length, protection, MAP_SHARED, fd, 0);
  } catch (error) {
    // its only form of error: "mmap failed, 12"
    const errno = /^mmap failed, (\d+)$/.exec((error as Error).message)?.[1];
    throw errno === undefined ? error : systemError("mmap", Number(errno));
  }
}
