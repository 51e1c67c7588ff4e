import assert from "node:assert/strict";
import { type ErrorCode, hasCode } from "@seglog/errors";
import {
  endSyncs,
  type Make,
  type PromiseCase,
  quiet,
  record,
  roomFor,
  setUp,
  watch,
} from "../fixture.ts";

export function failurePromises(make: Make): PromiseCase[] {
  return [
    {
      name: "what the target's append throws rejects that append alone",
      async run() {
        const { target, group } = setUp(make);
        const refusal = new Error("too large");
        target.onAppend = (bytes) => {
          if (bytes[0] === 2) throw refusal;
        };
        const all = [1, 2, 3].map((id) => watch(group.append(record(id))));
        assert.throws(() => group.stage(record(2)), refusal);
        await endSyncs(target);
        assert.deepEqual(
          all.map((each) => each.state),
          ["resolved", "rejected", "resolved"],
        );
        assert.equal(all[1]?.error, refusal);
        assert.equal(group.stats().appends, 2);
      },
    },
    {
      name: "what stage throws rejects that submission alone, also after waiting for room",
      async run() {
        const { target, group } = setUp(make, { bytesMax: roomFor(1) });
        const refusal = new Error("refused");
        const stage = (): never => {
          throw refusal;
        };
        await assert.rejects(group.submit({ bytes: 1, stage }), refusal);
        const first = watch(group.append(record(1)));
        const refused = watch(group.submit({ bytes: 20, stage }));
        const last = watch(group.append(record(2)));
        await endSyncs(target);
        assert.deepEqual([first.state, last.state], ["resolved", "resolved"]);
        assert.equal(refused.error, refusal);
      },
    },
    {
      name: "a failed sync poisons: staged, waiting, flush and ready reject with the cause",
      async run() {
        const { target, group } = setUp(make, { bytesMax: roomFor(2), syncBytes: roomFor(1) });
        const cause = new Error("EIO");
        const log: string[] = [];
        const all = [0, 1, 2, 3].map((id) => watch(group.append(record(id)), `${id}`, log));
        all.push(watch<never>(group.flush() as Promise<never>, "flush", log));
        all.push(watch<never>(group.ready() as Promise<never>, "ready", log));
        await quiet();
        target.syncing?.reject(cause);
        await quiet();
        assert.deepEqual(log, ["0", "1", "2", "3", "flush", "ready"]);
        for (const { error } of all) {
          assert.ok(hasCode(error, "ERR_SEGLOG_POISONED"));
          assert.equal(error.cause, cause);
        }
        assert.equal(target.records.length, 2);
        assert.equal(target.durable, 0);
      },
    },
    {
      name: "once poisoned every call rejects, nothing is staged or synced again, close resolves",
      async run() {
        const { target, group } = setUp(make);
        const first = watch(group.append(record(1)));
        await quiet();
        target.syncing?.reject(new Error("EIO"));
        await quiet();
        assert.equal(first.state, "rejected");
        await rejectsAll(group, "ERR_SEGLOG_POISONED");
        await quiet();
        assert.deepEqual([target.records.length, target.syncCalls], [1, 1]);
        assert.deepEqual([group.stats().syncs, group.stats().pending], [0, 1]);
        await group.close();
        await rejectsAll(group, "ERR_SEGLOG_CLOSED");
      },
    },
    {
      name: "a sync that throws at once counts as one that rejects",
      async run() {
        const { target, group } = setUp(make, { syncBytes: 50 });
        const cause = new Error("no descriptor");
        target.onSync = () => {
          throw cause;
        };
        const waiting = watch(group.append(record(1)));
        assert.equal(group.stage(record(2, 50)), 1001);
        await quiet();
        assert.ok(hasCode(waiting.error, "ERR_SEGLOG_POISONED"));
        assert.equal(waiting.error.cause, cause);
        assert.equal(target.syncCalls, 1);
        await group.close();
      },
    },
    {
      name: "misuse is refused by code, and changes nothing",
      async run() {
        const { target, group } = setUp(make);
        const invalid = (error: unknown): boolean => hasCode(error, "ERR_SEGLOG_INVALID_ARGUMENT");
        const stage = (): number => 1;
        await assert.rejects(group.append("text" as never), invalid);
        await assert.rejects(group.append(record(1), { signals: 1 } as never), invalid);
        await assert.rejects(group.append(record(1), { signal: 1 } as never), invalid);
        await assert.rejects(group.submit({ bytes: -1, stage }), invalid);
        await assert.rejects(group.submit({ bytes: 1 } as never), invalid);
        await assert.rejects(group.submit(undefined as never), invalid);
        assert.throws(() => group.stage(undefined as never), invalid);
        assert.throws(() => group.stageBy({ bytes: 0.5, stage }), invalid);
        assert.throws(() => group.stageBy({ bytes: 1 } as never), invalid);
        assert.equal(target.records.length, 0);
        assert.equal(group.stats().appends, 0);
      },
    },
  ];
}

async function rejectsAll(group: ReturnType<Make>, code: ErrorCode): Promise<void> {
  const coded = (error: unknown): boolean => hasCode(error, code);
  await assert.rejects(group.append(record(1)), coded);
  await assert.rejects(group.submit({ bytes: 1, stage: () => 1 }), coded);
  await assert.rejects(group.flush(), coded);
  await assert.rejects(group.ready(), coded);
  assert.throws(() => group.stage(record(1)), coded);
  assert.throws(() => group.stageBy({ bytes: 1, stage: () => 1 }), coded);
}
