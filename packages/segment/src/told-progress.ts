import type { Progress } from "./verify-contract.ts";

/** Tells a caller of progress that never falls, though files are looked at twice or grow. */
export function toldProgress({ onProgress }: { onProgress?: (progress: Progress) => void }): {
  turn(progress: Progress): void;
  /** Tells that something goes on that has no part in the total. */
  again(path: string): void;
  finish(path: string): void;
} {
  let done = 0;
  let total = 0;
  const tell = (bytesDone: number, path: string): void => {
    done = Math.max(done, Math.min(bytesDone, total));
    onProgress?.({ bytesDone: done, bytesTotal: total, path });
  };
  return {
    turn({ bytesDone, bytesTotal, path }) {
      // of the first look only: a total that grows is no total
      if (total === 0) total = bytesTotal;
      tell(bytesDone, path);
    },
    again: (path) => tell(done, path),
    finish: (path) => tell(total, path),
  };
}
