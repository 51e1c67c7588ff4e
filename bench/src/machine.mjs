import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { basename, join } from "node:path";
import { peers } from "./peers/peers.mjs";

/** @typedef {import("./contract.ts").Machine} Machine */

/** @returns {Machine} */
export function describeMachine() {
  const all = cpus();
  return {
    cpu: all[0]?.model.trim() ?? "unknown",
    cores: all.length,
    memoryBytes: totalmem(),
    kernel: release(),
    platform: `${process.platform} ${process.arch}`,
  };
}

/**
 * @param {string} directory
 * @returns {{ fileSystem: string, device: string }} of the disk that is measured
 */
export function describeDirectory(directory) {
  const path = realpathSync(directory);
  if (!existsSync("/proc/self/mounts")) return { fileSystem: "unknown", device: "unknown" };
  const mounts = readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .map((line) => line.split(" "))
    .filter(([, at = "?"]) => path === at || path.startsWith(at === "/" ? "/" : `${at}/`))
    .sort(([, a = ""], [, b = ""]) => b.length - a.length);
  const [device = "unknown", , fileSystem = "unknown"] = mounts[0] ?? [];
  return { fileSystem, device: describeDevice(device) };
}

/** @param {string} device */
function describeDevice(device) {
  if (!device.startsWith("/dev/")) return device;
  const name = basename(realpathSync(device));
  const path = join("/sys/class/block", name, "queue/rotational");
  if (!existsSync(path)) return name;
  const rotating = readFileSync(path, "utf8").trim() !== "0";
  return `${name}, which says that it is ${rotating ? "" : "not "}rotating`;
}

/** @returns {{ commit: string, dirty: boolean }} of this checkout */
export function describeCommit() {
  const git = (/** @type {string[]} */ ...args) =>
    execFileSync("git", args, { cwd: import.meta.dirname, encoding: "utf8" }).trim();
  try {
    return { commit: git("rev-parse", "HEAD"), dirty: git("status", "--porcelain") !== "" };
  } catch {
    return { commit: "unknown", dirty: true }; // no git, or a copy without its history
  }
}

/** @returns {Record<string, string>} versions of the packages that are measured, by name */
export function packageVersions() {
  const names = new Set(["seglog", ...peers.flatMap(({ package: name }) => name ?? [])]);
  return Object.fromEntries(
    [...names].map((name) => {
      const path = join(import.meta.dirname, "../node_modules", name, "package.json");
      return [name, existsSync(path) ? JSON.parse(readFileSync(path, "utf8")).version : "none"];
    }),
  );
}
