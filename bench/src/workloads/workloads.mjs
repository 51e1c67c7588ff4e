import { durable } from "./durable.mjs";
import { growth } from "./growth.mjs";
import { heap } from "./heap.mjs";
import { logfile } from "./logfile.mjs";
import { memory } from "./memory.mjs";
import { mixed } from "./mixed.mjs";
import { open } from "./open.mjs";
import { read } from "./read.mjs";
import { scan } from "./scan.mjs";
import { stream } from "./stream.mjs";
import { threads } from "./threads.mjs";
import { write } from "./write.mjs";

/** In the order of the pages. @type {readonly import("../contract.ts").Workload[]} */
export const workloads = Object.freeze([
  write,
  stream,
  durable,
  logfile,
  read,
  scan,
  open,
  memory,
  heap,
  mixed,
  threads,
  growth,
]);

/**
 * @param {string} id
 * @returns {import("../contract.ts").Workload}
 */
export function workloadNamed(id) {
  const found = workloads.find((workload) => workload.id === id);
  if (found === undefined) throw new Error(`no workload ${id}`);
  return found;
}
