import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { killAndGoOn } from "../src/kill-and-go-on.mjs";
import { WorkQueue } from "../src/work-queue.mjs";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "seglog-work-queue-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const WORKERS = ["mailer", "printer"];

/** Does jobs until `enough` says so. @returns their ids, in order */
async function doJobs(
  queue: WorkQueue,
  worker: string,
  enough: (ids: readonly number[]) => boolean,
): Promise<number[]> {
  const ids: number[] = [];
  const stop = new AbortController();
  await queue.work(
    worker,
    async ({ id, job }) => {
      expect(job).toMatchObject({ n: id });
      ids.push(id);
      if (enough(ids)) stop.abort();
    },
    stop.signal,
  );
  return ids;
}

async function queueOf(jobs: number, text = ""): Promise<WorkQueue> {
  const queue = await WorkQueue.open(directory, WORKERS);
  await Promise.all(Array.from({ length: jobs }, (_, n) => queue.add({ n, text })));
  return queue;
}

test("every job is done, in order, by a worker that is killed; a kill repeats at most one", {
  timeout: 60_000,
}, async () => {
  const { kills, lines } = await killAndGoOn(directory, { jobs: 60, jobsEach: 25 });
  const ids = lines.map((line) => Number(line.split(" ")[0]));
  expect(kills).toBeGreaterThanOrEqual(1);
  expect([...new Set(ids)]).toEqual(Array.from({ length: 60 }, (_, id) => id));
  expect(ids).toEqual([...ids].sort((a, b) => a - b));
  expect(ids.length).toBeLessThanOrEqual(60 + kills);
});

test("a worker goes on where it was; another begins with the first job", async () => {
  const queue = await queueOf(10);
  expect(await doJobs(queue, "mailer", (ids) => ids.length === 4)).toEqual([0, 1, 2, 3]);
  await queue.close();
  const again = await WorkQueue.open(directory, WORKERS);
  expect(await doJobs(again, "mailer", (ids) => ids.at(-1) === 9)).toEqual([4, 5, 6, 7, 8, 9]);
  expect(await doJobs(again, "printer", (ids) => ids.length === 2)).toEqual([0, 1]);
  await again.close();
});

test("a job that comes while a worker waits is done", async () => {
  const queue = await queueOf(1);
  const working = doJobs(queue, "mailer", (ids) => ids.length === 2);
  await queue.add({ n: 1 });
  expect(await working).toEqual([0, 1]);
  await queue.close();
});

test("a job that fails is not done, and comes again", async () => {
  const queue = await queueOf(3);
  const failing = queue.work("mailer", async ({ id }) => {
    if (id === 1) throw new Error("no connection");
  });
  await expect(failing).rejects.toThrow("no connection");
  expect(await doJobs(queue, "mailer", (ids) => ids.length === 2)).toEqual([1, 2]);
  await queue.close();
});

test("jobs that every worker has done go, and no others", async () => {
  const queue = await queueOf(100, "x".repeat(400));
  await doJobs(queue, "mailer", (ids) => ids.length === 50);
  await doJobs(queue, "printer", (ids) => ids.length === 30);
  await queue.close();
  const again = await WorkQueue.open(directory, WORKERS); // when retention is looked at
  expect(again.added).toBe(100);
  expect(again.kept).toBeGreaterThanOrEqual(70);
  expect(again.kept).toBeLessThan(90);
  await again.close();
});
