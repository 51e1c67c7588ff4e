import { simulatedDisk } from "@seglog/fs/sim";
import { expect, test } from "vitest";
import { filePromises } from "./fixtures/sim-file-promises.ts";
import { diskMutants } from "./fixtures/sim-mutants.ts";
import { namePromises } from "./fixtures/sim-name-promises.ts";

const promises = [...filePromises, ...namePromises];

test.each(diskMutants)("$name: found out by the promise of its name", async (mutant) => {
  const promise = promises.find(({ name }) => name === mutant.rejectedBy);
  if (promise === undefined) throw new Error(`no promise is named ${mutant.rejectedBy}`);
  await promise.run(simulatedDisk({ seed: 1 }));
  await expect(promise.run(mutant.decorate(simulatedDisk({ seed: 1 })))).rejects.toThrow(
    expect.objectContaining({ name: "AssertionError" }),
  );
});
