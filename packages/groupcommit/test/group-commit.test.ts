import { hasCode, SeglogError } from "@seglog/errors";
import { type GroupCommitOptions, groupCommit } from "@seglog/groupcommit";
import { describe, expect, test } from "vitest";
import { FakeTarget, record } from "./fixture.ts";
import { groupCommitPromises } from "./promises/index.ts";

describe("groupCommit keeps the promises of its contract", () => {
  for (const { name, run } of groupCommitPromises(groupCommit)) test(name, run);
});

test("a burst of 70,000 appends is one batch, in order, and the batches after it work", async () => {
  let addresses = 0;
  const group = groupCommit({ append: () => addresses++, sync: async () => {} });
  const bytes = record(1);
  for (const count of [70_000, 3, 70_000]) {
    const from = addresses;
    const all = Array.from({ length: count }, () => group.append(bytes));
    const settled = await Promise.all(all);
    expect(settled.findIndex((address, i) => address !== from + i)).toBe(-1);
  }
  expect(group.stats().syncs).toBe(3);
});

describe("options", () => {
  const refused: [name: string, options: object][] = [
    ["bytesMax", { bytesMax: 0 }],
    ["bytesMax", { bytesMax: 2 ** 40 + 1 }],
    ["bytesMax", { bytesMax: 1.5 }],
    ["syncBytes", { syncBytes: 0 }],
    ["syncBytes", { bytesMax: 100, syncBytes: 101 }],
    ["lingerMs", { lingerMs: -1 }],
    ["lingerMs", { lingerMs: 60_001 }],
    ["lingerMs", { lingerMs: Number.NaN }],
    ["lingerMs", { lingerMs: "5" }],
    ["now", { now: 5 }],
    ["closedError", { closedError: "closed" }],
    ["maxBytes", { maxBytes: 100 }],
  ];
  test.each(refused)("%s is refused by name: %j", (name, options) => {
    expect.assertions(2);
    try {
      groupCommit(new FakeTarget(), options as GroupCommitOptions);
    } catch (error) {
      expect(hasCode(error, "ERR_SEGLOG_INVALID_ARGUMENT")).toBe(true);
      expect((error as { context: { name: string } }).context.name).toBe(name);
    }
  });

  test("what calls fail with after close is the target's to say", async () => {
    const says = async (options: GroupCommitOptions): Promise<unknown> => {
      const group = groupCommit(new FakeTarget(), options);
      await group.close();
      return group.append(record(1)).catch((error: unknown) => (error as Error).message);
    };
    const context = { what: "/log" };
    const closedError = () => new SeglogError("ERR_SEGLOG_CLOSED", "/log is closed", context);
    expect(await says({ closedError })).toBe("/log is closed");
    expect(await says({})).toBe("the group commit is closed");
  });

  test("the bounds themselves are accepted", () => {
    groupCommit(new FakeTarget(), { bytesMax: 1, syncBytes: 1, lingerMs: 0 });
    groupCommit(new FakeTarget(), { bytesMax: 2 ** 40, syncBytes: 2 ** 40, lingerMs: 60_000 });
    groupCommit(new FakeTarget(), { bytesMax: 1 });
  });

  test("a target without the two methods is refused", () => {
    expect(() => groupCommit({ append: () => 1 } as never)).toThrow(/target must be an object/);
    expect(() => groupCommit(undefined as never)).toThrow(/target must be an object/);
  });
});
