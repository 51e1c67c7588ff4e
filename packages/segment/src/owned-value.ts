import { markAsUntransferable } from "node:worker_threads";
import { RECORD_HEAD_BYTES } from "./record-head.ts";

/**
 * A copy of a record's value. Small ones share memory, as those of `Buffer.from` do: memory of its
 * own costs a value of 128 bytes 600 ns and more, most of it when it is collected, this 60.
 */
export function ownedValue(record: Uint8Array): Uint8Array {
  const { length } = record;
  if (length > SHARED_BYTES_MAX) {
    const copy = new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
    copy.set(record);
    return new Uint8Array(copy.buffer, RECORD_HEAD_BYTES, length - RECORD_HEAD_BYTES);
  }
  if (used + length > pool.length) {
    pool = newPool();
    used = 0;
  }
  const at = used;
  used += length;
  // with its head: a view of the value alone, to copy from, would cost as much as the copy
  pool.set(record, at);
  return new Uint8Array(pool.buffer, at + RECORD_HEAD_BYTES, length - RECORD_HEAD_BYTES);
}

/** What a value that is kept keeps in memory, at most. */
const POOL_BYTES = 65_536;
const SHARED_BYTES_MAX = 4096;

/** Who transfers the memory of one value to another thread would take that of the others. */
function newPool(): Uint8Array {
  const { buffer } = Buffer.allocUnsafeSlow(POOL_BYTES);
  markAsUntransferable(buffer);
  return new Uint8Array(buffer);
}

let pool = newPool();
let used = 0;
