import { expect, test } from "vitest";
import { countCovered, readTrace } from "../src/durability/read-trace.mjs";

const MAIN = [
  marked("100.000000", "one-call-0"),
  marked("100.010000", "one-ack-0"),
  marked("100.020000", "one-call-1"),
  marked("100.030000", "one-ack-1"),
].join("\n");

test("a sync counts for the append within which it began and ended", () => {
  const pool = `
100.004000 pwrite64(17</tmp/a.log>, "bbb"..., 144, 0) = 144 <0.000100>
100.005000 fdatasync(17</tmp/a.log>) = 0 <0.001000>
`;
  const { syncs, appends } = readTrace([MAIN, pool]);
  expect(syncs.map(({ call }) => call)).toEqual(["fdatasync"]);
  expect(countCovered(appends.get("one") ?? [], syncs)).toBe(1);
});

test("a sync that began before the append, or ended after it, shows nothing", () => {
  const early = "99.999000 fsync(17</tmp/a.log>) = 0 <0.005000>";
  const late = "100.025000 fsync(17</tmp/a.log>) = 0 <0.050000>";
  const { syncs, appends } = readTrace([MAIN, early, late]);
  expect(syncs).toHaveLength(2);
  expect(countCovered(appends.get("one") ?? [], syncs)).toBe(0);
});

test("a descriptor opened by the number of another syncs its writes; the other does not", () => {
  const own =
    '100.001000 openat(AT_FDCWD, "/proc/self/fd/17", O_WRONLY|O_DSYNC) = 21</tmp/a> <0.000010>';
  const twin = '100.004000 pwrite64(21</tmp/a>, "bbb"..., 144, 0) = 144 <0.001000>';
  const plain = '100.024000 pwrite64(17</tmp/a>, "bbb"..., 144, 0) = 144 <0.001000>';
  const { syncs, appends } = readTrace([MAIN, own, twin, plain]);
  expect(syncs.map(({ call }) => call)).toEqual(["O_DSYNC write"]);
  expect(countCovered(appends.get("one") ?? [], syncs)).toBe(1);
});

test("a sync that failed is none, nor is a write through a descriptor that does not sync", () => {
  const pool = `
100.001000 openat(AT_FDCWD, "/tmp/b.log", O_RDWR|O_CREAT, 0644) = 18</tmp/b.log> <0.000100>
100.004000 fdatasync(17</tmp/a.log>) = -1 EIO (Input/output error) <0.001000>
100.006000 pwrite64(18</tmp/b.log>, "b"..., 144, 0) = 144 <0.000100>
`;
  expect(readTrace([MAIN, pool]).syncs).toEqual([]);
});

test("a write through a descriptor opened with O_DSYNC is a sync, and msync with MS_SYNC", () => {
  const pool = `
100.001000 openat(AT_FDCWD, "/tmp/a.log", O_RDWR|O_DSYNC) = 17</tmp/a.log> <0.000100>
100.004000 pwrite64(17</tmp/a.log>, "fdatasync(3) = 0"..., 144, 0) = 144 <0.000100>
100.024000 msync(0x7f0000000000, 4096, MS_SYNC) = 0 <0.000100>
100.026000 msync(0x7f0000000000, 4096, MS_ASYNC) = 0 <0.000100>
`;
  const { syncs, appends } = readTrace([MAIN, pool]);
  expect(syncs.map(({ call }) => call)).toEqual(["O_DSYNC write", "msync"]);
  expect(countCovered(appends.get("one") ?? [], syncs)).toBe(2);
});

function marked(time: string, text: string): string {
  const path = `/seglog-bench-mark-${text}`;
  return `${time} access("${path}", F_OK) = -1 ENOENT (No such file or directory) <0.000010>`;
}
