import { close, constants, fstat, open, type Stats } from "node:fs";
import { promisify } from "node:util";

const openRaw = promisify(open) as (path: string, flags: number) => Promise<number>;
const fstatRaw = promisify(fstat) as (fd: number) => Promise<Stats>;
const closeRaw = promisify(close);

/**
 * A second descriptor of the file behind `fd`, each write through which is durable when it returns.
 * Opened by number: by its path a file may be another one by now.
 *
 * Linux only. Where O_DSYNC exists elsewhere it leaves the bytes in the drive's cache (macOS).
 *
 * @returns `undefined` where there is none to be had: without /proc, without rights any more, or
 *   without a descriptor to spare; then write and sync do the same in two calls
 */
export async function openSyncingTwin(fd: number): Promise<number | undefined> {
  if (process.platform !== "linux") return undefined;
  let twin: number | undefined;
  try {
    twin = await openRaw(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_DSYNC);
    const [ours, theirs] = await Promise.all([fstatRaw(fd), fstatRaw(twin)]);
    if (ours.dev === theirs.dev && ours.ino === theirs.ino) return twin;
  } catch {
    // whatever the reason, there is another way
  }
  if (twin !== undefined) await closeRaw(twin);
  return undefined;
}
