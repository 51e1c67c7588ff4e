import type { LogCursor } from "@seglog/log";
import type { Cursor, Seglog } from "./contract.ts";

/** A cursor that gives the records of `log`. */
export function typedCursor<Out>(
  cursor: LogCursor,
  log: Pick<Seglog<never, Out>, "records" | "tail">,
): Cursor<Out> {
  const typed: Cursor<Out> = {
    name: cursor.name,
    get offset() {
      return cursor.offset;
    },
    commit: (offset) => cursor.commit(offset),
    records: (options) => log.records({ ...options, from: cursor.offset }),
    tail: (options) => log.tail({ ...options, from: cursor.offset }),
    [Symbol.asyncIterator]: () => typed.tail(),
  };
  return typed;
}
