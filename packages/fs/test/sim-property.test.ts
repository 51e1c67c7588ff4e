import type { FileHandle } from "@seglog/fs";
import { type SimulatedDisk, simulatedDisk } from "@seglog/fs/sim";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { look } from "./fixtures/sim-look.ts";

// thousands of disks on a busy machine: 5 s would be too few
vi.setConfig({ testTimeout: 60_000 });

const SECTOR = 512;
const seed = fc.nat();
const write = fc.record({
  do: fc.constant("write" as const),
  position: fc.nat({ max: 6000 }),
  length: fc.integer({ min: 1, max: 2500 }),
});
const step = fc.oneof(
  { weight: 6, arbitrary: write },
  { weight: 3, arbitrary: write.map((each) => ({ ...each, do: "writeDurably" as const })) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("allocate" as const), to: fc.nat(9000) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("sync" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("failedSync" as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A file, and what each of its sectors held since the last sync that completed. */
class SectorModel {
  bytes = new Uint8Array(16_384);
  length = 0;
  lengthMin = 0;
  readonly #versions = new Map<number, Set<string>>();

  note(failed: boolean = false): void {
    for (let s = 0; s * SECTOR < this.bytes.length; s += 1) {
      const held = this.#versions.get(s) ?? new Set();
      held.add(this.#sector(this.bytes, s));
      this.#versions.set(s, held);
    }
    if (failed) this.lengthMin = Math.min(this.lengthMin, this.length);
  }

  synced(): void {
    this.#versions.clear();
    this.lengthMin = this.length;
    this.note();
  }

  /** From now on bytes `[from, to)` are there as they are now, whatever the others are. */
  durableFrom(from: number, to: number): void {
    this.lengthMin = Math.max(this.lengthMin, to);
    for (let s = Math.floor(from / SECTOR); s * SECTOR < to; s += 1) {
      const first = Math.max(0, from - s * SECTOR) * 2;
      const last = Math.min(SECTOR, to - s * SECTOR) * 2;
      const now = this.#sector(this.bytes, s);
      const held = this.#versions.get(s) ?? new Set();
      const fixed = (hex: string): string =>
        hex.slice(0, first) + now.slice(first, last) + hex.slice(last);
      this.#versions.set(s, new Set([...held].map(fixed)));
    }
  }

  /** Whether a crash may leave `bytes`. */
  allows(bytes: Uint8Array): boolean {
    if (bytes.length < this.lengthMin || bytes.length > this.length) return false;
    for (let s = 0; s * SECTOR < bytes.length; s += 1) {
      const visible = Math.min(SECTOR, bytes.length - s * SECTOR);
      const found = Buffer.from(bytes.subarray(s * SECTOR, s * SECTOR + visible)).toString("hex");
      const held = this.#versions.get(s) ?? new Set();
      if (![...held].some((hex) => hex.slice(0, visible * 2) === found)) return false;
    }
    return true;
  }

  #sector(bytes: Uint8Array, s: number): string {
    return Buffer.from(bytes.subarray(s * SECTOR, (s + 1) * SECTOR)).toString("hex");
  }
}

async function run(
  disk: SimulatedDisk,
  handle: FileHandle,
  { next, model, n }: { readonly next: Step; readonly model: SectorModel; readonly n: number },
): Promise<void> {
  if (next.do === "write") {
    const bytes = new Uint8Array(next.length).fill(n + 1);
    await handle.write([bytes], next.position);
    model.bytes.set(bytes, next.position);
    model.length = Math.max(model.length, next.position + next.length);
    model.note();
  } else if (next.do === "writeDurably") {
    const bytes = new Uint8Array(next.length).fill(n + 1);
    await handle.writeDurably([bytes], next.position);
    model.bytes.set(bytes, next.position);
    model.length = Math.max(model.length, next.position + next.length);
    model.note();
    model.durableFrom(next.position, next.position + next.length);
  } else if (next.do === "allocate") {
    const from = Math.min(next.to, model.length);
    handle.allocate(from, next.to);
    model.length = Math.max(model.length, next.to);
    model.bytes.fill(0, from, next.to);
    model.note();
  } else if (next.do === "sync") {
    await handle.sync();
    // what a failed sync covered stays in doubt: the model then only forgets nothing
    if (!doubted.has(disk)) model.synced();
  } else {
    disk.fail({ at: disk.operationCount, errno: "EIO" });
    await handle.sync().catch(() => doubted.add(disk));
  }
}

const doubted = new WeakSet<SimulatedDisk>();

test("in every crash state each sector is as it was at some time since the last completed sync", async () => {
  let states = 0;
  await fc.assert(
    fc.asyncProperty(seed, fc.array(step, { maxLength: 10 }), async (diskSeed, steps) => {
      const disk = simulatedDisk({ seed: diskSeed });
      const handle = await disk.fs.open("/a", { access: "write", create: "exclusive" });
      await disk.fs.syncDirectory("/");
      const model = new SectorModel();
      model.synced();
      for (const [n, next] of steps.entries()) {
        await run(disk, handle, { next, model, n });
        for (const state of disk.crashStates({ limit: 20 })) {
          states += 1;
          if (!model.allows(state.disk.contents("/a"))) throw new Error(state.describe());
        }
      }
    }),
    { numRuns: 60 },
  );
  expect(states).toBeGreaterThan(1000);
});

test("sampled states are among all of them, each once, nothing and everything first", async () => {
  await fc.assert(
    fc.asyncProperty(seed, fc.array(write, { minLength: 2, maxLength: 4 }), async (s, writes) => {
      const disk = simulatedDisk({ seed: s });
      for (const [n, { position, length }] of writes.entries()) {
        const path = `/${n % 2}`;
        const handle = await disk.fs.open(path, { access: "write", create: "ifMissing" });
        const short = Math.min(length, 700);
        await handle.write([new Uint8Array(short).fill(65 + n)], position % 600);
        await handle.close();
      }
      const all = new Set<string>();
      for (const state of disk.crashStates({ limit: 20_000 })) all.add(await look(state.fs));
      fc.pre(all.size > 12);
      const sampled: string[] = [];
      for (const state of disk.crashStates({ limit: 12 })) sampled.push(await look(state.fs));
      expect(sampled.length).toBe(12);
      for (const text of sampled) expect(all.has(text)).toBe(true);
      expect(sampled[0]).toBe("");
      expect(sampled[1]).toBe(await look(disk.fs));
    }),
    { numRuns: 25 },
  );
});

/** Everything that a disk of this seed does and leaves in a workload with calls in flight. */
async function story(diskSeed: number): Promise<string[]> {
  const disk = simulatedDisk({ seed: diskSeed });
  const lines: string[] = [];
  disk.onOperation(({ index, kind, path }) => lines.push(`${index} ${kind} ${path}`));
  const a = await disk.fs.open("/a", { access: "write", create: "exclusive" });
  const b = await disk.fs.open("/b", { access: "write", create: "exclusive" });
  disk.cutAfter(24);
  const calls: Promise<unknown>[] = [];
  for (let i = 0; i < 12; i += 1) {
    const handle = i % 3 === 0 ? b : a;
    const bytes = new Uint8Array(700).fill(65 + i);
    const written = handle.write([bytes], i * 500).then(() => handle.sync());
    calls.push(written.then(() => lines.push(`done ${i}`)));
  }
  await Promise.allSettled(calls);
  for (const state of disk.crashStates({ limit: 30 })) {
    lines.push(state.describe(), await look(state.fs));
  }
  return lines;
}

test("the same seed makes the same calls, the same order and the same crash states", async () => {
  const stories = new Set<string>();
  for (const diskSeed of [1, 2, 3, 2 ** 32 - 1]) {
    const told = await story(diskSeed);
    expect(await story(diskSeed)).toEqual(told);
    stories.add(told.join("\n"));
  }
  expect(stories.size).toBe(4);
});
