import { groupCommit } from "@seglog/groupcommit";
import { expect, test } from "vitest";
import { mutants } from "./mutants.ts";
import { groupCommitPromises } from "./promises/index.ts";

test("every mutant names a promise that exists", () => {
  const names = new Set(groupCommitPromises(groupCommit).map((each) => each.name));
  expect(mutants.filter((mutant) => !names.has(mutant.rejectedBy))).toEqual([]);
});

for (const { name, make, rejectedBy } of mutants) {
  test(`a group commit that ${name} breaks: ${rejectedBy}`, async () => {
    const broken = groupCommitPromises(make).find((each) => each.name === rejectedBy);
    await expect(broken?.run()).rejects.toMatchObject({ code: "ERR_ASSERTION" });
  });
}
