import { SeglogError } from "@seglog/errors";
import type { FileHandle, FileSystem } from "@seglog/fs";
import { directoryMode } from "./directory-paths.ts";

/** Name of the directory, in a log's, that holds what repairs took away. */
const QUARANTINE_NAME = "quarantine";

export interface QuarantineOptions {
  readonly fs: FileSystem;
  /** The log's. */
  readonly directory: string;
  readonly mode: number;
  /** When the repair began: ms since the epoch. */
  readonly time: number;
}

/** Keeps what a repair takes away or writes over. Nothing in it is ever written over itself. */
export class Quarantine {
  /** Paths of what this repair put there. */
  readonly kept: string[] = [];
  readonly #options: QuarantineOptions;
  readonly #path: string;
  #isThere = false;

  constructor(options: QuarantineOptions) {
    this.#options = options;
    this.#path = `${options.directory}/${QUARANTINE_NAME}`;
  }

  /** Moves a file, link or directory here; durable when this resolves. */
  async move(name: string): Promise<void> {
    const { fs, directory } = this.#options;
    const to = await this.#freePath(name);
    await fs.rename(`${directory}/${name}`, to);
    // the new name first: a crash may leave both, and must not leave none
    await fs.syncDirectory(this.#path);
    await fs.syncDirectory(directory);
    this.kept.push(to);
  }

  /** Copies a file here; durable when this resolves. A name without ".partial" is a whole copy. */
  async copy(name: string, turn: () => void): Promise<void> {
    const { fs, directory, mode } = this.#options;
    const to = await this.#freePath(name);
    const partial = `${to}.partial`;
    try {
      await copyFile(fs, { from: `${directory}/${name}`, to: partial, mode, turn });
    } catch (error) {
      // it is a copy of what is still there, and may be what filled the disk
      await fs.remove(partial).catch(() => undefined);
      throw error;
    }
    await fs.rename(partial, to);
    await fs.syncDirectory(this.#path);
    this.kept.push(to);
  }

  async #freePath(name: string): Promise<string> {
    const { fs, mode, time } = this.#options;
    if (!this.#isThere) {
      const stat = await fs.stat(this.#path);
      // what is kept must not leave the log's directory through a link
      if (stat !== undefined && stat.kind !== "directory") throw notADirectory(this.#path);
      await fs.makeDirectory(this.#path, { mode: directoryMode(mode) });
      this.#isThere = true;
    }
    const stamp = new Date(time).toISOString().replaceAll(/[:.]/g, "-");
    for (let n = 1; ; n++) {
      const path = `${this.#path}/${stamp}-${name}${n === 1 ? "" : `-${n}`}`;
      const isTaken = (await fs.stat(path)) ?? (await fs.stat(`${path}.partial`));
      if (isTaken === undefined) return path;
    }
  }
}

interface CopyFileOptions {
  readonly from: string;
  readonly to: string;
  readonly mode: number;
  readonly turn: () => void;
}

async function copyFile(fs: FileSystem, { from, to, mode, turn }: CopyFileOptions): Promise<void> {
  const source = await fs.open(from, { access: "read" });
  try {
    const target = await fs.open(to, { access: "write", create: "exclusive", mode });
    try {
      await copyBytes(source, target, turn);
      await target.sync();
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function copyBytes(source: FileHandle, target: FileHandle, turn: () => void): Promise<void> {
  const buffer = new Uint8Array(COPY_BYTES);
  for (let position = 0; ; ) {
    const read = source.read(buffer, position);
    if (read === 0) return;
    await target.write([buffer.subarray(0, read)], position);
    position += read;
    turn();
  }
}

function notADirectory(path: string): SeglogError {
  return new SeglogError("ERR_SEGLOG_EXISTS", `${path} is not a directory`, { path });
}

const COPY_BYTES = 1 << 20;
