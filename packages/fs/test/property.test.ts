import type { FileHandle, FileSystem } from "@seglog/fs";
import type { FileSystemFixture } from "@seglog/fs/conformance";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import {
  implementations,
  memoryFixture,
  nodeFixture,
  simulatedFixture,
} from "./fixtures/file-systems.ts";

// child processes and the real disk on a busy machine: 5 s would be too few
vi.setConfig({ testTimeout: 30_000 });

type FileStep =
  | { readonly do: "write"; readonly parts: Uint8Array[]; readonly position: number }
  | { readonly do: "allocate"; readonly from: number; readonly length: number }
  | { readonly do: "truncate"; readonly size: number }
  | { readonly do: "store"; readonly at: number; readonly values: number[] };

const place = fc.nat({ max: 9000 });
const fileStep: fc.Arbitrary<FileStep> = fc.oneof(
  fc.record({
    do: fc.constant("write" as const),
    parts: fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 4 }),
    position: place,
  }),
  fc.record({ do: fc.constant("allocate" as const), from: place, length: fc.nat({ max: 5000 }) }),
  fc.record({ do: fc.constant("truncate" as const), size: place }),
  fc.record({
    do: fc.constant("store" as const),
    at: fc.nat({ max: 100 }),
    values: fc.array(fc.maxSafeNat(), { minLength: 1, maxLength: 6 }),
  }),
);

/** The file as an array of its bytes. */
function stepModel(model: Uint8Array, step: FileStep): Uint8Array {
  if (step.do === "truncate") return grown(model, step.size).slice(0, step.size);
  if (step.do === "allocate") {
    if (step.length === 0) return model;
    const next = grown(model, step.from + step.length);
    return next.fill(0, step.from, step.from + step.length);
  }
  if (step.do === "write") {
    const bytes = step.parts.flatMap((part) => [...part]);
    if (bytes.length === 0) return model;
    const next = grown(model, step.position + bytes.length);
    next.set(bytes, step.position);
    return next;
  }
  const next = model.slice();
  const data = new DataView(next.buffer);
  storePositions(model.length, step).forEach((position, i) => {
    data.setBigUint64(position, BigInt(step.values[i] as number));
  });
  return next;
}

function grown(model: Uint8Array, length: number): Uint8Array {
  const next = new Uint8Array(Math.max(model.length, length));
  next.set(model);
  return next;
}

/** Every store 5 bytes after the last, so that they overlap; none where the file is too short. */
function storePositions(length: number, step: { at: number; values: number[] }): number[] {
  const from = Math.floor((length * step.at) / 100);
  return step.values.map((_, i) => from + i * 5).filter((position) => position + 8 <= length);
}

async function stepFile(handle: FileHandle, step: FileStep): Promise<void> {
  if (step.do === "truncate") await handle.truncate(step.size);
  else if (step.do === "allocate") handle.allocate(step.from, step.from + step.length);
  else if (step.do === "write") await handle.write(step.parts, step.position);
  else {
    const length = await handle.size();
    if (length === 0) return;
    const mapping = handle.map(length, { access: "write" });
    storePositions(length, step).forEach((position, i) => {
      mapping.setU64(position, step.values[i] as number);
    });
    mapping.flush();
    mapping.close();
  }
}

async function content(handle: FileHandle): Promise<Uint8Array> {
  const bytes = new Uint8Array(await handle.size());
  handle.read(bytes, 0);
  return bytes;
}

describe.each(implementations())("%s", (_name, factory) => {
  test("a file is an array of bytes, through its handle and through a mapping", async () => {
    const fixture = await factory();
    let file = 0;
    try {
      await fc.assert(
        fc.asyncProperty(fc.array(fileStep, { maxLength: 12 }), async (steps) => {
          file += 1;
          const path = `${fixture.directory}/${file}`;
          const handle = await fixture.fs.open(path, { access: "write", create: "exclusive" });
          let model: Uint8Array = new Uint8Array(0);
          for (const step of steps) {
            await stepFile(handle, step);
            model = stepModel(model, step);
            expect(Buffer.compare(await content(handle), model)).toBe(0);
          }
          if (model.length > 0) {
            const mapping = handle.map(model.length, { access: "read" });
            expect(Buffer.compare(mapping.view(0, model.length), model)).toBe(0);
            mapping.close();
          }
          await handle.close();
          await fixture.fs.remove(path);
        }),
        { numRuns: 40 },
      );
    } finally {
      await fixture.dispose();
    }
  });
});

const somePath = fc
  .array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 3 })
  .map((names) => names.join("/"));
const nameStep = fc.record({
  call: fc.constantFrom(
    ...(["makeDirectory", "removeDirectory", "rename", "remove", "create", "exclusive"] as const),
    ...(["stat", "list", "syncDirectory", "lock"] as const),
  ),
  path: somePath,
  other: somePath,
});
type NameStep = typeof nameStep extends fc.Arbitrary<infer T> ? T : never;

/** What a call came to: its result, or the code of its error. */
async function outcome({ fs, directory }: FileSystemFixture, step: NameStep): Promise<unknown> {
  const path = `${directory}/${step.path}`;
  try {
    return (await callByName(fs, path, `${directory}/${step.other}`, step.call)) ?? "done";
  } catch (error) {
    const { code, context } = error as { code: string; context: { errno?: string } };
    // macOS has other codes for some refusals; that they are refusals is the same everywhere
    return process.platform === "linux" ? [code, context.errno] : code;
  }
}

async function callByName(
  fs: FileSystem,
  path: string,
  other: string,
  call: NameStep["call"],
): Promise<unknown> {
  if (call === "rename") return fs.rename(path, other);
  if (call === "stat") return { ...(await fs.stat(path)) };
  if (call === "lock") return (await fs.lock(path)).release();
  if (call !== "create" && call !== "exclusive") return fs[call](path);
  const create = call === "create" ? "ifMissing" : "exclusive";
  return (await fs.open(path, { access: "write", create })).close();
}

test.each([
  ["memory", memoryFixture],
  ["simulated", () => simulatedFixture(1)],
])("names come to the same, call by call, as on the real disk: %s", async (_name, factory) => {
  await fc.assert(
    fc.asyncProperty(fc.array(nameStep, { maxLength: 30 }), async (steps) => {
      const real = await nodeFixture("read-through");
      const memory = await factory();
      try {
        for (const step of steps) {
          expect([step, await outcome(memory, step)]).toEqual([step, await outcome(real, step)]);
        }
      } finally {
        await real.dispose();
      }
    }),
    { numRuns: 100 },
  );
});
