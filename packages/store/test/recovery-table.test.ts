import { describe, expect, test } from "vitest";
import { RECOVERY_TABLE, recoveryRow, type StoreEnd } from "../src/recovery-table.ts";

const ENDS: StoreEnd[] = (["nothing", "zeros", "bytes"] as const).flatMap((rest) =>
  (["none", "sameSync", "laterSync"] as const).flatMap((later) =>
    (["complete", "open"] as const).map((batch) => ({ rest, later, batch })),
  ),
);

/** Frames cannot be where there are no bytes. */
const possible = ({ rest, later }: StoreEnd) => rest === "bytes" || later === "none";

describe("the recovery table", () => {
  test.each(ENDS.filter(possible))("has exactly one row for $rest, $later, $batch", (end) => {
    const rows = RECOVERY_TABLE.filter(({ when }) =>
      Object.entries(when).every(([name, values]) =>
        (values as readonly string[]).includes(end[name as keyof StoreEnd]),
      ),
    );
    expect(rows).toHaveLength(1);
    expect(recoveryRow(end)).toBe(rows[0]);
  });

  test("has no row for what cannot be", () => {
    for (const end of ENDS.filter((e) => !possible(e))) expect(recoveryRow(end)).toBeUndefined();
  });

  test("cuts nothing behind a later sync, and keeps no open batch", () => {
    for (const end of ENDS.filter(possible)) {
      const verdict = recoveryRow(end)?.verdict;
      if (end.later === "laterSync") expect(verdict).toBe("corrupt");
      else if (end.batch === "open") expect(verdict).toBe("cutBatch");
      else expect(verdict).toBe(end.rest === "bytes" ? "cut" : "keep");
    }
  });
});
