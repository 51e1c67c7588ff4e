import { availableMappers } from "@seglog/fs";
import { fileSystemConformance } from "@seglog/fs/conformance";
import { describe, expect, test, vi } from "vitest";
import { implementations, memoryFixture, twoCallFixture } from "./fixtures/file-systems.ts";

// child processes and the real disk on a busy machine: 5 s would be too few
vi.setConfig({ testTimeout: 30_000 });

const notRun = () => Promise.reject(new Error("not run"));

describe.each(implementations())("%s", (_name, factory) => {
  for (const { name, run } of fileSystemConformance(factory)) test(name, run);
});

describe("a file system whose durable writes are two calls", () => {
  const cases = fileSystemConformance(() => twoCallFixture(), { failsSyncs: true });
  for (const { name, run } of cases) test(name, run);
});

// a mapper that is not here would leave its cases out in silence: a skip is seen, a hole is not
const [major = 0] = process.versions.node.split(".").map(Number);
const built = new Set<string>(availableMappers());
test("every case has a name of its own", () => {
  const names = fileSystemConformance(notRun, { failsSyncs: true }).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
test("the kit refuses a trait that it does not know, when it is called", () => {
  const traits = { failSyncs: true } as object;
  expect(() => fileSystemConformance(notRun, traits)).toThrow(
    /traits\.failSyncs must be absent: the known options are failsSyncs/,
  );
});
test("the kit fails what a trait asks for where the fixture cannot do it", async () => {
  const without = new Set(fileSystemConformance(notRun).map(({ name }) => name));
  const kit = fileSystemConformance(() => memoryFixture(), { failsSyncs: true });
  const cases = kit.filter(({ name }) => !without.has(name));
  expect(cases.length).toBe(1);
  for (const { run } of cases) await expect(run()).rejects.toThrow("no failSyncs");
});
test("reading through is always there", () => expect(built).toContain("read-through"));
test("koffi loads on Linux and macOS", (context) => {
  if (process.platform !== "linux" && process.platform !== "darwin") context.skip("other platform");
  expect(built).toContain("koffi");
});
test("mmap-io loads on Linux with Node 20 or 22", (context) => {
  if (process.platform !== "linux" || major >= 24) context.skip("needs CXXFLAGS=-std=gnu++20");
  // built by a compiler or a download when installed, and optional: neither may be there
  if (!built.has("mmap-io")) context.skip("mmap-io was not built on this machine");
  expect(availableMappers()[0]).toBe("mmap-io");
});
