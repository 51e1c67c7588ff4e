import assert from "node:assert/strict";
import { hasCode, SeglogError } from "@seglog/errors";
import {
  endSyncs,
  type FakeTarget,
  type Make,
  type PromiseCase,
  quiet,
  record,
  roomFor,
  type Setup,
  setUp,
  watch,
} from "../fixture.ts";

const shortage = (): SeglogError =>
  new SeglogError("ERR_SEGLOG_NOT_WRITTEN", "full", { path: "/x", errno: "ENOSPC" });

interface Resumable extends Setup {
  /** Ends the `resume` that is under way; how many there were. */
  readonly resumes: { count: number; end: (error?: unknown) => Promise<void> };
}

function resumable(make: Make, bytesMax = 2 ** 20): Resumable {
  const resumes: Resumable["resumes"] = { count: 0, end: async () => {} };
  const resume = (): Promise<void> => {
    resumes.count++;
    return new Promise((resolve, reject) => {
      resumes.end = async (error) => {
        if (error === undefined) resolve();
        else reject(error);
        await quiet();
      };
    });
  };
  return { ...setUp(make, { bytesMax, resume }), resumes };
}

async function failSync(target: FakeTarget, error: unknown): Promise<void> {
  await quiet();
  target.syncing?.reject(error);
  await quiet();
}

export function shortagePromises(make: Make): PromiseCase[] {
  return [
    {
      name: "a shortage rejects all that wait with the target's error, and resume lets appends go on",
      async run() {
        const { target, group, resumes } = resumable(make);
        const error = shortage();
        const first = watch(group.append(record(1)));
        await quiet();
        const second = watch(group.append(record(2))); // staged while the sync runs
        await failSync(target, error);
        assert.equal(resumes.count, 1);
        await assert.rejects(group.append(record(3)), error);
        assert.equal(target.records.length, 2, "nothing is staged before it has resumed");
        assert.deepEqual(
          [first.state, second.state],
          ["pending", "pending"],
          "until it is durable that their records are gone",
        );
        await resumes.end();
        assert.deepEqual([first.error, second.error], [error, error]);
        assert.equal(group.stats().pending, 0);
        const third = watch(group.append(record(4)));
        await endSyncs(target);
        assert.equal(third.state, "resolved");
      },
    },
    {
      name: "a shortage poisons where there is no resume, or where resume rejects",
      async run() {
        const { target, group } = setUp(make);
        const lone = watch(group.append(record(1)));
        await failSync(target, shortage());
        assert.ok(hasCode(lone.error, "ERR_SEGLOG_POISONED"));

        const other = resumable(make);
        const lost = watch(other.group.append(record(1)));
        await failSync(other.target, shortage());
        const cause = shortage();
        await other.resumes.end(cause);
        assert.ok(hasCode(lost.error, "ERR_SEGLOG_POISONED"), "its record may be there");
        const late = watch(other.group.append(record(2)));
        await quiet();
        assert.ok(hasCode(late.error, "ERR_SEGLOG_POISONED"));
        assert.equal(late.error.cause, cause);
        await other.group.close();
      },
    },
    {
      name: "a shortage of the target's append lets the sync that runs tell its own end",
      async run() {
        const { target, group, resumes } = resumable(make);
        const covered = watch(group.append(record(1)));
        await quiet();
        const staged = watch(group.append(record(2)));
        const error = shortage();
        target.onAppend = () => {
          throw error;
        };
        await assert.rejects(group.append(record(3)), error);
        assert.deepEqual([covered.state, staged.state, resumes.count], ["pending", "pending", 0]);
        target.syncing?.resolve();
        await quiet();
        assert.equal(covered.state, "resolved");
        assert.equal(resumes.count, 1);
        target.onAppend = () => {};
        await resumes.end();
        assert.equal(staged.error, error);
        const next = watch(group.append(record(4)));
        await endSyncs(target);
        assert.equal(next.state, "resolved");
      },
    },
    {
      name: "who staged without waiting is refused until a flush has told of the loss",
      async run() {
        const { target, group, resumes } = resumable(make, roomFor(8));
        for (let id = 0; id < 3; id++) group.stage(record(id)); // a sync begins by itself
        const error = shortage();
        await failSync(target, error);
        await resumes.end();
        assert.throws(() => group.stage(record(4)), error);
        await assert.rejects(group.ready(), error);
        const append = watch(group.append(record(5)));
        await endSyncs(target);
        assert.equal(append.state, "resolved", "who waits for its own record is not concerned");
        await assert.rejects(group.flush(), error);
        group.stage(record(6));
        const flushed = watch(group.flush());
        await endSyncs(target);
        assert.equal(flushed.state, "resolved");
      },
    },
    {
      name: "a flush that was rejected has told of the loss, and close tells it else",
      async run() {
        const told = resumable(make);
        told.group.stage(record(1));
        const flush = watch(told.group.flush());
        await failSync(told.target, shortage());
        await told.resumes.end();
        assert.equal(flush.state, "rejected");
        told.group.stage(record(2));
        const closed = watch(told.group.close());
        await endSyncs(told.target);
        assert.equal(closed.state, "resolved");

        const untold = resumable(make, roomFor(4));
        untold.group.stage(record(1));
        const error = shortage();
        await failSync(untold.target, error);
        const closing = watch(untold.group.close());
        await quiet();
        assert.equal(closing.state, "pending", "the target is being resumed");
        await untold.resumes.end();
        assert.equal(closing.error, error);
      },
    },
    {
      name: "a flush that was rejected has told nothing of what was staged after it",
      async run() {
        for (const startsFirst of [true, false]) {
          const { target, group, resumes } = resumable(make);
          group.stage(record(1));
          const flush = watch(group.flush());
          if (startsFirst) await quiet(); // the second is staged while the sync runs
          group.stage(record(2));
          const error = shortage();
          await failSync(target, error);
          await resumes.end();
          assert.equal(flush.error, error);
          assert.throws(() => group.stage(record(3)), error);
          await assert.rejects(group.flush(), error);
          group.stage(record(4));
        }
      },
    },
    {
      name: "a flush that waited for room has told of what was staged before it",
      async run() {
        const { target, group, resumes } = resumable(make, roomFor(1));
        const error = shortage();
        group.stage(record(1));
        const append = watch(group.append(record(2)));
        const flush = watch(group.flush());
        await failSync(target, error);
        await resumes.end();
        assert.deepEqual([append.error, flush.error], [error, error]);
        group.stage(record(3));
      },
    },
    {
      name: "a shortage rejects who waits for room, and nothing of theirs is staged",
      async run() {
        const { target, group, resumes } = resumable(make, roomFor(1));
        const error = shortage();
        const all = [1, 2, 3].map((id) => watch(group.append(record(id))));
        await failSync(target, error);
        await resumes.end();
        assert.ok(all.every((each) => each.error === error));
        assert.equal(target.records.length, 1);
        const next = watch(group.append(record(4)));
        await endSyncs(target);
        assert.equal(next.state, "resolved");
      },
    },
  ];
}
