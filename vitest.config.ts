import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig, type TestProjectConfiguration } from "vitest/config";

const here = import.meta.dirname;
/** Resolve our own packages to their sources, so that tests need no build. */
const conditions = ["@seglog/source"];

export default defineConfig({
  test: {
    reporters: ["default", join(here, "tools/closing-line-reporter.ts")],
    coverage: {
      provider: "v8",
      include: ["packages/*/src/**"],
      reporter: ["text-summary", "json-summary"],
    },
    projects: [
      ...membersOf("packages").map((root) => project(nameOf(root), root)),
      ...membersOf("examples")
        .filter((root) => existsSync(join(root, "test")))
        .map((root) => project(nameOf(root), root)),
      project("@seglog-private/bench", join(here, "bench")),
      project("@seglog-private/campaigns", join(here, "campaigns")),
      project("workspace", join(here, "tools")),
    ],
  },
});

/** `root` is absolute: with a relative one, `vitest --root` from a package finds no tests. */
function project(name: string, root: string): TestProjectConfiguration {
  return {
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    test: {
      name,
      root,
      include: ["test/**/*.test.ts"],
      environment: "node",
      pool: "forks",
      // what takes a second alone takes ten on a machine that does something else as well
      testTimeout: 30_000,
      hookTimeout: 30_000,
      setupFiles: [join(here, "tools/fixed-seed.ts")],
    },
  };
}

function membersOf(directory: string): string[] {
  return readdirSync(join(here, directory))
    .map((name) => join(here, directory, name))
    .filter((root) => existsSync(join(root, "package.json")));
}

function nameOf(root: string): string {
  return JSON.parse(readFileSync(join(root, "package.json"), "utf8")).name;
}
