import assert from "node:assert/strict";
import { hasCode } from "@seglog/errors";
import {
  endSync,
  endSyncs,
  type Make,
  type PromiseCase,
  quiet,
  record,
  roomFor,
  setUp,
  watch,
} from "../fixture.ts";

export function closePromises(make: Make): PromiseCase[] {
  return [
    {
      name: "close of an idle group resolves without a sync; closing twice is one close",
      async run() {
        const { target, group } = setUp(make);
        const closed = group.close();
        assert.equal(group.close(), closed);
        await closed;
        assert.equal(target.syncCalls, 0);
      },
    },
    {
      name: "close commits what is staged and what waits for room, then resolves",
      async run() {
        const { target, group } = setUp(make, { bytesMax: roomFor(2) });
        const log: string[] = [];
        for (let id = 0; id < 6; id++) watch(group.append(record(id)), `${id}`, log);
        watch(group.flush(), "flush", log);
        watch(group.close(), "close", log);
        await quiet();
        assert.deepEqual(log, []);
        await endSyncs(target);
        assert.deepEqual(log, ["0", "1", "2", "3", "4", "5", "flush", "close"]);
        assert.equal(target.durable, 6);
      },
    },
    {
      name: "close commits what was staged though nobody waited for it",
      async run() {
        const { target, group } = setUp(make);
        group.stage(record(1));
        const closed = watch(group.close());
        await quiet();
        assert.equal(closed.state, "pending");
        await endSync(target);
        assert.equal(closed.state, "resolved");
        assert.equal(target.durable, 1);
      },
    },
    {
      name: "close while a sync runs waits for it and for the next",
      async run() {
        const { target, group } = setUp(make);
        void group.append(record(1));
        await quiet();
        const second = watch(group.append(record(2)));
        const closed = watch(group.close());
        await endSync(target);
        assert.deepEqual([second.state, closed.state], ["pending", "pending"]);
        await endSync(target);
        assert.deepEqual([second.state, closed.state], ["resolved", "resolved"]);
      },
    },
    {
      name: "close resolves when the sync that it waits for fails, and everything is settled",
      async run() {
        const { target, group } = setUp(make, { bytesMax: roomFor(1) });
        const all = [1, 2, 3].map((id) => watch(group.append(record(id))));
        const closed = watch(group.close());
        await quiet();
        target.syncing?.reject(new Error("EIO"));
        await quiet();
        assert.equal(closed.state, "resolved");
        for (const { error } of all) assert.ok(hasCode(error, "ERR_SEGLOG_POISONED"));
      },
    },
    {
      name: "after close every call fails but close and stats; who waits for room is told at once",
      async run() {
        const { target, group } = setUp(make, { bytesMax: roomFor(1) });
        void group.append(record(1));
        const ready = watch(group.ready());
        const closed = group.close();
        const isClosed = (error: unknown): boolean => hasCode(error, "ERR_SEGLOG_CLOSED");
        await assert.rejects(ready.promise, isClosed);
        await assert.rejects(group.append(record(2)), isClosed);
        await assert.rejects(group.submit({ bytes: 1, stage: () => 1 }), isClosed);
        await assert.rejects(group.flush(), isClosed);
        await assert.rejects(group.ready(), isClosed);
        assert.throws(() => group.stage(record(3)), isClosed);
        await endSyncs(target);
        await closed;
        assert.equal(group.stats().appends, 1);
        assert.equal(target.records.length, 1);
      },
    },
    {
      name: "close called by a stage still commits what that stage returns",
      async run() {
        const { target, group } = setUp(make);
        let closed = watch(Promise.resolve());
        const submitted = watch(
          group.submit({
            bytes: 4,
            stage: () => {
              closed = watch(group.close());
              return target.append(record(1));
            },
          }),
        );
        await quiet();
        assert.deepEqual([submitted.state, closed.state], ["pending", "pending"]);
        await endSync(target);
        assert.deepEqual([submitted.value, closed.state], [1000, "resolved"]);
      },
    },
  ];
}
