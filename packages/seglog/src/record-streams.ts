import { hasCode } from "@seglog/errors";
import type { Seglog } from "./contract.ts";

/** Chunks that are asked for ahead: writers of single values need not wait for each. */
const VALUES_AHEAD = 256;
/**
 * After so many values others have their turn, every ms or so: a stream whose source and sink never
 * wait goes on in microtasks, and no timer, signal or sync gets through.
 */
const VALUES_PER_TURN = 256;

/** The elements of batches as a stream. */
export function readableOf<T>(batches: AsyncIterator<readonly T[]>): ReadableStream<T> {
  return new ReadableStream<T>(
    {
      async pull(controller) {
        const { done, value } = await batches.next();
        if (done === true) controller.close();
        else for (const record of value) controller.enqueue(record);
      },
      async cancel() {
        await batches.return?.();
      },
    },
    { highWaterMark: 1 },
  );
}

/** A stream whose chunks are written to `log`, and durable when it is closed. */
export function writableTo<In>(
  log: Pick<Seglog<In, unknown>, "write" | "ready" | "sync">,
): WritableStream<In> {
  let written = 0;
  const writeSoon = async (value: In): Promise<void> => {
    for (;;) {
      await log.ready();
      if (wrote(log, value)) return;
    }
  };
  return new WritableStream<In>(
    {
      write(value) {
        if (!wrote(log, value)) return writeSoon(value);
        written++;
        if (written % VALUES_PER_TURN !== 0) return undefined;
        return new Promise<void>((resolve) => setImmediate(resolve));
      },
      close: () => log.sync(),
    },
    { highWaterMark: VALUES_AHEAD },
  );
}

function wrote<In>(log: Pick<Seglog<In, unknown>, "write">, value: In): boolean {
  try {
    log.write(value);
    return true;
  } catch (error) {
    if (hasCode(error, "ERR_SEGLOG_OVERLOADED")) return false;
    throw error;
  }
}
