import { checkMode, checkOpenOptions, checkPath, lockedError } from "../checks.ts";
import type { FileHandle, FileLock, FileStat, FileSystem, OpenFileOptions } from "../contract.ts";
import { errnoOf } from "../disk-error.ts";
import {
  type NameChange,
  planMakeDirectory,
  planOpen,
  planRemove,
  planRemoveDirectory,
  planRename,
} from "../names/name-changes.ts";
import { findDirectory, findNode } from "../names/name-tree.ts";
import { silentWatch } from "../names/silent-watch.ts";
import type { DiskCore } from "./disk-core.ts";
import type { DiskCall } from "./machine.ts";
import type { SimDirectory } from "./name-journal.ts";
import { SimFile } from "./sim-file.ts";
import { SimHandle } from "./sim-handle.ts";

/** The contract's calls on a simulated disk. */
export function simFileSystem(core: DiskCore): FileSystem {
  const { machine, names } = core;
  const { root } = names;
  const change = (call: DiskCall, changes: readonly NameChange<SimFile>[]): void =>
    names.change(call, machine.tick(), changes);
  return {
    mapper: "simulated",
    bootId: core.bootId,
    open: (path, options) => open(core, path, options),
    async stat(path) {
      checkPath("path", path);
      return machine.run("stat", { path }, { finish: () => statOf(root, path) });
    },
    async list(directory) {
      checkPath("directory", directory);
      const finish = () => [...findDirectory(root, directory, "list").children.keys()].sort();
      return machine.run("list", { path: directory }, { finish });
    },
    async makeDirectory(path, options) {
      checkPath("path", path);
      checkMode(options, 0o777);
      return machine.run(
        "makeDirectory",
        { path },
        {
          // each on its own: a power cut may leave the upper ones only
          start: (call) =>
            planMakeDirectory(root, path).forEach((made) => void change(call, [made])),
          finish: (call) => names.foldCall(call),
        },
      );
    },
    async removeDirectory(path) {
      checkPath("path", path);
      const start = (call: DiskCall) => change(call, planRemoveDirectory(root, path));
      return machine.run("removeDirectory", { path }, { start, finish: () => {} });
    },
    async rename(from, to) {
      checkPath("from", from);
      checkPath("to", to);
      const start = (call: DiskCall) => change(call, planRename(root, from, to));
      return machine.run("rename", { path: from }, { start, finish: () => {} });
    },
    async remove(path) {
      checkPath("path", path);
      const start = (call: DiskCall) => change(call, planRemove(root, path));
      return machine.run("remove", { path }, { start, finish: () => {} });
    },
    async syncDirectory(path) {
      checkPath("path", path);
      return machine.run("syncDirectory", { path }, { finish: (call) => sync(core, path, call) });
    },
    async lock(path, options) {
      checkPath("path", path);
      checkMode(options, 0o666);
      return lock(core, path);
    },
    watch: (directory) => silentWatch(root, directory),
  };
}

function statOf(root: SimDirectory, path: string): FileStat | undefined {
  try {
    const { node } = findNode(root, path, "stat");
    return node.kind === "file"
      ? { kind: "file", bytes: node.length }
      : { kind: "directory", bytes: 0 };
  } catch (error) {
    const errno = errnoOf((error as Error).cause);
    if (errno === "ENOENT" || errno === "ENOTDIR") return undefined; // nothing is there
    throw error;
  }
}

async function open(core: DiskCore, path: string, options: OpenFileOptions): Promise<FileHandle> {
  checkPath("path", path);
  const { access, create } = checkOpenOptions(options);
  let file: SimFile | undefined;
  const handle = await core.machine.run(
    "open",
    { path },
    {
      start: (call) => {
        file = startOpen(core, path, { call, create, operation: "open" });
      },
      // an open that is to fail hands nothing out that could be closed
      finish: ({ fault }) =>
        fault === undefined
          ? new SimHandle(core, file as SimFile, { path, writable: access === "write" })
          : undefined,
    },
  );
  return handle as SimHandle;
}

function startOpen(
  core: DiskCore,
  path: string,
  how: {
    readonly call: DiskCall;
    readonly create: "never" | "ifMissing" | "exclusive";
    readonly operation: "open" | "lock";
  },
): SimFile {
  const { call, create, operation } = how;
  const newFile = () => new SimFile();
  const { file, changes } = planOpen(core.names.root, path, { operation, create, newFile });
  core.names.change(call, core.machine.tick(), changes);
  return file;
}

/**
 * A failed sync leaves the names pending, and a later one covers them: names go through the file
 * system's journal, which after a failed commit takes no other until it is mounted again. The bytes
 * of a file have no journal; see `SimFile.doubt`.
 */
function sync({ names }: DiskCore, path: string, { begunAt, fault }: DiskCall): void {
  const directory = findDirectory(names.root, path, "syncDirectory");
  if (fault === undefined) names.fold(directory, begunAt);
}

async function lock(core: DiskCore, path: string): Promise<FileLock> {
  const { machine } = core;
  let file: SimFile | undefined;
  await machine.run(
    "lock",
    { path },
    {
      start: (call) => {
        file = takeLock(core, path, call);
      },
      finish: () => {},
    },
  );
  let release: Promise<void> | undefined;
  const finish = () => {
    (file as SimFile).locked = false;
    machine.heldLocks -= 1;
  };
  return {
    release() {
      release ??= machine.run("release", { path }, { finish });
      return release;
    },
  };
}

function takeLock(core: DiskCore, path: string, call: DiskCall): SimFile {
  const file = startOpen(core, path, { call, create: "ifMissing", operation: "lock" });
  if (call.fault !== undefined) return file; // it will be reported as failed: nobody holds it
  if (file.locked) throw lockedError(path);
  file.locked = true;
  core.machine.heldLocks += 1;
  return file;
}
