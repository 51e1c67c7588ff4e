import { SeglogError } from "@seglog/errors";

/** Whether nobody reads any more what is written: `seglog cat log | head`. */
export function isClosedPipe(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === "EPIPE";
}

/**
 * What the system refused on standard input or output, as an error of ours; anything else, and a
 * pipe that nobody reads any more, as it is.
 */
export function streamError(
  operation: "read" | "write",
  { path, cause }: { readonly path: string; readonly cause: unknown },
): unknown {
  const { code: errno, syscall, message } = (cause ?? {}) as NodeJS.ErrnoException;
  if (syscall === undefined || errno === undefined || isClosedPipe(cause)) return cause;
  const text = `${operation} failed on ${path}: ${message}`;
  return new SeglogError("ERR_SEGLOG_IO", text, { path, operation, errno }, { cause });
}
