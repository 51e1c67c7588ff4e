import { closeSync, constants, fdatasyncSync, openSync, writeSync } from "node:fs";

const MIB = 2 ** 20;

/**
 * A file whose blocks hold written zeros: what a sync costs depends on that.
 *
 * @param {string} path
 * @param {number} bytes  rounded up to whole MiB
 * @returns {number} its size
 */
export function makeWrittenFile(path, bytes) {
  const chunks = Math.ceil(bytes / MIB);
  const zeros = Buffer.alloc(MIB);
  const file = openSync(path, "w");
  for (let chunk = 0; chunk < chunks; chunk++) writeSync(file, zeros, 0, MIB, chunk * MIB);
  fdatasyncSync(file);
  closeSync(file);
  return chunks * MIB;
}

/**
 * Memory of whole pages, as direct I/O needs it; Node's own buffers begin anywhere.
 *
 * @param {number} bytes
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function alignedBytes(bytes) {
  const { buffer } = new WebAssembly.Memory({ initial: Math.ceil(bytes / 65536) });
  return new Uint8Array(/** @type {ArrayBuffer} */ (buffer), 0, bytes);
}

export const DIRECT = constants.O_RDWR | constants.O_DIRECT | constants.O_DSYNC;
