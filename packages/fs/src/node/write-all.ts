import { refused } from "../disk-error.ts";

/** Two ways to write once; each may write less than it was given, as the system may. */
export interface WriteDevice {
  readonly path: string;
  /** One part, from `part[0]` on. */
  write(part: Uint8Array, position: number): Promise<number>;
  writeVector(parts: Uint8Array[], position: number): Promise<number>;
}

/** POSIX's and Linux's IOV_MAX: more parts in one call are refused. */
const PARTS_MAX = 1024;
/** macOS refuses 2 GiB in one call, Linux cuts it short: stay well below both. */
const BYTES_MAX = 2 ** 30;

/** Writes all of `parts` from `position`, in as few calls as the system allows. */
export async function writeAll(
  device: WriteDevice,
  parts: readonly Uint8Array[],
  position: number,
): Promise<void> {
  const rest = parts.filter((part) => part.length > 0);
  let next = 0;
  let at = position;
  while (next < rest.length) {
    const batch = batchOf(rest, next);
    const first = batch[0] as Uint8Array;
    let written =
      batch.length === 1 ? await device.write(first, at) : await device.writeVector(batch, at);
    if (written <= 0) throw refused("EIO", "write", device.path, "the system wrote no byte");
    at += written;
    for (let part = rest[next]; part !== undefined && written >= part.length; part = rest[next]) {
      written -= part.length;
      next += 1;
    }
    if (written > 0) rest[next] = (rest[next] as Uint8Array).subarray(written);
  }
}

/** What one call takes of `rest` from `next` on; a first part that is too long is cut. */
function batchOf(rest: readonly Uint8Array[], next: number): Uint8Array[] {
  const batch: Uint8Array[] = [];
  let bytes = 0;
  for (let i = next; i < rest.length && batch.length < PARTS_MAX; i += 1) {
    const part = rest[i] as Uint8Array;
    bytes += part.length;
    if (bytes > BYTES_MAX && batch.length > 0) break;
    batch.push(part.length > BYTES_MAX ? part.subarray(0, BYTES_MAX) : part);
  }
  return batch;
}
