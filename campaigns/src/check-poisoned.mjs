import { hasCode } from "seglog";
import { sameBytes } from "./history.mjs";
import { readAll } from "./session.mjs";
import { Violation } from "./violation.mjs";

/**
 * What a poisoned log owes: it refuses to write, with the first failure as cause, and goes on
 * giving what is committed.
 *
 * @param {import("./session.mjs").Session} session
 */
export async function checkPoisoned(session) {
  const { log, model } = session;
  /** @type {Record<string, () => Promise<unknown>>} */
  const calls = {
    append: () => log.append("late"),
    appendBatch: () => log.appendBatch(["late", "later"]),
    write: async () => log.write("late"),
    sync: () => log.sync(),
    truncateBefore: () => log.truncateBefore(log.firstOffset),
    truncateAfter: () => log.truncateAfter(log.nextOffset - 1),
  };
  for (const [name, call] of Object.entries(calls)) {
    let refusal;
    try {
      await session.within(call(), `${name} of a poisoned log`);
    } catch (error) {
      refusal = error;
    }
    if (refusal === undefined) throw new Violation(`${name} of a poisoned log succeeded`);
    if (!hasCode(refusal, "ERR_SEGLOG_POISONED")) {
      throw new Violation(`${name} of a poisoned log was refused otherwise`, refusal);
    }
    if (refusal.cause === undefined) throw new Violation(`${name} was refused without a cause`);
  }
  const { firstOffset, committedOffset } = log;
  if (committedOffset > model.next) {
    throw new Violation(`committedOffset ${committedOffset} is beyond ${model.next}`);
  }
  const live = model.live();
  const records = await session.within(readAll(log), "reading a poisoned log");
  if (records.length !== committedOffset - firstOffset) {
    throw new Violation(`a poisoned log gave ${records.length} of its committed records`);
  }
  for (const { offset, value } of records) {
    if (sameBytes(value, live.get(offset)?.value ?? new Uint8Array())) continue;
    throw new Violation(`a poisoned log gave other bytes for record ${offset}`);
  }
}
