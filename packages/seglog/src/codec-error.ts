import { SeglogError } from "@seglog/errors";
import type { Offset } from "@seglog/log";

/** What a codec threw, or gave in the place of bytes. */
export function codecError(
  operation: "encode" | "decode",
  cause: unknown,
  offset?: Offset,
): SeglogError<"ERR_SEGLOG_CODEC"> {
  const where = offset === undefined ? "" : ` record ${offset}`;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SeglogError(
    "ERR_SEGLOG_CODEC",
    `the codec failed to ${operation}${where}: ${reason}`,
    { operation, ...(offset === undefined ? {} : { offset }) },
    { cause },
  );
}
