import { join } from "node:path";

const RESULTS = join(import.meta.dirname, "../results");

/** What the pages show; a full run writes it. */
export const RESULT_FILE = join(RESULTS, "bench.json");

/** What `--check-durability` writes. */
export const DURABILITY_FILE = join(RESULTS, "durability.json");
