import assert from "node:assert/strict";
import {
  endSync,
  endSyncs,
  type Make,
  type PromiseCase,
  quiet,
  record,
  setUp,
  watch,
} from "../fixture.ts";

export function commitPromises(make: Make): PromiseCase[] {
  return [
    {
      name: "an append resolves with its address when its sync has finished, and not before",
      async run() {
        const { target, group } = setUp(make);
        const first = watch(group.append(record(1)));
        await quiet();
        assert.equal(target.syncCalls, 1);
        assert.equal(first.state, "pending");
        await endSync(target);
        assert.equal(first.state, "resolved");
        assert.equal(first.value, 1000);
        await group.close();
      },
    },
    {
      name: "append stages during the call; the sync begins later",
      async run() {
        const { target, group } = setUp(make);
        const first = watch(group.append(record(7)));
        assert.deepEqual(target.records, [record(7)]);
        assert.equal(target.syncCalls, 0);
        await endSyncs(target);
        assert.equal(first.state, "resolved");
      },
    },
    {
      name: "1,000 appends of one turn share one sync",
      async run() {
        const { target, group } = setUp(make);
        const all = Array.from({ length: 1000 }, (_, i) => group.append(record(i)));
        await endSyncs(target);
        assert.equal(target.syncCalls, 1);
        assert.deepEqual(
          await Promise.all(all),
          all.map((_, i) => 1000 + i),
        );
      },
    },
    {
      name: "1,000 appends while a sync runs share the next one, and wait for it",
      async run() {
        const { target, group } = setUp(make);
        const first = watch(group.append(record(0)));
        await quiet();
        const rest = Array.from({ length: 1000 }, (_, i) => watch(group.append(record(i))));
        await quiet();
        assert.equal(target.syncCalls, 1);
        await endSync(target);
        assert.equal(first.state, "resolved");
        assert.equal(rest.filter((each) => each.state !== "pending").length, 0);
        assert.equal(target.syncCalls, 2);
        await endSync(target);
        assert.equal(rest.filter((each) => each.state === "resolved").length, 1000);
        assert.equal(target.syncCalls, 2);
      },
    },
    {
      name: "promises resolve in the order of the calls",
      async run() {
        const { target, group } = setUp(make);
        const log: string[] = [];
        const called: string[] = [];
        for (let i = 0; i < 300; i++) {
          called.push(`${i}`);
          const stage = (): number => target.append(record(i));
          watch<unknown>(
            i % 3 === 0 ? group.submit({ bytes: 20, stage }) : group.append(record(i)),
            `${i}`,
            log,
          );
          if (i % 100 === 50) await quiet();
        }
        await endSyncs(target);
        assert.deepEqual(log, called);
      },
    },
    {
      name: "never two syncs at once",
      async run() {
        const { target, group } = setUp(make, { syncBytes: 100 });
        for (let i = 0; i < 50; i++) {
          void group.append(record(i));
          if (i % 7 === 0) group.stage(record(i, 200));
          if (i % 5 === 0) void group.flush();
          if (i % 11 === 0) await quiet();
          if (i % 13 === 0) target.syncing?.resolve();
        }
        await endSyncs(target);
        assert.equal(target.overlapping, 0);
        assert.equal(group.stats().pending, 0);
      },
    },
    {
      name: "the next sync begins when the settled callers have appended again, ten awaits deep",
      async run() {
        const { target, group } = setUp(make);
        const callers = Array.from({ length: 64 }, async (_, caller) => {
          for (let round = 0; round < 3; round++) {
            await group.append(record(caller));
            for (let depth = caller % 11; depth > 0; depth--) await null;
          }
        });
        await quiet();
        for (let round = 0; round < 3; round++) {
          assert.equal(target.syncing?.covers, 64 * (round + 1));
          await endSync(target);
        }
        await Promise.all(callers);
        assert.equal(target.syncCalls, 3);
      },
    },
    {
      name: "stats count records, syncs, batches, bytes and the time of the syncs",
      async run() {
        let time = 5;
        const { target, group } = setUp(make, { now: () => time });
        void group.append(record(1));
        void group.append(record(2, 100));
        group.stage(record(3));
        assert.deepEqual(
          { ...group.stats(), syncMs: undefined },
          { ...NO_STATS, appends: 3, pending: 3, pendingBytes: 20 + 116 + 20 },
        );
        await quiet();
        time += 10;
        await endSync(target);
        void group.append(record(4));
        await quiet();
        time += 4;
        await endSync(target);
        assert.deepEqual(group.stats(), {
          ...NO_STATS,
          appends: 4,
          syncs: 2,
          batchMax: 3,
          syncMs: { last: 4, max: 10, total: 14 },
        });
      },
    },
  ];
}

const NO_STATS = {
  appends: 0,
  syncs: 0,
  pending: 0,
  pendingBytes: 0,
  waiting: 0,
  batchMax: 0,
  syncMs: undefined,
};
