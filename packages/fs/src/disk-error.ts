import { SeglogError } from "@seglog/errors";

/** Every call on a disk that can fail or be counted: the methods of the contract, by name. */
export type FileSystemOperation =
  | "open"
  | "stat"
  | "list"
  | "makeDirectory"
  | "removeDirectory"
  | "rename"
  | "remove"
  | "syncDirectory"
  | "lock"
  | "watch"
  | "release"
  | "size"
  | "read"
  | "write"
  | "writeDurably"
  | "allocate"
  | "sync"
  | "truncate"
  | "map"
  | "close"
  | "flush"
  | "unmap";

/**
 * The error for what the operating system refused: by the contract's rule two codes of the system
 * have codes of ours, and every other one is kept as `errno` of an `ERR_SEGLOG_IO`.
 */
export function diskError(
  operation: FileSystemOperation,
  path: string,
  cause: unknown,
): SeglogError {
  const errno = errnoOf(cause);
  const message = `${operation} failed on ${path}: ${textOf(cause)}`;
  if (errno === "ENOENT") {
    return new SeglogError("ERR_SEGLOG_NOT_FOUND", message, { path }, { cause });
  }
  if (errno === "EEXIST") {
    return new SeglogError("ERR_SEGLOG_EXISTS", message, { path }, { cause });
  }
  return new SeglogError("ERR_SEGLOG_IO", message, { path, operation, errno }, { cause });
}

/** The same, where no system call was made that could give a cause. */
export function refused(
  errno: string,
  operation: FileSystemOperation,
  path: string,
  text: string,
): SeglogError {
  return diskError(operation, path, Object.assign(new Error(`${errno}: ${text}`), { code: errno }));
}

/** The system's code that an error carries. */
export function errnoOf(cause: unknown): string | undefined {
  const code = (cause as { code?: unknown } | null | undefined)?.code;
  return typeof code === "string" ? code : undefined;
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
