import type { FileSystem } from "@seglog/fs";
import { inspectIndex } from "@seglog/index";
import type { Output } from "./output.ts";

/** What to list of which file. */
export interface DumpRequest {
  readonly fs: FileSystem;
  readonly path: string;
  readonly output: Output;
  readonly json?: boolean;
  readonly from?: number;
  readonly limit?: number;
  readonly signal: AbortSignal;
}

/** Lists the entries of an index file; those behind the last are zeros made ahead. */
export async function dumpIndex(request: DumpRequest): Promise<void> {
  const { fs, path, output, json, signal, from = 0, limit = Number.MAX_SAFE_INTEGER } = request;
  const index = await inspectIndex({ fs, path });
  try {
    const { entryCount, fileBytes } = index;
    const used = countUsed(entryCount, (n) => index.positionAt(n) === 0 && index.offsetAt(n) === 0);
    if (!json) {
      output.line(`index: ${used} entries, ${fileBytes} bytes`);
      output.line("entry\toffset\tposition");
    }
    const to = Math.min(used, from + limit);
    for (let entry = from; entry < to; entry++) {
      const [offset, position] = [index.offsetAt(entry), index.positionAt(entry)];
      if (json) output.json({ entry, offset, position });
      else output.line(`${entry}\t${offset}\t${position}`);
      if (!output.isFull) continue;
      await output.flush();
      signal.throwIfAborted();
    }
  } finally {
    await index.close();
  }
}

/** Entries up to the last that is not zero. The first may be zero: offset 0 at position 0. */
function countUsed(entryCount: number, isZero: (n: number) => boolean): number {
  for (let n = entryCount; n > 1; n--) {
    if (!isZero(n - 1)) return n;
  }
  return Math.min(entryCount, 1);
}
