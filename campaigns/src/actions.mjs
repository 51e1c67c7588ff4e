import { hasCode } from "seglog";
import { sameBytes } from "./history.mjs";
import { makeValue } from "./values.mjs";
import { Violation } from "./violation.mjs";
import { iterate, tail } from "./watchers.mjs";

/** @typedef {import("./session.mjs").Session} Session */
/** @typedef {import("./values.mjs").Fill} Fill */

/**
 * One step of a workload, as plain data, so that workloads can be printed and cut short.
 *
 * @typedef {{ op: "append" | "write" | "batch", sizes: readonly number[], fill: Fill, wait?: boolean }
 *   | { op: "truncateBefore" | "truncateAfter", at: number, wait?: boolean }
 *   | { op: "sync", wait?: boolean }
 *   | { op: "read" | "settle" | "reopen" | "kill" }
 *   | { op: "iterate", reverse: boolean }
 *   | { op: "tail" }
 *   | { op: "clock", ms: number }
 *   | { op: "pass", turns: number }} Step
 */

/** Takes one step. Throws a {@link Violation} that can be seen now. @param {Session} session @param {Step} step */
export async function takeStep(session, step) {
  if (session.violation !== undefined) throw session.violation;
  session.noteTakenBack();
  switch (step.op) {
    case "append":
      for (const size of step.sizes) append(session, size, step.fill);
      break;
    case "batch":
      appendBatch(session, step.sizes, step.fill);
      break;
    case "write":
      for (const size of step.sizes) write(session, size, step.fill);
      break;
    case "sync":
      sync(session);
      break;
    case "truncateBefore":
      truncateBefore(session, step.at);
      break;
    case "truncateAfter":
      truncateAfter(session, step.at);
      break;
    case "read":
      read(session);
      await session.tryAnother();
      break;
    case "iterate":
      iterate(session, step.reverse);
      break;
    case "tail":
      tail(session);
      break;
    case "clock":
      session.now = Math.max(0, session.now + step.ms);
      session.model.clockMax = Math.max(session.model.clockMax, session.now);
      session.timers.advance(session.now);
      break;
    case "pass":
      await session.turns(step.turns);
      break;
    case "settle":
      await session.settle();
      break;
    case "reopen":
      await session.open(await session.close());
      break;
    case "kill":
      await session.kill();
      await session.open("kill");
      break;
  }
  if ("wait" in step && step.wait === true) await session.settle();
}

/** @param {Session} session @param {number} size @param {Fill} fill */
function append(session, size, fill) {
  const { log, settings } = session;
  const value = makeValue(session, size, fill);
  const given = value.slice();
  session.noteTakenBack();
  const before = log.nextOffset;
  const call = log.append(given);
  staged(session, { name: "append", values: [value], call, before });
  // copied when staged: the caller may reuse its buffer at once
  if (settings.stagedBytesMax === undefined) given.fill(0xee);
}

/** @param {Session} session @param {readonly number[]} sizes @param {Fill} fill */
function appendBatch(session, sizes, fill) {
  const { log, settings } = session;
  const values = sizes.map((size) => makeValue(session, size, fill));
  const given = values.map((value) => value.slice());
  session.noteTakenBack();
  const before = log.nextOffset;
  const call = log.appendBatch(given);
  staged(session, { name: "appendBatch", values, call, before });
  if (settings.stagedBytesMax === undefined) for (const value of given) value.fill(0xee);
}

/**
 * Notes what an append staged. Where nothing can wait for room, one that did not move the log's
 * end was refused, and must never be seen again.
 *
 * @param {Session} session
 * @param {{ name: string, values: readonly Uint8Array[], call: Promise<number>, before: number }} what
 */
function staged(session, { name, values, call, before }) {
  const { model, log, settings } = session;
  if (settings.stagedBytesMax === undefined && log.nextOffset === before) {
    session.track(name, call, (offset) => {
      throw new Violation(`${name} resolved with ${offset} and had staged nothing`);
    });
    return;
  }
  const expected = model.next;
  const count = model.appended(values);
  const how = (settings.durability ?? "commit") === "commit" ? "durable" : "flushed";
  session.track(name, call, (offset) => {
    if (offset !== expected) {
      throw new Violation(`${name} resolved with offset ${offset} instead of ${expected}`);
    }
    model.acknowledge(count, how);
  });
}

