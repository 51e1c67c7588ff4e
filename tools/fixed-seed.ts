import fc from "fast-check";

/**
 * Property tests run the same cases every time, so that a change is judged by itself. For others:
 * `SEGLOG_SEED=random`, or a number that a failure printed.
 */
const seed = process.env["SEGLOG_SEED"] ?? "1";
if (seed !== "random") fc.configureGlobal({ seed: Number(seed) });
