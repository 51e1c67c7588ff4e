import { simulatedDisk } from "@seglog/fs/sim";
import { describe, test } from "vitest";
import { filePromises } from "./fixtures/sim-file-promises.ts";
import { namePromises } from "./fixtures/sim-name-promises.ts";

// the order of what overlaps follows from the seed: a promise holds for each
describe.each([1, 2, 3, 4])("a simulated disk of seed %i", (seed) => {
  for (const { name, run } of [...filePromises, ...namePromises]) {
    test(name, () => run(simulatedDisk({ seed })));
  }
});
