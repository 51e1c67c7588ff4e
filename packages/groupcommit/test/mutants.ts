import { configured, decorated, ignoringErrors, syncing } from "./decorate.ts";
import type { Make } from "./fixture.ts";

/** A group commit that is broken in one way, and the promise that it breaks. */
export interface Mutant {
  readonly name: string;
  readonly make: Make;
  readonly rejectedBy: string;
}

export const mutants: readonly Mutant[] = [
  {
    name: "acknowledges before the sync is over",
    make: syncing((target) => {
      ignoringErrors(target.sync());
      return Promise.resolve();
    }),
    rejectedBy: "an append resolves with its address when its sync has finished, and not before",
  },
  {
    name: "acknowledges records that were staged after the sync began",
    make: decorated((good) => {
      let running: Promise<void> | undefined;
      return {
        append: async (record) => {
          const address = good.stage(record);
          running ??= good.flush().finally(() => {
            running = undefined;
          });
          await running;
          return address;
        },
      };
    }),
    rejectedBy: "1,000 appends while a sync runs share the next one, and wait for it",
  },
  {
    name: "settles the promises of a batch in the wrong order",
    make: decorated((good) => {
      let settled: (() => void)[] = [];
      return {
        append: async (record, options) => {
          const address = await good.append(record, options);
          await new Promise<void>((resolve) => {
            if (settled.push(resolve) > 1) return;
            setImmediate(() => {
              for (const each of settled.reverse()) each();
              settled = [];
            });
          });
          return address;
        },
      };
    }),
    rejectedBy: "promises resolve in the order of the calls",
  },
  {
    name: "stages in a later turn",
    make: decorated((good) => ({
      append: async (record, options) => {
        await null;
        return good.append(record, options);
      },
    })),
    rejectedBy: "append stages during the call; the sync begins later",
  },
  {
    name: "begins the sync within the first append",
    make: configured((options) => ({ ...options, syncBytes: 1 })),
    rejectedBy: "append stages during the call; the sync begins later",
  },
  {
    name: "begins the next sync before the settled callers had their turn",
    make: decorated((good, target) => {
      let waiting: (() => void)[] = [];
      let running = false;
      const next = async (): Promise<void> => {
        running = true;
        const batch = waiting;
        waiting = [];
        await target.sync();
        for (const settle of batch) settle();
        await null;
        running = false;
        if (waiting.length > 0) await next();
      };
      return {
        append: async (record) => {
          const address = target.append(record);
          const durable = new Promise<void>((resolve) => waiting.push(resolve));
          await null;
          if (!running) ignoringErrors(next());
          await durable;
          return address;
        },
        close: () => good.close(),
      };
    }),
    rejectedBy:
      "the next sync begins when the settled callers have appended again, ten awaits deep",
  },
  {
    name: "starts a second sync while one runs",
    make: decorated((good, target) => ({
      flush: () => {
        ignoringErrors(target.sync());
        return good.flush();
      },
    })),
    rejectedBy: "never two syncs at once",
  },
  {
    name: "does not linger",
    make: configured((options) => ({ ...options, lingerMs: 0 })),
    rejectedBy: "lingerMs holds the sync back until syncBytes are staged",
  },
  {
    name: "has room for everything",
    make: configured((options) => ({ ...options, bytesMax: 2 ** 40 })),
    rejectedBy: "beyond bytesMax appends wait, and are staged in the order of the calls",
  },
  {
    name: "lets a small append overtake one that waits",
    make: decorated((good, target) => ({
      append: async (record, options) => {
        if (record.length > 10 || good.stats().waiting === 0) return good.append(record, options);
        const address = target.append(record);
        await good.flush();
        return address;
      },
    })),
    rejectedBy: "a small append does not overtake one that waits for room",
  },
  {
    name: "announces room where there is none",
    make: decorated(() => ({ ready: () => Promise.resolve() })),
    rejectedBy: "ready resolves at once where stage has room, else when it has some again",
  },
  {
    name: "flushes what is staged, and forgets what waits",
    make: decorated((good) => {
      let running: Promise<void> | undefined;
      return {
        flush: () => {
          running ??= good.flush().finally(() => {
            running = undefined;
          });
          return running;
        },
      };
    }),
    rejectedBy: "flush covers what is staged, what is being synced, and what waits for room",
  },
  {
    name: "writes what was aborted",
    make: decorated((good) => ({
      append: (record, options) => {
        const { signal } = options ?? {};
        const written = good.append(record);
        if (signal === undefined) return written;
        ignoringErrors(written);
        return new Promise((resolve, reject) => {
          if (signal.aborted) reject(signal.reason);
          signal.addEventListener("abort", () => reject(signal.reason));
          written.then(resolve, reject);
        });
      },
    })),
    rejectedBy:
      "aborted while it waits for room: never written, rejected with the reason, others go on",
  },
  {
    name: "leaves its listeners on the signal",
    make: decorated((good) => ({
      append: (record, options) => {
        options?.signal?.addEventListener("abort", () => {});
        return good.append(record, options);
      },
    })),
    rejectedBy: "no listener stays on a signal: not when staged, aborted, or poisoned",
  },
  {
    name: "rejects what is staged when its signal aborts",
    make: decorated((good) => ({
      append: (record, options) => {
        const staged = good.append(record, options);
        const aborted = new Promise<never>((_, reject) => {
          options?.signal?.addEventListener("abort", () => reject(new Error("aborted")));
        });
        return Promise.race([staged, aborted]);
      },
    })),
    rejectedBy: "once staged, a record cannot be aborted: the promise tells its real fate",
  },
  {
    name: "is poisoned by a record that the target refuses",
    make: decorated(
      () => ({}),
      (target) => {
        let refused: unknown;
        return {
          append: (record) => {
            try {
              return target.append(record);
            } catch (error) {
              refused = error;
              throw error;
            }
          },
          sync: () => (refused === undefined ? target.sync() : Promise.reject(refused)),
        };
      },
    ),
    rejectedBy: "what the target's append throws rejects that append alone",
  },
  {
    name: "tries a failed sync again",
    make: syncing((target) => target.sync().catch(() => target.sync())),
    rejectedBy:
      "once poisoned every call rejects, nothing is staged or synced again, close resolves",
  },
  {
    name: "acknowledges though the sync failed",
    make: syncing((target) => target.sync().catch(() => {})),
    rejectedBy: "a failed sync poisons: staged, waiting, flush and ready reject with the cause",
  },
  {
    name: "loses the cause of the failure",
    make: syncing((target) =>
      target.sync().catch(() => {
        throw new Error("sync failed");
      }),
    ),
    rejectedBy: "a failed sync poisons: staged, waiting, flush and ready reject with the cause",
  },
  {
    name: "goes on after a shortage without resuming the target",
    make: configured(({ resume, ...options }) => ({
      ...options,
      ...(resume && { resume: async () => {} }),
    })),
    rejectedBy:
      "a shortage rejects all that wait with the target's error, and resume lets appends go on",
  },
  {
    name: "takes every failure of a resume for nothing",
    make: configured(({ resume, ...options }) => ({
      ...options,
      ...(resume && { resume: () => resume().catch(() => {}) }),
    })),
    rejectedBy: "a shortage poisons where there is no resume, or where resume rejects",
  },
  {
    name: "forgets what nobody waited for",
    make: decorated((good) => ({
      stage: (record) => {
        try {
          return good.stage(record);
        } catch (error) {
          ignoringErrors(good.flush());
          throw error;
        }
      },
    })),
    rejectedBy: "who staged without waiting is refused until a flush has told of the loss",
  },
  {
    name: "closes without committing",
    make: decorated(() => {
      const closed = Promise.resolve();
      return { close: () => closed };
    }),
    rejectedBy: "close commits what was staged though nobody waited for it",
  },
  {
    name: "closes while a waiter is left",
    make: decorated((good) => ({
      append: (record, options) =>
        good.stats().waiting === 0 ? good.append(record, options) : new Promise(() => {}),
    })),
    rejectedBy: "close commits what is staged and what waits for room, then resolves",
  },
  {
    name: "lets appends in after close",
    make: decorated((good, target) => {
      let closing = false;
      return {
        append: async (record, options) =>
          closing ? target.append(record) : good.append(record, options),
        close: () => {
          closing = true;
          return good.close();
        },
      };
    }),
    rejectedBy:
      "after close every call fails but close and stats; who waits for room is told at once",
  },
];