/** @param {Session} session @param {number} size @param {Fill} fill */
function write(session, size, fill) {
  const { log, model, settings } = session;
  const value = makeValue(session, size, fill);
  const given = value.slice();
  try {
    const offset = log.write(given);
    if (offset !== model.next) {
      throw new Violation(`write returned ${offset} instead of ${model.next}`);
    }
    model.appended([value]);
    given.fill(0xee);
  } catch (error) {
    if (error instanceof Violation) throw error;
    const isFull = settings.stagedBytesMax !== undefined && hasCode(error, "ERR_SEGLOG_OVERLOADED");
    if (!isFull) session.refused("write", error);
  }
}

/** @param {Session} session */
function sync(session) {
  const { model, log } = session;
  const count = model.intents.length;
  session.track("sync", log.sync(), () => model.acknowledge(count, "durable"));
}

/** @param {Session} session @param {number} at */
function truncateBefore(session, at) {
  const { model, log } = session;
  const { firstOffset, nextOffset } = log;
  const offset = firstOffset + Math.round(at * (nextOffset - firstOffset));
  model.firstRequested(offset);
  session.track(`truncateBefore(${offset})`, log.truncateBefore(offset), () => {
    model.firstAcknowledged(offset);
    if (log.firstOffset >= offset) return;
    throw new Violation(`truncateBefore(${offset}) left firstOffset ${log.firstOffset}`);
  });
}

/** @param {Session} session @param {number} at */
function truncateAfter(session, at) {
  const { model, log, settings } = session;
  const { nextOffset } = log;
  const first = Math.max(log.firstOffset, ...model.firsts.map(({ offset }) => offset));
  const next = nextOffset - Math.round(at * (nextOffset - first));
  if (next - 1 >= nextOffset || next < first) return;
  const call = log.truncateAfter(next - 1);
  const name = `truncateAfter(${next - 1})`;
  if (log.nextOffset !== next) {
    // retention may have been faster
    const mayFail = session.mayFail || settings.retention !== undefined;
    session.track(name, call, throwNoEffect(name), (error) => {
      if (!mayFail) session.refused(name, error);
    });
    return;
  }
  const count = model.cut(next);
  session.track(
    name,
    call,
    () => model.acknowledge(count, "durable"),
    (error) => {
      if (!(settings.retention && hasCode(error, "ERR_SEGLOG_OUT_OF_RANGE"))) {
        session.refused(name, error);
      }
    },
  );
}

/** @param {string} name */
function throwNoEffect(name) {
  return () => {
    throw new Violation(`${name} resolved and had no effect`);
  };
}

/** The disk may refuse a read: what was sealed is read by calls at first. @param {Session} session @param {number} offset */
function readOne(session, offset) {
  try {
    return session.log.read(offset);
  } catch (error) {
    session.refused("read", error);
    return undefined;
  }
}

/** Reads committed records, and holds them against the model. @param {Session} session */
function read(session) {
  const { model, log, random } = session;
  const { firstOffset, committedOffset } = log;
  const live = model.live();
  for (let i = 0; i < 5 && committedOffset > firstOffset; i++) {
    const offset = random.between(firstOffset, committedOffset - 1);
    const record = readOne(session, offset);
    if (record === undefined) continue;
    const intent = live.get(offset);
    if (intent === undefined) throw new Violation(`read(${offset}) gave what was never appended`);
    if (record.offset !== offset || !sameBytes(record.value, intent.value)) {
      throw new Violation(`read(${offset}) gave other bytes than were appended`);
    }
    if (intent.time >= 0 && intent.time !== record.time) {
      throw new Violation(`record ${offset} had time ${intent.time}, now ${record.time}`);
    }
    intent.time = record.time;
  }
}
