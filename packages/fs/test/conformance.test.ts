import { availableMappers } from "@seglog/fs";
import { fileSystemConformance } from "@seglog/fs/conformance";
import { describe, expect, test, vi } from "vitest";
import { implementations } from "./fixtures/file-systems.ts";

// child processes and the real disk on a busy machine: 5 s would be too few
vi.setConfig({ testTimeout: 30_000 });

describe.each(implementations())("%s", (_name, factory) => {
  for (const { name, run } of fileSystemConformance(factory)) test(name, run);
});

// a mapper that is not here would leave its cases out in silence: a skip is seen, a hole is not
const [major = 0] = process.versions.node.split(".").map(Number);
const built = new Set<string>(availableMappers());
test("every case has a name of its own", () => {
  const names = fileSystemConformance(async () => Promise.reject(new Error("not run"))).map(
    ({ name }) => name,
  );
  expect(new Set(names).size).toBe(names.length);
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
