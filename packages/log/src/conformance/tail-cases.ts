import { appendMany, bytesOf, expectCode, expectEqual, expectThat, range } from "./expect.ts";
import { type Follower, follow, turn } from "./follower.ts";
import { type LogCases, onLogs, type PlaceCases } from "./harness.ts";

const LOG_CASES: LogCases = {
  "a tail gives what is there and then what is committed, once, in order, over rolls": async (
    log,
  ) => {
    appendMany(log, 6);
    await log.sync();
    const tails = [follow(log, { from: "start" }), follow(log, { from: 5 }), follow(log)];
    for (let n = 0; n < 5; n++) {
      appendMany(log, 3);
      await log.sync();
    }
    for (const [n, from] of [0, 5, 6].entries()) {
      const tail = tails[n] as Follower;
      await tail.has(21 - from);
      expectEqual(tail.found, range(from, 21), `the tail from ${from}`);
    }
    await log.close();
    for (const { ended } of tails) await ended;
  },

  "a tail gives nothing that is not committed": async (log) => {
    const tail = follow(log);
    appendMany(log, 3);
    await log.flush();
    await turn();
    expectEqual(tail.found, [], "before the sync");
    await log.sync();
    await tail.has(3);
    await log.close();
    await tail.ended;
  },

  "a tail ends, without an error, when its signal aborts": async (log) => {
    const controller = new AbortController();
    const tail = follow(log, { signal: controller.signal });
    await turn();
    controller.abort();
    await tail.ended;
    const late = log.tailBatches({ signal: AbortSignal.abort(), from: "start" });
    expectEqual((await late.next()).done, true, "a tail whose signal had aborted");
  },

  "a tail ends, without an error, when the log closes": async (log) => {
    const tail = follow(log);
    await turn();
    await log.close();
    await tail.ended;
  },

  "a tail goes on behind what truncateBefore removed": async (log) => {
    appendMany(log, 12);
    await log.sync();
    const tail = log.tailBatches({ from: "start", recordsMax: 2 });
    await tail.next();
    await log.truncateBefore(9);
    const next = await tail.next();
    expectThat(!next.done, "it goes on");
    expectEqual(next.value[0]?.offset, 9, "where it goes on");
  },

  "a tail waits where truncateBefore removed all that it had not given": async (log) => {
    appendMany(log, 12);
    await log.sync();
    const tail = log.tailBatches({ from: "start", recordsMax: 2 });
    await tail.next();
    await log.truncateBefore(12);
    const next = tail.next();
    await turn();
    appendMany(log, 1);
    await log.sync();
    expectEqual((await next).value?.[0]?.offset, 12, "where it goes on");
  },

  "a tail gives what comes in the place of what truncateAfter dropped": async (log) => {
    appendMany(log, 9);
    await log.sync();
    const tail = follow(log, { from: 7 });
    await tail.has(2);
    await log.truncateAfter(3);
    log.append(bytesOf("other"));
    await log.sync();
    await tail.has(3);
    expectEqual(tail.found, [...range(7, 9), [4, "other"]], "what the tail gave");
    await log.close();
    await tail.ended;
  },

  "a tail from outside the log is out of range, by the call": async (log) => {
    appendMany(log, 2);
    await log.sync();
    await expectCode(() => log.tailBatches({ from: 3 }), "ERR_SEGLOG_OUT_OF_RANGE", "from 3");
    const call = (): unknown => log.tailBatches({ from: "first" as "start" });
    await expectCode(call, "ERR_SEGLOG_INVALID_ARGUMENT", "from a word");
  },
};

/** What the kit asks of `tailBatches`. */
export const TAIL_CASES: PlaceCases = onLogs(LOG_CASES);
