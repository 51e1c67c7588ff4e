import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
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

export function abortPromises(make: Make): PromiseCase[] {
  return [
    {
      name: "a signal that is aborted already: rejected with its reason, the target never called",
      async run() {
        const { target, group } = setUp(make);
        const reason = new Error("not now");
        const signal = AbortSignal.abort(reason);
        await assert.rejects(group.append(record(1), { signal }), reason);
        await assert.rejects(
          group.submit({ bytes: 1, stage: () => target.append(record(2)), signal }),
          reason,
        );
        await quiet();
        assert.equal(target.records.length, 0);
        assert.equal(target.syncCalls, 0);
      },
    },
    {
      name: "aborted while it waits for room: never written, rejected with the reason, others go on",
      async run() {
        const { target, group } = setUp(make, { bytesMax: roomFor(1) });
        const controller = new AbortController();
        const { signal } = controller;
        const all = [0, 1, 2, 3, 4].map((id) =>
          watch(group.append(record(id), id % 2 === 1 ? { signal } : {})),
        );
        assert.equal(group.stats().waiting, 4);
        controller.abort("changed my mind");
        assert.equal(group.stats().waiting, 2);
        await quiet();
        assert.deepEqual(
          all.map((each) => [each.state, each.error]),
          [0, 1, 2, 3, 4].map((id) =>
            id % 2 === 1 ? ["rejected", "changed my mind"] : ["pending", undefined],
          ),
        );
        await endSyncs(target);
        assert.deepEqual(
          target.records.map((bytes) => bytes[0]),
          [0, 2, 4],
        );
      },
    },
    {
      name: "aborting the first that waits lets those in for whom there is room",
      async run() {
        const { target, group } = setUp(make, { bytesMax: 100 });
        void group.append(record(1, 34));
        const controller = new AbortController();
        const big = watch(group.append(record(2, 80), { signal: controller.signal }));
        const small = watch(group.append(record(3)));
        assert.equal(target.records.length, 1);
        controller.abort();
        assert.equal(target.records.length, 2);
        await endSyncs(target);
        assert.deepEqual([big.state, small.state], ["rejected", "resolved"]);
      },
    },
    {
      name: "once staged, a record cannot be aborted: the promise tells its real fate",
      async run() {
        const { target, group } = setUp(make);
        const controller = new AbortController();
        const first = watch(group.append(record(1), { signal: controller.signal }));
        controller.abort();
        await quiet();
        assert.equal(first.state, "pending");
        await endSync(target);
        assert.equal(first.value, 1000);
      },
    },
    {
      name: "a signal aborts those who still wait, when others with it were staged before",
      async run() {
        const { target, group } = setUp(make, { bytesMax: roomFor(1) });
        const controller = new AbortController();
        const { signal } = controller;
        const all = [0, 1, 2, 3].map((id) => watch(group.append(record(id), { signal })));
        await quiet();
        await endSync(target);
        controller.abort();
        await endSyncs(target);
        assert.deepEqual(
          all.map((each) => each.state),
          ["resolved", "resolved", "rejected", "rejected"],
        );
      },
    },
    {
      name: "a stage that aborts another waiter does not change the order",
      async run() {
        const { target, group } = setUp(make, { bytesMax: roomFor(2) });
        const controller = new AbortController();
        const { signal } = controller;
        const log: string[] = [];
        void group.append(record(1, 24));
        const stage = (): number => {
          controller.abort();
          return target.append(record(2));
        };
        watch(group.submit({ bytes: 20, stage }), "2", log);
        watch(group.append(record(3), { signal }), "3 aborted", log);
        watch(group.append(record(4)), "4", log);
        await endSyncs(target);
        assert.deepEqual(log, ["3 aborted", "2", "4"]);
        assert.deepEqual(
          target.records.map((bytes) => bytes[0]),
          [1, 2, 4],
        );
      },
    },
    {
      name: "1,000 appends that wait with one signal put one listener on it, and end with it",
      async run() {
        const { target, group } = setUp(make, { bytesMax: roomFor(1) });
        const controller = new AbortController();
        const { signal } = controller;
        const log: string[] = [];
        for (let i = 0; i < 1001; i++) watch(group.append(record(i), { signal }), `${i}`, log);
        assert.equal(getEventListeners(signal, "abort").length, 1);
        controller.abort();
        await quiet();
        assert.equal(log.length, 1000);
        assert.equal(log[999], "1000");
        await endSyncs(target);
        assert.equal(target.records.length, 1);
        assert.equal(getEventListeners(signal, "abort").length, 0);
      },
    },
    {
      name: "no listener stays on a signal: not when staged, aborted, or poisoned",
      async run() {
        const { target, group } = setUp(make, { bytesMax: roomFor(1) });
        const controller = new AbortController();
        const other = new AbortController();
        const { signal } = controller;
        const listeners = (): number => getEventListeners(signal, "abort").length;
        const staged = watch(group.append(record(1), { signal }));
        assert.equal(listeners(), 0);
        const waits = watch(group.append(record(2), { signal }));
        const aborts = watch(group.append(record(3), { signal: other.signal }));
        assert.equal(listeners(), 1);
        other.abort();
        assert.equal(getEventListeners(other.signal, "abort").length, 0);
        await quiet();
        await endSync(target);
        assert.equal(listeners(), 0);
        const poisoned = watch(group.append(record(4), { signal }));
        assert.equal(listeners(), 1);
        await quiet();
        target.syncing?.reject(new Error("disk"));
        await quiet();
        assert.equal(listeners(), 0);
        assert.deepEqual(
          [staged, aborts, waits, poisoned].map((each) => each.state),
          ["resolved", "rejected", "rejected", "rejected"],
        );
      },
    },
  ];
}
