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

export function lingerPromises(make: Make): PromiseCase[] {
  return [
    {
      name: "lingerMs holds the sync back until syncBytes are staged",
      async run() {
        const { target, group } = setUp(make, { lingerMs: 60_000, syncBytes: 60 });
        const first = watch(group.append(record(1)));
        const second = watch(group.append(record(2)));
        await quiet();
        assert.equal(target.syncCalls, 0);
        const third = watch(group.append(record(3)));
        assert.equal(target.syncCalls, 1);
        const fourth = watch(group.append(record(4)));
        await endSync(target);
        assert.deepEqual(
          [first.state, second.state, third.state, fourth.state],
          ["resolved", "resolved", "resolved", "pending"],
        );
        assert.equal(target.syncCalls, 1);
        const closed = group.close();
        await endSyncs(target);
        assert.equal(fourth.state, "resolved");
        await closed;
      },
    },
    {
      name: "lingerMs over, the sync begins, also for what arrived while another one ran",
      async run() {
        const { target, group } = setUp(make, { lingerMs: 1, syncBytes: 20 * 3 });
        const begun = new Promise<void>((resolve) => {
          target.onSync = resolve;
        });
        const first = watch(group.append(record(1)));
        await begun;
        const during = watch(group.append(record(2)));
        await oneMsLater();
        assert.equal(target.syncCalls, 1);
        await endSync(target);
        assert.deepEqual([first.state, during.state, target.syncCalls], ["resolved", "pending", 2]);
        await endSync(target);
        assert.equal(during.state, "resolved");
      },
    },
    {
      name: "a flush while a sync runs does not linger; the append after it does",
      async run() {
        const { target, group } = setUp(make, { lingerMs: 60_000, syncBytes: 40 });
        group.stage(record(1, 24));
        assert.equal(target.syncCalls, 1);
        const second = watch(group.append(record(2)));
        const flushed = watch(group.flush());
        await endSync(target);
        assert.equal(target.syncCalls, 2);
        await endSync(target);
        assert.deepEqual([second.state, flushed.state], ["resolved", "resolved"]);
        void group.append(record(3));
        await quiet();
        assert.equal(target.syncCalls, 2);
        const closed = group.close();
        await endSyncs(target);
        await closed;
      },
    },
    {
      name: "what is appended while a hurried sync runs lingers again",
      async run() {
        const { target, group } = setUp(make, { lingerMs: 60_000, syncBytes: 40 });
        group.stage(record(1, 24));
        void group.append(record(2));
        void group.flush();
        await endSync(target);
        assert.equal(target.syncCalls, 2);
        void group.append(record(3));
        await endSync(target);
        assert.equal(target.syncCalls, 2);
        const closed = group.close();
        await endSyncs(target);
        await closed;
      },
    },
    {
      name: "want of room does not linger: neither an append that waits, nor stage, nor ready",
      async run() {
        const options = { bytesMax: 100, syncBytes: 100, lingerMs: 60_000 };
        const appending = setUp(make, options);
        void appending.group.append(record(1, 34));
        void appending.group.append(record(2, 80));
        assert.equal(appending.target.syncCalls, 1);
        const staging = setUp(make, options);
        staging.group.stage(record(1, 34));
        assert.throws(() => staging.group.stage(record(2, 80)));
        assert.equal(staging.target.syncCalls, 1);
        const ready = watch(staging.group.ready());
        await endSync(staging.target);
        assert.equal(ready.state, "resolved");
        await endSync(appending.target);
        assert.equal(appending.target.records.length, 2);
        const closed = appending.group.close();
        await endSyncs(appending.target);
        await closed;
      },
    },
    {
      name: "flush does not linger",
      async run() {
        const { target, group } = setUp(make, { lingerMs: 60_000 });
        const first = watch(group.append(record(1)));
        const flushed = watch(group.flush());
        await endSyncs(target);
        assert.deepEqual([first.state, flushed.state], ["resolved", "resolved"]);
      },
    },
    {
      name: "close does not linger",
      async run() {
        const { target, group } = setUp(make, { lingerMs: 60_000 });
        const first = watch(group.append(record(1)));
        const closed = watch(group.close());
        await endSyncs(target);
        assert.deepEqual([first.state, closed.state], ["resolved", "resolved"]);
      },
    },
  ];
}

/** Node runs timers of one length in the order in which they were set: the group's come first. */
function oneMsLater(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}
