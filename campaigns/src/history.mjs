import { Violation } from "./violation.mjs";

/** @typedef {import("./model.mjs").Intent} Intent */
/** @typedef {import("./model.mjs").RecordIntent} RecordIntent */
/** @typedef {import("./model.mjs").FoundLog} FoundLog */

/**
 * How many of `intents`, at least `min`, lead to what was found. A batch counts whole or not.
 *
 * @param {readonly Intent[]} intents
 * @param {FoundLog} found
 * @param {number} min
 * @returns {number}
 */
export function matchHistory(intents, found, min) {
  checkDense(found);
  let nearest = `no call leaves the log ending at ${found.next}`;
  for (let done = intents.length; done >= min; done--) {
    const last = intents[done - 1];
    if ((last?.next ?? 0) !== found.next) continue;
    if (last?.kind === "record" && !last.ends) {
      nearest = `the batch of record ${last.offset} is there in part`;
      continue;
    }
    const difference = firstDifference(intents, done, found);
    if (difference === undefined) {
      // with a choice of histories two equal records could be taken for one another
      if (min === intents.length) learnTimes(intents, done, found);
      return done;
    }
    nearest = difference;
  }
  const least = intents[min - 1]?.next ?? 0;
  throw new Violation(
    `found [${found.first}, ${found.next}); acknowledged up to ${least} (call ${min} of ${intents.length}): ${nearest}`,
  );
}

/**
 * The records that the first `count` of `intents` leave, by offset.
 *
 * @param {readonly Intent[]} intents
 * @param {number} count
 * @returns {Map<number, RecordIntent>}
 */
export function liveRecords(intents, count) {
  /** @type {Map<number, RecordIntent>} */
  const live = new Map();
  let top = intents[count - 1]?.next ?? 0;
  for (let i = count - 1; i >= 0 && top > 0; i--) {
    const intent = /** @type {Intent} */ (intents[i]);
    if (intent.kind === "cut" || intent.offset !== top - 1) continue;
    live.set(intent.offset, intent);
    top--;
  }
  return live;
}

/** @param {FoundLog} found @param {number} clockMax */
export function checkTimes({ records }, clockMax) {
  let last = 0;
  for (const { offset, time } of records) {
    if (time < last) throw new Violation(`time of record ${offset} falls from ${last} to ${time}`);
    if (time > clockMax) throw new Violation(`time ${time} of record ${offset} never was`);
    last = time;
  }
}

/**
 * Whether two byte strings are the same.
 *
 * @param {Uint8Array} a
 * @param {Uint8Array} b
 */
export function sameBytes(a, b) {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}

/** @param {FoundLog} found */
function checkDense({ first, next, records }) {
  for (const [i, { offset }] of records.entries()) {
    if (offset === first + i) continue;
    throw new Violation(`record ${first + i} was delivered with offset ${offset}`);
  }
  if (records.length === next - first) return;
  throw new Violation(`iteration gave ${records.length} records of [${first}, ${next})`);
}

/**
 * @param {readonly Intent[]} intents
 * @param {number} done
 * @param {FoundLog} found
 * @returns {string | undefined}
 */
function firstDifference(intents, done, { records }) {
  if (records.length === 0) return undefined;
  const live = liveRecords(intents, done);
  for (const { offset, value, time } of records) {
    const intent = live.get(offset);
    if (intent === undefined) return `record ${offset} was never appended`;
    if (!sameBytes(intent.value, value)) {
      return `record ${offset} is ${show(value)} and was appended as ${show(intent.value)}`;
    }
    if (intent.time >= 0 && intent.time !== time) {
      return `record ${offset} had time ${intent.time} and now has ${time}`;
    }
  }
  return undefined;
}

/** @param {readonly Intent[]} intents @param {number} done @param {FoundLog} found */
function learnTimes(intents, done, { records }) {
  const live = liveRecords(intents, done);
  for (const { offset, time } of records) {
    const intent = live.get(offset);
    if (intent !== undefined) intent.time = time;
  }
}

/** @param {Uint8Array} value */
function show(value) {
  const hex = Buffer.from(value.subarray(0, 12)).toString("hex");
  return `${value.length} bytes ${hex}${value.length > 12 ? "…" : ""}`;
}
