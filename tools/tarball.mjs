/**
 * What `pnpm pack` made of one package.
 *
 * @typedef {object} Tarball
 * @property {readonly string[]} entries  paths in the package: `dist/index.js`
 * @property {Record<string, any>} manifest  its package.json, as published
 */

/**
 * Says what a user of this package would stumble over.
 *
 * @param {Tarball} tarball
 * @returns {string[]} one line per problem; empty when it can be published
 */
export function checkTarball({ entries, manifest }) {
  const held = new Set(entries);
  const problems = [];
  for (const path of ["README.md", "LICENSE", "CHANGELOG.md"]) {
    if (!held.has(path)) problems.push(`${path} is missing`);
  }
  for (const path of targets(manifest)) {
    if (!held.has(path)) problems.push(`package.json names ${path}, which is missing`);
  }
  for (const path of entries) {
    if (!/^(?:dist|src)\/|^[A-Z]+\.md$|^LICENSE$|^package\.json$/.test(path)) {
      problems.push(`${path} should not be published`);
    }
  }
  return [...problems, ...checkManifest(manifest), ...checkBuilt(held)].map(
    (problem) => `${manifest.name}: ${problem}`,
  );
}

/**
 * @param {Record<string, any>} manifest
 * @returns {string[]} the names under which its modules are imported, its manifest among them
 */
export function specifiers(manifest) {
  return Object.keys(manifest.exports).map((subpath) => manifest.name + subpath.slice(1));
}

/** @param {Record<string, any>} manifest */
function checkManifest(manifest) {
  const problems = [];
  for (const name of conditions(manifest.exports)) {
    if (name.startsWith("@")) problems.push(`the condition ${name} is for development only`);
  }
  for (const kind of ["dependencies", "optionalDependencies", "peerDependencies"]) {
    for (const [name, range] of Object.entries(manifest[kind] ?? {})) {
      if (/^(?:workspace|catalog|file|link):/.test(range)) {
        problems.push(`${name} is asked for as ${range}`);
      }
    }
  }
  return problems;
}

/**
 * Both ways: a module that was not built, and one whose source is gone but which an old build
 * left in `dist`.
 *
 * @param {ReadonlySet<string>} held
 */
function checkBuilt(held) {
  const problems = [];
  for (const path of held) {
    const source = path.replace(/^dist\/(.*)\.js$/, "src/$1.ts");
    if (path.startsWith("dist/") && path.endsWith(".js") && !held.has(source)) {
      problems.push(`${path} is left over from an earlier build: there is no ${source}`);
    }
    const built = path.replace(/^src\/(.*)\.ts$/, "dist/$1.js");
    if (path.startsWith("src/") && path.endsWith(".ts") && !held.has(built)) {
      problems.push(`${path} was not built: there is no ${built}`);
    }
  }
  return problems;
}

/**
 * @param {Record<string, any>} manifest
 * @returns {Set<string>} every file that it points to
 */
function targets(manifest) {
  /** @type {Set<string>} */
  const found = new Set();
  /** @param {unknown} value */
  const collect = (value) => {
    if (typeof value === "string") found.add(value.replace(/^\.\//, ""));
    else if (value) for (const inner of Object.values(value)) collect(inner);
  };
  for (const field of ["exports", "bin", "types", "main"]) collect(manifest[field]);
  return found;
}

/**
 * @param {unknown} exports
 * @returns {string[]}
 */
function conditions(exports) {
  if (typeof exports !== "object" || exports === null) return [];
  return Object.entries(exports).flatMap(([name, value]) => [name, ...conditions(value)]);
}
