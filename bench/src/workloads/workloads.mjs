import { durable } from "./durable.mjs";
import { logfile } from "./logfile.mjs";
import { read } from "./read.mjs";
import { scan } from "./scan.mjs";
import { stream } from "./stream.mjs";
import { write } from "./write.mjs";

/** @type {readonly import("../contract.ts").Workload[]} */
export const workloads = Object.freeze([write, stream, durable, logfile, read, scan]);

/**
 * @param {string} id
 * @returns {import("../contract.ts").Workload}
 */
export function workloadNamed(id) {
  const found = workloads.find((workload) => workload.id === id);
  if (found === undefined) throw new Error(`no workload ${id}`);
  return found;
}
