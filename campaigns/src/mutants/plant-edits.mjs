import { fileURLToPath, pathToFileURL } from "node:url";

/**
 * One change of one module. `find` must be in what is built of `file` exactly once, white space
 * standing for any white space.
 *
 * @typedef {{ readonly file: string, readonly find: string, readonly replace: string }} Edit
 */

/** The repository. */
const ROOT = new URL("../../../", import.meta.url);

/** Address of the module that is built from `file`, a path of a source. @param {string} file */
export function builtModule(file) {
  const path = file.replace("/src/", "/dist/").replace(/\.ts$/, ".js");
  return pathToFileURL(fileURLToPath(new URL(path, ROOT))).href;
}

/**
 * `source` with a bug in it. Throws where the text is gone, or is there twice: a mutant that is
 * not planted must not pass for one that was caught.
 *
 * @param {string} source
 * @param {Edit} edit
 */
export function plantEdit(source, { file, find, replace }) {
  const words = find
    .trim()
    .split(/\s+/)
    .map((word) => word.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  const parts = source.split(new RegExp(words.join("\\s+")));
  if (parts.length !== 2) {
    throw new Error(`found ${parts.length - 1} times instead of once in ${file}: ${find}`);
  }
  return parts.join(replace);
}
