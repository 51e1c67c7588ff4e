import { readFileSync, watch } from "node:fs";
import type { Watch } from "../contract.ts";
import { diskError } from "../disk-error.ts";

/** Linux's name for one start of the system; all containers of a machine share it. */
const BOOT_ID_PATH = "/proc/sys/kernel/random/boot_id";
/** Hex digits of it that a safe integer holds. */
const BOOT_ID_DIGITS = 12;

/** inotify, or what the platform has in its place; on Linux it tells of every write(2). */
export function watchDirectory(directory: string, onChange: () => void): Watch {
  let isOpen = true;
  try {
    const watcher = watch(directory, { persistent: false }, () => {
      if (isOpen) onChange();
    });
    // a hint that ends: whoever wants it looks from time to time anyway
    watcher.on("error", () => watcher.close());
    return {
      close() {
        isOpen = false;
        watcher.close();
      },
    };
  } catch (error) {
    throw diskError("watch", directory, error);
  }
}

/** See `FileSystem.bootId`. */
export function bootIdOfSystem(): number {
  try {
    const digits = readFileSync(BOOT_ID_PATH, "latin1").replaceAll("-", "");
    const id = Number.parseInt(digits.slice(0, BOOT_ID_DIGITS), 16);
    return Number.isSafeInteger(id) ? id : 0;
  } catch {
    return 0; // not Linux, or no /proc: the platform does not tell
  }
}
