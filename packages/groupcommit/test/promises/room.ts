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

export function roomPromises(make: Make): PromiseCase[] {
  return [
    {
      name: "beyond bytesMax appends wait, and are staged in the order of the calls",
      async run() {
        const { target, group } = setUp(make, { bytesMax: roomFor(2), syncBytes: roomFor(2) });
        const log: string[] = [];
        for (let i = 0; i < 7; i++) watch(group.append(record(i)), `${i}`, log);
        assert.equal(target.records.length, 2);
        assert.equal(group.stats().waiting, 5);
        await quiet();
        await endSync(target);
        assert.deepEqual(log, ["0", "1"]);
        assert.equal(target.records.length, 4);
        await endSyncs(target);
        assert.deepEqual(
          target.records,
          [0, 1, 2, 3, 4, 5, 6].map((id) => record(id)),
        );
        assert.deepEqual(log, ["0", "1", "2", "3", "4", "5", "6"]);
        assert.equal(group.stats().waiting, 0);
      },
    },
    {
      name: "a small append does not overtake one that waits for room",
      async run() {
        const { target, group } = setUp(make, { bytesMax: 100 });
        void group.append(record(1, 34));
        void group.append(record(2, 80));
        void group.append(record(3, 4));
        void group.submit({ bytes: 0, stage: () => target.append(record(4)) });
        assert.equal(target.records.length, 1);
        await endSyncs(target);
        assert.deepEqual(
          target.records.map((bytes) => bytes[0]),
          [1, 2, 3, 4],
        );
      },
    },
    {
      name: "an append made by a settled caller does not overtake one that waits for room",
      async run() {
        const { target, group } = setUp(make, { bytesMax: roomFor(2) });
        const again = group.append(record(1)).then(() => group.append(record(9)));
        for (const id of [2, 3, 4, 5]) void group.append(record(id));
        await endSyncs(target);
        await again;
        assert.deepEqual(
          target.records.map((bytes) => bytes[0]),
          [1, 2, 3, 4, 5, 9],
        );
      },
    },
    {
      name: "a record larger than bytesMax goes alone",
      async run() {
        const { target, group } = setUp(make, { bytesMax: 50 });
        const small = watch(group.append(record(1)));
        const big = watch(group.append(record(2, 1000)));
        const last = watch(group.append(record(3)));
        await quiet();
        assert.equal(target.records.length, 1);
        await endSync(target);
        assert.equal(small.state, "resolved");
        assert.equal(target.records.length, 2);
        await endSync(target);
        assert.equal(big.state, "resolved");
        assert.equal(target.records.length, 3);
        await endSyncs(target);
        assert.equal(last.state, "resolved");
      },
    },
    {
      name: "submit calls stage once, in its turn, resolves with its result, and counts its bytes",
      async run() {
        const { target, group } = setUp(make, { bytesMax: 100 });
        let calls = 0;
        const stage = (): string => {
          calls++;
          target.append(record(5));
          return "five";
        };
        const first = watch(group.submit({ bytes: 100, stage }));
        assert.equal(calls, 1);
        assert.equal(group.stats().pendingBytes, 100);
        const second = watch(group.submit({ bytes: 1, stage }));
        assert.equal(calls, 1);
        await endSyncs(target);
        assert.deepEqual([first.value, second.value, calls], ["five", "five", 2]);
      },
    },
    {
      name: "stage returns the address at once, and begins no sync below syncBytes",
      async run() {
        const { target, group } = setUp(make, { syncBytes: 61 });
        assert.deepEqual(
          [1, 2, 3].map((id) => group.stage(record(id))),
          [1000, 1001, 1002],
        );
        await quiet();
        assert.equal(target.syncCalls, 0);
      },
    },
    {
      name: "stage begins a sync within the call that reaches syncBytes",
      async run() {
        const { target, group } = setUp(make, { syncBytes: 60 });
        for (const id of [1, 2, 3]) {
          assert.equal(target.syncCalls, 0);
          group.stage(record(id));
        }
        assert.equal(target.syncing?.covers, 3);
        for (const id of [4, 5, 6, 7]) group.stage(record(id));
        await endSync(target);
        assert.equal(target.syncing?.covers, 7);
        await endSync(target);
        assert.equal(group.stats().pending, 0);
      },
    },
    {
      name: "stage is refused when there is no room, and when appends wait",
      async run() {
        const { target, group } = setUp(make, { bytesMax: 100 });
        group.stage(record(1, 34));
        const overloaded = (error: unknown): boolean =>
          hasCode(error, "ERR_SEGLOG_OVERLOADED") && error.context.stagedBytes === 50;
        assert.throws(() => group.stage(record(2, 80)), overloaded);
        void group.append(record(3, 80));
        assert.throws(() => group.stage(record(4)), overloaded);
        assert.equal(target.records.length, 1);
        await endSyncs(target);
        assert.equal(target.records.length, 2);
        assert.equal(group.stage(record(5)), 1002);
      },
    },
    {
      name: "ready resolves at once where stage has room, else when it has some again",
      async run() {
        const { target, group } = setUp(make, { bytesMax: roomFor(2), syncBytes: roomFor(2) });
        await group.ready();
        group.stage(record(1));
        group.stage(record(2));
        const ready = watch(group.ready());
        await quiet();
        assert.equal(ready.state, "pending");
        await endSync(target);
        assert.equal(ready.state, "resolved");
        group.stage(record(3));
      },
    },
    {
      name: "a loop of stage and ready reaches the end, and yields while there is no room",
      async run() {
        const { target, group } = setUp(make, { bytesMax: 100, syncBytes: 100 });
        let refusals = 0;
        const loop = (async () => {
          for (let id = 0; id < 60; ) {
            try {
              group.stage(record(id, id));
              id++;
            } catch {
              // refused for want of room, which is what `ready` waits for
              if (++refusals > 1000) throw new Error("ready resolves though there is no room");
              await group.ready();
            }
          }
          await group.flush();
        })();
        await endSyncs(target);
        await loop;
        assert.equal(target.durable, 60);
      },
    },
    {
      name: "an append that fits beside nothing staged gets its turn, though nobody waits for that",
      async run() {
        const { target, group } = setUp(make, { bytesMax: 100, syncBytes: 100 });
        void group.append(record(1));
        await quiet();
        group.stage(record(2, 34));
        const big = watch(group.append(record(3, 60)));
        await endSync(target);
        assert.equal(target.syncing?.covers, 2);
        await endSyncs(target);
        assert.equal(big.state, "resolved");
      },
    },
    {
      name: "ready begins the sync that makes room, though nobody was refused",
      async run() {
        const { target, group } = setUp(make, { bytesMax: 50, syncBytes: 50 });
        group.stage(record(1, 30));
        assert.equal(target.syncCalls, 0);
        const ready = watch(group.ready());
        await endSyncs(target);
        assert.equal(ready.state, "resolved");
      },
    },
    {
      name: "ready waits for room for what was refused, and for no more the next time",
      async run() {
        const { target, group } = setUp(make, { bytesMax: 100, syncBytes: 100 });
        group.stage(record(1, 34));
        assert.throws(() => group.stage(record(2, 80)));
        group.stage(record(3, 4));
        const ready = watch(group.ready());
        await endSync(target);
        assert.equal(ready.state, "pending");
        await endSync(target);
        assert.equal(ready.state, "resolved");
        group.stage(record(4, 34));
        await group.ready();
        assert.equal(target.syncCalls, 2);
      },
    },
    {
      name: "flush covers what is staged, what is being synced, and what waits for room",
      async run() {
        const { target, group } = setUp(make, { bytesMax: roomFor(2), syncBytes: roomFor(2) });
        await group.flush();
        assert.equal(target.syncCalls, 0);
        group.stage(record(1));
        const staged = watch(group.flush());
        await quiet();
        const running = watch(group.flush());
        for (const id of [2, 3, 4, 5]) void group.append(record(id));
        const waiting = watch(group.flush());
        void group.append(record(6));
        const states = (): string[] => [staged.state, running.state, waiting.state];
        assert.deepEqual(states(), ["pending", "pending", "pending"]);
        await endSync(target);
        assert.deepEqual(states(), ["resolved", "resolved", "pending"]);
        while (waiting.state === "pending") {
          assert.ok(target.durable < 5);
          await endSync(target);
        }
        assert.ok(target.durable >= 5);
        await endSyncs(target);
      },
    },
  ];
}
