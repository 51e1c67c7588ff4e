import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { checkPeer, hasStrace } from "../src/durability/check-durability.mjs";
import { plainFs } from "../src/peers/plain-fs.mjs";
import { seglog } from "../src/peers/seglog.mjs";

const TIMEOUT_MS = 60_000;
const traced = test.skipIf(!hasStrace());

traced(
  "seglog acknowledges nothing before its sync, alone or together",
  { timeout: TIMEOUT_MS },
  async () => {
    const result = await checkPeer(seglog, scratch());
    expect(result).toMatchObject({ verdict: "durable", alone: 50, together: 800 });
  },
);

traced("plain fs is durable through writes that sync", { timeout: TIMEOUT_MS }, async () => {
  const result = await checkPeer(plainFs, scratch());
  expect(result).toMatchObject({ verdict: "durable", alone: 50, together: 800 });
  expect(result.calls).toEqual({ "O_DSYNC write": 50 });
});

traced(
  "what cannot be opened is not available, with a reason",
  { timeout: TIMEOUT_MS },
  async () => {
    const result = await checkPeer({ ...plainFs, id: "nobody" }, scratch());
    expect(result.verdict).toBe("not available");
    expect(result.reason).toContain("no peer nobody");
  },
);

function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), "seglog-bench-test-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
