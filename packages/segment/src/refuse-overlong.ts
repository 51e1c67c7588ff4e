import { SeglogError } from "@seglog/errors";
import type { FileSystem } from "@seglog/fs";

/** The largest segment, or a batch in an empty one, and what is preallocated: nothing is longer. */
export const STORE_FILE_BYTES_LIMIT: number = 2 ** 31;

/**
 * Refuses a store file that no log can have written, before it is read: a sparse one of terabytes
 * costs whoever damages a file nothing, and whoever walks it hours.
 *
 * @throws ERR_SEGLOG_CORRUPT  it is longer than 2 GiB
 */
export async function refuseOverlong(fs: FileSystem, path: string): Promise<void> {
  const bytes = (await fs.stat(path))?.bytes ?? 0;
  if (bytes <= STORE_FILE_BYTES_LIMIT) return;
  const text = `${path} has ${bytes} bytes, more than any segment`;
  throw new SeglogError("ERR_SEGLOG_CORRUPT", text, { path, position: STORE_FILE_BYTES_LIMIT });
}

/** The error for a segment behind whose last record there is more than what was preallocated. */
export function bytesBehind(path: string, nextOffset: number): SeglogError {
  const text = `${path} goes on behind its last record, ${nextOffset - 1}`;
  return new SeglogError("ERR_SEGLOG_CORRUPT", text, { path, offset: nextOffset });
}
