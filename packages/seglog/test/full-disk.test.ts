import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { availableMappers } from "@seglog/fs";
import { afterEach, describe, expect, test, vi } from "vitest";
import { openLog } from "../src/index.ts";
import { temporaryDirectory } from "./temporary.ts";

// child processes and the real disk on a busy machine: 5 s would be too few
vi.setConfig({ testTimeout: 60_000 });

const DISK_BYTES = 2 * 2 ** 20;
const FILLER = join(import.meta.dirname, "fixtures/disk-filler.mjs");
const built = existsSync(join(import.meta.dirname, "../dist/index.js"));
const mounted: string[] = [];

afterEach(() => {
  for (const place of mounted.splice(0)) execFileSync("umount", ["--lazy", place]);
});

/** A file system of {@link DISK_BYTES}; `undefined` where the test may not mount one. */
function smallDisk(): string | undefined {
  const place = join(temporaryDirectory(), "disk");
  mkdirSync(place);
  const args = ["-t", "tmpfs", "-o", `size=${DISK_BYTES}`, "tmpfs", place];
  const outcome = spawnSync("mount", args, { stdio: "ignore" });
  if (outcome.status !== 0) return undefined;
  mounted.push(place);
  return place;
}

function canMount(): boolean {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return false;
  const place = smallDisk();
  for (const made of mounted.splice(0)) execFileSync("umount", ["--lazy", made]);
  return place !== undefined;
}

interface Line {
  readonly acknowledged?: number;
  readonly n?: number;
  readonly bytes?: number;
  readonly refused?: { readonly code?: string; readonly errno?: string };
  readonly sameLog?: unknown;
  readonly reopened?: string;
  readonly ended?: boolean;
}

function fill(disk: string, mapper: string, sizes: string): Line[] {
  const ballast = join(disk, "ballast");
  writeFileSync(ballast, new Uint8Array(DISK_BYTES / 4));
  const report = join(temporaryDirectory(), "report");
  const args = [FILLER, join(disk, "log"), mapper, ballast, sizes, report];
  const { status, signal } = spawnSync(process.execPath, args, { stdio: "inherit" });
  expect({ status, signal }).toEqual({ status: 0, signal: null });
  return readFileSync(report, "utf8")
    .split("\n")
    .flatMap((line) => (line === "" ? [] : [JSON.parse(line) as Line]));
}

describe.skipIf(!built || !canMount())("a file system of 2 MiB, filled under a live log", () => {
  test.each(
    // of the small ones the index is what fills the disk, 16 bytes beside each 16 of the store
    availableMappers().flatMap((mapper) => ["0", "300", "3000,1,20000"].map((s) => [mapper, s])),
  )(
    "no crash, no false acknowledgement, and appends again once there is room: %s, records of %s",
    async (mapper, sizes) => {
      const disk = smallDisk() as string;
      const lines = fill(disk, mapper as string, sizes as string);
      expect(lines.at(-1)).toEqual({ ended: true });

      const refusals = lines.flatMap(({ refused }) => (refused === undefined ? [] : [refused]));
      expect(refusals.length).toBeGreaterThanOrEqual(200);
      const said = new Set(refusals.map(({ code, errno }) => `${code} ${errno}`));
      for (const reason of said) expect(reason).toMatch(/^ERR_SEGLOG_[A-Z_]+ ENOSPC$/);
      expect(lines.some(({ sameLog }) => sameLog === "done")).toBe(true);
      expect(lines.filter(({ reopened }) => reopened !== undefined)).toEqual([]);

      const log = await openLog(join(disk, "log"), { readOnly: true });
      const acknowledged = lines.filter((line) => line.acknowledged !== undefined);
      expect(acknowledged.length).toBeGreaterThan(32);
      const untrue = acknowledged.filter(({ acknowledged: offset, n, bytes }) => {
        const { value } = log.read(offset as number);
        return !Buffer.alloc(bytes as number, `${n} `).equals(value);
      });
      expect(untrue).toEqual([]);
      await log.close();
    },
  );
});
