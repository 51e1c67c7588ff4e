import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

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
    projects: readdirSync(join(here, "packages")).map((dir) => ({
      resolve: { conditions },
      ssr: { resolve: { conditions } },
      test: {
        name: JSON.parse(readFileSync(join(here, "packages", dir, "package.json"), "utf8")).name,
        root: join(here, "packages", dir),
        include: ["test/**/*.test.ts"],
        environment: "node",
        pool: "forks",
      },
    })),
  },
});
