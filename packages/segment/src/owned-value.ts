import { markAsUntransferable } from "node:worker_threads";

/**
 * A copy of a value. Small ones share memory, as those of `Buffer.from` do: memory of its own costs
 * a value of 128 bytes 600 ns and more, most of it when it is collected, this 60.
 */
export function ownedValue(value: Uint8Array): Uint8Array {
  const { length } = value;
  if (length > SHARED_BYTES_MAX) {
    const copy = new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
    copy.set(value);
    return copy;
  }
  if (used + length > pool.length) {
    pool = newPool();
    poolBuffer = pool.buffer;
    used = 0;
  }
  const at = used;
  used += length;
  pool.set(value, at);
  return new Uint8Array(poolBuffer, at, length);
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
/** To ask for it costs 20 ns. */
let poolBuffer: ArrayBufferLike = pool.buffer;
let used = 0;
