/** @typedef {import("./contract.ts").Goal} Goal */

const raw = "raw-overwrite";

/**
 * What the project set itself, as data: `workload` and `case` say where it is measured.
 *
 * @type {readonly Goal[]}
 */
export const goals = Object.freeze([
  write("10-single", { text: "10 B, one call each: 10 million/s", atLeast: 10e6 }),
  write("128-single", { text: "128 B, one call each: 8 million/s", atLeast: 8e6 }),
  write("128-batch", { text: "128 B, batches: 10 million/s", atLeast: 10e6 }),
  write("128-single", {
    text: "128 B, one call each: 0.5 x raw buffered write",
    against: "raw-buffered",
    atLeast: 0.5,
  }),
  write("16384-single", {
    text: "16 KiB: 0.8 x raw buffered write",
    against: "raw-buffered",
    atLeast: 0.8,
  }),
  durable("1", { text: "1 caller: 0.8 x raw, written blocks", against: raw, atLeast: 0.8 }),
  durable("1", {
    text: "1 caller: 1.3 x raw, growing file",
    against: "raw-growing",
    atLeast: 1.3,
  }),
  durable("64", { text: "64 callers: 30 x raw", against: raw, atLeast: 30 }),
  durable("64", {
    text: "64 callers: p99 below 4 raw syncs",
    metric: "p99Ms",
    against: raw,
    againstMetric: "p50Ms",
    atMost: 4,
  }),
  durable("1024", { text: "1024 callers: 200 x raw", against: raw, atLeast: 200 }),
  durable("4096", { text: "4096 callers: 350 x raw", against: raw, atLeast: 350 }),
  of("stream", "10", { text: "stream, 10 B: 20 million durable records/s", atLeast: 20e6 }),
  of("stream", "1024", {
    text: "stream, 1 KiB: 0.8 x raw direct writes of 1 MiB",
    against: "raw-direct",
    atLeast: 0.8,
  }),
  of("logfile", "all", {
    text: "logfile's workload: 0.85 x raw write + fdatasync",
    against: "raw-growing",
    atLeast: 0.85,
  }),
  of("read", "128", { text: "random read, view: 4 million/s", atLeast: 4e6 }, "seglog-view"),
  of("read", "128", { text: "random read, copy: 2 million/s", atLeast: 2e6 }),
  of("read", "128", {
    text: "random read, copy: 5 x one pread",
    against: "raw-pread",
    atLeast: 5,
  }),
  of(
    "read",
    "128",
    { text: "random read, view: 5 x one pread", against: "raw-pread", atLeast: 5 },
    "seglog-view",
  ),
  of("scan", "forward", { text: "scan, batches: 12 million/s", atLeast: 12e6 }),
  of("scan", "forward", { text: "scan, lent batches: 12 million/s", atLeast: 12e6 }, "seglog-lent"),
  of(
    "scan",
    "forward",
    { text: "scan, record by record: 6 million/s", atLeast: 6e6 },
    "seglog-records",
  ),
  of("open", "clean", { text: "open 1 GiB after a clean close: 20 ms", atMost: 20 }),
  of("open", "killed", { text: "open 1 GiB after a kill: 300 ms", atMost: 300 }),
  of("heap", "append", {
    text: "per durable append, no more heap than one promise takes (within 10%)",
    against: "one-promise",
    atMost: 1.1,
  }),
  of("mixed", "writer", {
    text: "mixed: the writer keeps 0.8 of its lone rate",
    against: "writer-alone",
    atLeast: 0.8,
  }),
  of("mixed", "writer", {
    text: "mixed: the event loop's p99 delay stays under 5 ms",
    metric: "loopDelayP99Ms",
    atMost: 5,
  }),
  grown("appendsPerSecond", "append at 1,000 segments within 1.2 x of one"),
  grown("readsPerSecond", "read at 1,000 segments within 1.2 x of one"),
]);

/**
 * @param {string} workload
 * @param {string} caseId
 * @param {Omit<Goal, "workload" | "case" | "contender">} goal
 * @param {string} [contender]
 * @returns {Goal}
 */
function of(workload, caseId, goal, contender = "seglog") {
  return Object.freeze({ workload, case: caseId, contender, ...goal });
}

/** @param {string} caseId @param {Omit<Goal, "workload" | "case" | "contender">} goal */
function write(caseId, goal) {
  return of("write", caseId, { ...goal, text: `write ${goal.text}` });
}

/** @param {string} caseId @param {Omit<Goal, "workload" | "case" | "contender">} goal */
function durable(caseId, goal) {
  return of("durable", caseId, { ...goal, text: `durable append, ${goal.text}` });
}

/** @param {string} metric @param {string} text */
function grown(metric, text) {
  const goal = { text, metric, against: "1-segments", atLeast: 1 / 1.2 };
  return of("growth", "segments", goal, "seglog-1000-segments");
}
