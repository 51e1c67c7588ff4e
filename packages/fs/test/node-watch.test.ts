import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { nodeFileSystem } from "@seglog/fs";
import type { FileSystemFixture } from "@seglog/fs/conformance";
import { afterEach, beforeEach, expect, test } from "vitest";
import { nodeFixture } from "./fixtures/file-systems.ts";

let fixture: FileSystemFixture;

beforeEach(async () => {
  fixture = await nodeFixture();
});

afterEach(() => fixture.dispose());

/** Resolves when `directory` was told to have changed since the call. */
function change(directory: string): { readonly seen: Promise<void>; close(): void } {
  let close = (): void => {};
  const seen = new Promise<void>((resolve) => {
    const watch = fixture.fs.watch(directory, resolve);
    close = () => watch.close();
  });
  return { seen, close: () => close() };
}

test.runIf(process.platform === "linux")(
  "a watch is told of a write over bytes that were there, and of a name that is made",
  async () => {
    const { fs, directory } = fixture;
    const handle = await fs.open(`${directory}/a`, { access: "write", create: "exclusive" });
    await handle.write([new Uint8Array(4096)], 0);
    const written = change(directory);
    await handle.write([Uint8Array.of(1)], 100);
    await written.seen;
    written.close();
    await handle.close();
    const made = change(directory);
    await (await fs.open(`${directory}/b`, { access: "write", create: "exclusive" })).close();
    await made.seen;
    made.close();
  },
);

test.runIf(process.platform === "linux")(
  "all threads of one start of the system have one bootId, which is not 0",
  async () => {
    const { bootId } = nodeFileSystem();
    expect(bootId).toBeGreaterThan(0);
    const code = `import("node:fs").then(({ readFileSync }) => {
      const text = readFileSync("/proc/sys/kernel/random/boot_id", "latin1");
      require("node:worker_threads").parentPort.postMessage(text);
    });`;
    const worker = new Worker(code, { eval: true });
    const [text] = (await once(worker, "message")) as [string];
    await once(worker, "exit");
    expect(Number.parseInt(text.replaceAll("-", "").slice(0, 12), 16)).toBe(bootId);
  },
);
