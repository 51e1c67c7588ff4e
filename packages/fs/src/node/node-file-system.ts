import { constants } from "node:fs";
import { readdir, rename, rmdir, unlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { checkOptions, SeglogError } from "@seglog/errors";
import { checkMode, checkOpenOptions, checkPath } from "../checks.ts";
import type { FileSystem } from "../contract.ts";
import { installedMappers } from "../mapping/available-mappers.ts";
import { sharesDescriptors } from "../mapping/late-mapping.ts";
import type { MapperName } from "../mapping/mapper.ts";
import { NodeHandle } from "./node-handle.ts";
import { chooseTryLock, lockFile } from "./node-lock.ts";
import { makeDirectoryDurably, openRegular, statPath, syncNames, tried } from "./node-names.ts";
import { bootIdOfSystem, watchDirectory } from "./node-watch.ts";

/** How `nodeFileSystem` reads and makes files. */
export interface NodeFileSystemOptions {
  /**
   * What mappings are made of. Default `"auto"`: the first that loads of `"mmap-io"` (an addon that
   * a compiler or a download must have built), `"koffi"` (ships built, Node 20 and later) and
   * `"read-through"` (no mapping: a `pread` for every look, 1.2 to 2 µs).
   */
  readonly mapper?: "auto" | MapperName;
}

const DEFAULTS: Required<NodeFileSystemOptions> = Object.freeze({ mapper: "auto" });

const require: NodeJS.Require = createRequire(import.meta.url);

/** Flags of open(2) for each {@link OpenFileOptions.create}. */
const CREATE_FLAGS = Object.freeze({
  never: 0,
  ifMissing: constants.O_CREAT,
  exclusive: constants.O_CREAT | constants.O_EXCL,
});

/**
 * The disk of this machine, through `node:fs`. For Linux and macOS.
 *
 * @throws ERR_SEGLOG_UNAVAILABLE  the mapper asked for by name does not load, or this is Windows,
 *   where a directory cannot be synced
 */
export function nodeFileSystem(options: NodeFileSystemOptions = {}): FileSystem {
  checkOptions("options", options, ["mapper"]);
  const mapper = installedMappers.choose(options.mapper ?? DEFAULTS.mapper);
  refuseWindows();
  return sharesDescriptors({
    mapper: mapper.name,
    bootId: bootIdOfSystem(),
    async open(path, openOptions) {
      checkPath("path", path);
      const { access, create, mode } = checkOpenOptions(openOptions);
      const writable = access === "write";
      const flags = (writable ? constants.O_RDWR : constants.O_RDONLY) | CREATE_FLAGS[create];
      const fd = await openRegular(path, flags, mode, "open");
      return new NodeHandle(fd, path, writable, mapper);
    },
    async stat(path) {
      checkPath("path", path);
      return statPath(path);
    },
    async list(directory) {
      checkPath("directory", directory);
      const names = await tried("list", directory, () => readdir(directory));
      return names.sort();
    },
    async makeDirectory(path, directoryOptions) {
      checkPath("path", path);
      await makeDirectoryDurably(path, checkMode(directoryOptions, 0o777));
    },
    async removeDirectory(path) {
      checkPath("path", path);
      await tried("removeDirectory", path, () => rmdir(path));
    },
    async rename(from, to) {
      checkPath("from", from);
      checkPath("to", to);
      await tried("rename", from, () => rename(from, to));
    },
    async remove(path) {
      checkPath("path", path);
      await tried("remove", path, () => unlink(path));
    },
    async syncDirectory(path) {
      checkPath("path", path);
      await syncNames(path);
    },
    async lock(path, lockOptions) {
      checkPath("path", path);
      return lockFile(path, checkMode(lockOptions, 0o666), chooseTryLock(require));
    },
    watch(directory, onChange) {
      checkPath("directory", directory);
      return watchDirectory(directory, onChange);
    },
  });
}

function refuseWindows(): void {
  if (process.platform !== "win32") return;
  const what = "a disk whose directories can be synced";
  throw new SeglogError("ERR_SEGLOG_UNAVAILABLE", `${what} is not on Windows`, { what });
}
