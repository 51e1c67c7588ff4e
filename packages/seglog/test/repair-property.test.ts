import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { repairLog, verifyLog } from "../src/index.ts";
import {
  copyOf,
  DIRECTORY,
  type Place,
  readAll,
  type StoredLog,
  storedLog,
  storePath,
} from "./stored-log.ts";

vi.setConfig({ testTimeout: 300_000 }); // a busy machine is ten times slower

/** What can happen to the bytes of a store, each at some place. */
const DAMAGES = {
  flip: (bytes, at, size) => {
    for (let i = at; i < Math.min(bytes.length, at + (size % 5) + 1); i++) {
      bytes[i] = (bytes[i] as number) ^ (1 << (size % 8));
    }
    return bytes;
  },
  zero: (bytes, at, size) => bytes.fill(0, at, at + size),
  noise: (bytes, at, size) => {
    for (let i = at; i < Math.min(bytes.length, at + size); i++)
      bytes[i] = (i * 2_654_435_761) >>> 7;
    return bytes;
  },
  cut: (bytes, at) => bytes.slice(0, at),
  extend: (bytes, at, size) => Buffer.concat([bytes, bytes.subarray(at, at + size)]),
  move: (bytes, at, size) => bytes.copyWithin(at, Math.max(0, at - size), at),
} satisfies Record<string, (bytes: Uint8Array, at: number, size: number) => Uint8Array>;

const damages = fc.array(
  fc.record({
    kind: fc.constantFrom(...(Object.keys(DAMAGES) as (keyof typeof DAMAGES)[])),
    segment: fc.nat(20),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    size: fc.integer({ min: 1, max: 400 }),
  }),
  { minLength: 1, maxLength: 4 },
);

const logs = new Map<boolean, Promise<StoredLog>>();

/** Made once, and copied for each case. */
async function fresh(closed: boolean): Promise<StoredLog> {
  const made = logs.get(closed) ?? storedLog({ closed, records: 80, batch: 2 });
  logs.set(closed, made);
  const log = await made;
  return { ...log, disk: await copyOf(log.disk) };
}

test("after any damage a repaired log opens, and no record whose frame is whole is lost", async () => {
  await fc.assert(
    fc.asyncProperty(fc.boolean(), damages, async (closed, hits) => {
      const log = await fresh(closed);
      const original = new Map(
        log.segments.map((base) => [base, log.disk.contents(storePath(base))]),
      );
      for (const { kind, segment, at, size } of hits) {
        const path = storePath(log.segments[segment % log.segments.length] as number);
        const bytes = log.disk.contents(path);
        if (bytes.length === 0) continue;
        const place = Math.floor(at * (bytes.length - 1));
        log.disk.replace(path, DAMAGES[kind](bytes, place, size));
      }
      const before = await readAll({ ...log, disk: await copyOf(log.disk) }).catch(() => undefined);
      const damaged = new Map(
        log.segments.map((base) => [base, log.disk.contents(storePath(base))]),
      );
      const { fs } = log.disk;
      const { damages: found } = await verifyLog(DIRECTORY, { fs });
      const isReported = found.some(({ harmless }) => !harmless);
      if (before === undefined || before.corrupt.size > 0) expect(isReported).toBe(true);
      const { lost } = await repairLog(DIRECTORY, { fs });
      const { right, corrupt } = await readAll(log);
      const torn = found.find(({ kind }) => kind === "torn tail")?.from ?? Infinity;
      const isSaid = (offset: number): boolean =>
        corrupt.has(offset) ||
        lost.some(({ from, to }) => from <= offset && offset < (to ?? Infinity));
      for (const [offset, place] of log.places) {
        const isWhole = wholeIn(place, { original, damaged });
        if (before?.right.has(offset) || (isWhole && offset < torn)) {
          if (!right.has(offset)) expect({ offset, isWhole }).toBe("read right");
        } else if (!right.has(offset) && closed && offset < torn) {
          if (!isSaid(offset)) expect(offset).toBe("said to be lost");
        }
      }
    }),
    { numRuns: 150 },
  );
});

/** Whether a record's frame, and the header of its store, are as they were. */
function wholeIn(
  { path, from, to }: Place,
  { original, damaged }: Readonly<Record<"original" | "damaged", ReadonlyMap<number, Uint8Array>>>,
): boolean {
  const base = [...original.keys()].find((candidate) => storePath(candidate) === path) as number;
  const [old, now] = [original.get(base), damaged.get(base)] as [Uint8Array, Uint8Array];
  return [
    [0, 32],
    [from, to],
  ].every(([a, b]) => Buffer.compare(old.subarray(a, b), now.subarray(a, b)) === 0);
}
