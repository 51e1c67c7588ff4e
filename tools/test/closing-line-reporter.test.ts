import { spawnSync } from "node:child_process";
import { symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test, vi } from "vitest";
import { fixture } from "./fixture.ts";

vi.setConfig({ testTimeout: 60_000 }); // each runs vitest itself

const root = resolve(import.meta.dirname, "../..");
const head = 'import { beforeAll, describe, expect, test } from "vitest";\n';
const passing = 'test("a", () => {}); test("b", () => {});\n';

test("a run that passes ends with its counts", () => {
  const { lastLine, status } = vitest({ "a.test.ts": passing });
  expect(lastLine).toBe("2 passed, 0 failed");
  expect(status).toBe(0);
});

test("skipped tests are counted apart", () => {
  const { lastLine, status } = vitest({ "a.test.ts": `${passing}test.skip("c", () => {});` });
  expect(lastLine).toBe("2 passed, 0 failed, 1 skipped");
  expect(status).toBe(0);
});

test("what fails outside a test counts as failed: a module, a hook, a rejection", () => {
  const { lastLine, status } = vitest({
    "a.test.ts": `${passing}test("c", () => expect(1).toBe(2));`,
    "module.test.ts": 'throw new Error("planted");',
    "hook.test.ts": 'describe("d", () => { beforeAll(() => { throw 1; }); test("e", () => {}); });',
    "rejection.test.ts": 'test("f", () => { Promise.reject(new Error("planted")); });',
  });
  expect(lastLine).toBe("3 passed, 4 failed, 1 skipped");
  expect(status).toBe(1);
});

test("a run without tests fails", () => {
  const { lastLine, status } = vitest({});
  expect(lastLine).toBe("0 passed, 0 failed");
  expect(status).toBe(1);
});

function vitest(files: Readonly<Record<string, string>>): {
  lastLine: string | undefined;
  status: number | null;
} {
  using project = fixture({ "package.json": '{ "type": "module" }' });
  for (const [path, code] of Object.entries(files)) project.write(path, head + code);
  symlinkSync(join(root, "node_modules"), join(project.root, "node_modules"), "dir");
  const reporter = `--reporter=${join(root, "tools/closing-line-reporter.ts")}`;
  const program = join(root, "node_modules/vitest/vitest.mjs");
  const { NODE_OPTIONS, VITEST, ...env } = process.env;
  const { stdout, status } = spawnSync(process.execPath, [program, "run", reporter], {
    cwd: project.root,
    env,
    encoding: "utf8",
  });
  return { lastLine: stdout.trimEnd().split("\n").at(-1), status };
}
