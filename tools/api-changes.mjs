import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** @typedef {import("./api.mjs").Api} Api */

/**
 * The exported names of each package as its last release had them, with a digest of each one's
 * signature. Kept in a file, so that whoever compares needs no history: CI clones one commit.
 *
 * @typedef {Record<string, { version: string, names: Record<string, string> }>} Released
 */

/** Written by `pnpm version-packages`. */
export const RELEASED_PATH = "tools/api-released.json";

/**
 * @param {readonly Api[]} apis
 * @returns {Released}
 */
export function releasedOf(apis) {
  return Object.fromEntries(
    apis.map((api) => [api.name, { version: api.version, names: digestsOf(api) }]),
  );
}

/**
 * Compares what packages export with their last release: each difference must be announced by a
 * change set that names the package, and more than a patch.
 *
 * @param {readonly Api[]} apis
 * @param {Released} released
 * @param {ReadonlyMap<string, ReadonlySet<string>>} bumps  kinds of bump by package
 * @returns {string[]} one line per violation
 */
export function apiViolations(apis, released, bumps) {
  /** @type {string[]} */
  const violations = [];
  for (const api of apis) {
    const before = released[api.name];
    const kinds = bumps.get(api.name) ?? new Set();
    const isAnnounced = kinds.has("minor") || kinds.has("major");
    if (before === undefined) {
      if (!isAnnounced) violations.push(`${api.name} is new, and no change set says so`);
      continue;
    }
    if (before.version !== api.version) {
      violations.push(
        `${api.name} has version ${api.version}, ${RELEASED_PATH} the names of ${before.version}:` +
          " `pnpm version-packages` writes both",
      );
    }
    const differences = differencesOf(before.names, digestsOf(api));
    if (differences.length > 0 && !isAnnounced) {
      violations.push(
        `${api.name} has other exports than release ${before.version}, and no change` +
          ` set of kind minor or major says so: ${differences.join(", ")}`,
      );
    }
  }
  for (const name of Object.keys(released)) {
    if (!apis.some((api) => api.name === name)) violations.push(`${name} was released and is gone`);
  }
  return violations;
}

/**
 * What the change sets below `root` announce.
 *
 * @param {string} root
 * @returns {Map<string, Set<string>>}
 */
export function readBumps(root) {
  const bumps = new Map();
  const directory = join(root, ".changeset");
  for (const file of existsSync(directory) ? readdirSync(directory) : []) {
    if (!file.endsWith(".md") || file === "README.md") continue;
    const [, head = ""] = readFileSync(join(directory, file), "utf8").split(/^---$/m);
    for (const [, name, kind] of head.matchAll(/^["']?([^"':]+)["']?\s*:\s*(\w+)\s*$/gm)) {
      bumps.set(name, (bumps.get(name) ?? new Set()).add(kind));
    }
  }
  return bumps;
}

/** @param {Api} api */
function digestsOf({ entries }) {
  /** @type {Record<string, string>} */
  const digests = {};
  for (const { specifier, names, passedOn } of entries) {
    for (const { name, signature } of names) digests[`${specifier} ${name}`] = digestOf(signature);
    for (const { name, from } of passedOn) digests[`${specifier} ${name}`] = from;
  }
  return digests;
}

/** @param {string} signature */
function digestOf(signature) {
  // how a compiler indents and wraps is no change
  const text = signature.replaceAll(/\s+/g, " ");
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/**
 * @param {Readonly<Record<string, string>>} before
 * @param {Readonly<Record<string, string>>} after
 */
function differencesOf(before, after) {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) => {
    if (before[name] === after[name]) return [];
    if (before[name] === undefined) return [`+ ${name}`];
    return [`${after[name] === undefined ? "-" : "~"} ${name}`];
  });
}
