import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RwLock } from "../src/rw-lock.ts";

/** Lets everything run that needs no more than promises. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("RwLock", () => {
  it("shared holds overlap, an exclusive one is alone", async () => {
    const lock = new RwLock();
    expect([lock.tryShared(), lock.tryShared()]).toEqual([true, true]);
    const order: string[] = [];
    const exclusive = lock.exclusive().then(() => order.push("exclusive"));
    await settle();
    expect(order).toEqual([]);
    lock.releaseShared();
    await settle();
    expect(order).toEqual([]);
    lock.releaseShared();
    await exclusive;
    expect(lock.tryShared()).toBe(false);
    lock.releaseExclusive();
    expect(lock.tryShared()).toBe(true);
  });

  it("who asks while somebody waits, waits behind them: nobody starves", async () => {
    const lock = new RwLock();
    await lock.shared();
    const order: string[] = [];
    const take = async (name: string, exclusive: boolean): Promise<void> => {
      await (exclusive ? lock.exclusive() : lock.shared());
      order.push(name);
    };
    const taken = [take("x1", true), take("s1", false), take("s2", false), take("x2", true)];
    expect(lock.tryShared()).toBe(false);
    taken.push(take("s3", false));
    lock.releaseShared();
    await settle();
    expect(order).toEqual(["x1"]);
    lock.releaseExclusive();
    await settle();
    expect(order).toEqual(["x1", "s1", "s2"]);
    lock.releaseShared();
    await settle();
    expect(order).toEqual(["x1", "s1", "s2"]);
    lock.releaseShared();
    await settle();
    expect(order).toEqual(["x1", "s1", "s2", "x2"]);
    lock.releaseExclusive();
    await Promise.all(taken);
    expect(order.at(-1)).toBe("s3");
  });

  it("work that throws gives its hold back", async () => {
    const lock = new RwLock();
    const fail = (): never => {
      throw new Error("no");
    };
    await expect(lock.withShared(fail)).rejects.toThrow("no");
    await expect(lock.withSharedNow(fail)).rejects.toThrow("no");
    await expect(lock.withExclusive(fail)).rejects.toThrow("no");
    expect(await lock.withExclusive(async () => "free")).toBe("free");
  });

  it("any order of asking and ending: never shared beside exclusive, and all get their turn", async () => {
    const asks = fc.array(
      fc.record({ exclusive: fc.boolean(), turns: fc.nat(4), pause: fc.nat(3) }),
      { minLength: 1, maxLength: 40 },
    );
    await fc.assert(
      fc.asyncProperty(asks, async (list) => {
        const lock = new RwLock();
        let readers = 0;
        let writers = 0;
        const done: Promise<void>[] = [];
        for (const { exclusive, turns, pause } of list) {
          const work = async (): Promise<void> => {
            if (exclusive) writers++;
            else readers++;
            expect(writers === 0 || (writers === 1 && readers === 0)).toBe(true);
            for (let i = 0; i < turns; i++) await undefined;
            if (exclusive) writers--;
            else readers--;
          };
          done.push(exclusive ? lock.withExclusive(work) : lock.withShared(work));
          for (let i = 0; i < pause; i++) await undefined;
        }
        await Promise.all(done);
        expect([readers, writers, lock.tryShared()]).toEqual([0, 0, true]);
      }),
      { numRuns: 200 },
    );
  });
});
