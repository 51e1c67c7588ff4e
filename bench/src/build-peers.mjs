import { execFileSync } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";

/**
 * Compiles, or fetches, what better-sqlite3 needs. Installing leaves it out (`allowBuilds` in
 * `pnpm-workspace.yaml`): it takes a minute, and whoever does not measure needs none of it.
 *
 * @returns {string | undefined} why it could not be had
 */
export function buildPeers() {
  const installed = join(import.meta.dirname, "../node_modules/better-sqlite3");
  if (!existsSync(installed)) return "better-sqlite3 is not installed";
  const cwd = realpathSync(installed);
  if (existsSync(join(cwd, "build/Release/better_sqlite3.node"))) return undefined;
  console.error("building better-sqlite3, once …");
  try {
    execFileSync("npm", ["run", "install"], { cwd, stdio: ["ignore", "ignore", "pipe"] });
    return undefined;
  } catch (error) {
    return error instanceof Error ? (error.message.split("\n", 1)[0] ?? "") : String(error);
  }
}
