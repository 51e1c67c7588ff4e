import { hasCode } from "seglog";
import { sameBytes } from "./history.mjs";
import { Violation } from "./violation.mjs";

/** @typedef {import("./session.mjs").Session} Session */
/** @typedef {{ offset: number, time: number, value: Uint8Array }} Delivered */

/**
 * Iterates over the log as of now, while whatever else goes on.
 *
 * @param {Session} session
 * @param {boolean} reverse
 */
export function iterate(session, reverse) {
  const check = deliveryCheck(session);
  const to = session.log.committedOffset;
  const run = async () => {
    let last = reverse ? to : session.model.firstMin - 1;
    for await (const batch of session.log.batches({ reverse, recordsMax: 3 })) {
      for (const record of batch) {
        const isNext = reverse ? record.offset < last : record.offset > last;
        if (!isNext || record.offset >= to) {
          throw new Violation(`iteration up to ${to} gave ${record.offset} after ${last}`);
        }
        last = record.offset;
        check(record);
      }
    }
  };
  session.track(
    `iteration${reverse ? " backward" : ""}`,
    run(),
    () => {},
    (error) => {
      if (!hasCode(error, "ERR_SEGLOG_CLOSED")) session.refused("iteration", error);
    },
  );
}

/** Follows the log until it is closed. @param {Session} session */
export function tail(session) {
  const check = deliveryCheck(session);
  const { model } = session;
  const run = async () => {
    let last = -1;
    let cuts = cutsOf(model);
    for await (const record of session.log.tail({ from: "start" })) {
      if (record.offset <= last && cutsOf(model) === cuts) {
        throw new Violation(`tail gave ${record.offset} after ${last}, and nothing was cut`);
      }
      if (record.offset <= last) cuts = cutsOf(model);
      last = record.offset;
      check(record);
    }
  };
  session.track(
    "tail",
    run(),
    () => {},
    (error) => session.refused("tail", error),
  );
}

/**
 * What is delivered must have been appended there, and not be removed when the watch began.
 *
 * @param {Session} session
 * @returns {(record: Delivered) => void}
 */
function deliveryCheck({ model }) {
  const { durable, firstMin } = model;
  return ({ offset, value }) => {
    if (offset < firstMin) throw new Violation(`record ${offset} was removed, and was delivered`);
    const { intents } = model;
    const isThere = intents.some(
      (intent, i) =>
        intent.kind === "record" &&
        intent.offset === offset &&
        sameBytes(intent.value, value) &&
        !intents.slice(i, durable).some((later) => later.kind === "cut" && later.next <= offset),
    );
    if (!isThere) throw new Violation(`delivered as record ${offset} what is not there`);
  };
}

/** @param {Session["model"]} model */
function cutsOf({ intents }) {
  return intents.filter(({ kind }) => kind === "cut").length;
}
