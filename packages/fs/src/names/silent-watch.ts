import { checkPath } from "../checks.ts";
import type { Watch } from "../contract.ts";
import { type Directory, type FileNode, findDirectory } from "./name-tree.ts";

/** The watch of a disk in memory: a hint that never comes. */
export function silentWatch<F extends FileNode>(root: Directory<F>, directory: string): Watch {
  checkPath("directory", directory);
  findDirectory(root, directory, "watch");
  return { close() {} };
}
