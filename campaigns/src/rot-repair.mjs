import { simulatedDisk } from "@seglog/fs/sim";
import { inspectStore } from "@seglog/store";
import { openLog, repairLog, verifyLog } from "seglog";
import { sameBytes } from "./history.mjs";
import { DIRECTORY } from "./session.mjs";
import { isCoded, textOf, Violation } from "./violation.mjs";

/** @typedef {import("./rot.mjs").FinishedLog} FinishedLog */
/** @typedef {import("@seglog/fs/sim").SimulatedDisk} SimulatedDisk */
/** @typedef {import("seglog").LostRange} LostRange */
/** @typedef {import("./damage.mjs").Files} Files */
/** @typedef {{ log: FinishedLog, files: Files, done: string[],
 *   makeDisk: () => Promise<SimulatedDisk> }} RotRepairCase */

/**
 * Verifies a damaged log and repairs a copy of it: no damage that matters goes unreported, the log
 * opens afterwards, every record is right, or told to be lost, and none that could be read before
 * is gone.
 *
 * @param {RotRepairCase} rotCase
 */
export async function verifyAndRepair({ log, files, done, makeDisk }) {
  const before = await readThrough(await makeDisk(), log);
  const disk = await makeDisk();
  const options = { fs: disk.fs };
  const verified = await bounded(disk, () => verifyLog(DIRECTORY, options));
  const isReported = verified.damages.some(({ harmless }) => !harmless);
  if (before.failed !== undefined && !isReported) {
    throw new Violation(`verify found nothing, and ${before.failed}`);
  }
  let repair;
  try {
    repair = await bounded(disk, () => repairLog(DIRECTORY, options));
  } catch (error) {
    const isLater = verified.damages.some(({ kind }) => kind === "later version");
    if (isLater && isCoded(error) && codeOf(error) === "ERR_SEGLOG_UNSUPPORTED_FORMAT") return;
    throw new Violation(`repair failed: ${textOf(error)}`, error);
  }
  if (!isReported && repair.actions.length > 0) throw new Violation("repaired what is not damaged");
  const again = await bounded(disk, () => verifyLog(DIRECTORY, options));
  const left = again.damages.find(({ kind, harmless }) => !harmless && !LEFT_AS_IT_IS.has(kind));
  if (left !== undefined) throw new Violation(`after the repair: ${left.kind}: ${left.message}`);
  const second = await bounded(disk, () => repairLog(DIRECTORY, options));
  if (second.actions.length > 0) {
    throw new Violation(`a second repair did more: ${second.actions[0]?.message}`);
  }
  if (disk.openHandles + disk.openMappings + disk.heldLocks > 0) {
    throw new Violation("verify or repair left something open");
  }
  const after = await readThrough(disk, log);
  if (after.refused) throw new Violation(`a repaired log was refused: ${after.failed}`);
  const isStateLost =
    done.some((text) => text.includes("seglog.state")) ||
    verified.damages.some(({ kind }) => STATE_LOST.has(kind));
  const torn = verified.damages.filter(({ kind }) => kind === "torn tail");
  const given = [...repair.lost, ...torn.map(({ from = 0 }) => ({ from, to: undefined }))];
  const frames = await framesOf(log);
  for (const offset of log.values.keys()) {
    const isLost = given.some(({ from, to }) => offset >= from && offset < (to ?? Infinity));
    if (after.right.has(offset)) continue;
    if (before.right.has(offset)) throw new Violation(`repair lost ${offset}, which could be read`);
    const isTorn = torn.some(({ from }) => from !== undefined && offset >= from);
    if (!isTorn && isWhole(frames.get(offset), log.files, files) && offset >= after.first) {
      throw new Violation(`repair lost ${offset}, whose frame is whole`);
    }
    if (isLost || after.corrupt.has(offset)) continue;
    if (offset < log.first) continue;
    // nothing says where a log ended that was not closed, or where one began whose state is lost
    if ((isStateLost || !log.closed) && offset >= after.next) continue;
    if (isStateLost && offset < after.first) continue;
    throw new Violation(`${offset} is gone, and repair does not say so`);
  }
}

/** @typedef {{ name: string, from: number, to: number }} Place  bytes of a file */

/** @type {WeakMap<FinishedLog, Map<number, Place>>} */
const knownFrames = new WeakMap();

/** Where each record of an undamaged log lies. @param {FinishedLog} log */
async function framesOf(log) {
  const known = knownFrames.get(log);
  if (known !== undefined) return known;
  /** @type {Map<number, Place>} */
  const frames = new Map();
  const disk = simulatedDisk({ seed: 1 });
  for (const [name, bytes] of log.files) {
    if (!name.endsWith(".store")) continue;
    const handle = await disk.fs.open(`/${name}`, { access: "write", create: "exclusive" });
    await handle.close();
    disk.replace(`/${name}`, bytes);
    const store = await inspectStore({ fs: disk.fs, path: `/${name}` });
    if (store.header.kind === "good") {
      const { header } = store.header;
      let offset = header.baseOffset;
      await store.walk(
        {
          frame({ position, frameBytes }) {
            const from = STORE_HEADER_BYTES + position;
            frames.set(offset++, { name, from, to: from + frameBytes });
            return true;
          },
          bad: () => undefined,
          turn: () => {},
        },
        { header },
      );
    }
    await store.close();
  }
  knownFrames.set(log, frames);
  return frames;
}

/**
 * Whether a record's frame is as it was, and so is the header of its store.
 *
 * @param {Place | undefined} place
 * @param {Files} before
 * @param {Files} after
 */
function isWhole(place, before, after) {
  if (place === undefined) return false;
  const [old, now] = [before.get(place.name), after.get(place.name)];
  if (old === undefined || now === undefined) return false;
  return [
    [0, STORE_HEADER_BYTES],
    [place.from, place.to],
  ].every(([from, to]) => sameBytes(now.subarray(from, to), old.subarray(from, to)));
}

const STORE_HEADER_BYTES = 32;

/** Damages that a repair has nothing to do for. */
const LEFT_AS_IT_IS = new Set(["lost record", "wrong record"]);

const STATE_LOST = new Set(["missing state", "bad state", "wrong state"]);

/**
 * Opens a log and reads every record.
 *
 * @param {SimulatedDisk} disk
 * @param {FinishedLog} log
 */
async function readThrough(disk, { values }) {
  /** @type {Set<number>} */
  const right = new Set();
  /** @type {Set<number>} */
  const corrupt = new Set();
  /** @type {string | undefined} */
  let failed;
  let opened;
  try {
    opened = await openLog(DIRECTORY, { fs: disk.fs });
  } catch (error) {
    if (!isCoded(error)) throw error;
    return { refused: true, right, corrupt, failed: textOf(error), first: 0, next: 0 };
  }
  const { firstOffset: first, nextOffset: next } = opened;
  for (let offset = opened.firstOffset; offset < opened.nextOffset; offset++) {
    try {
      const { value } = opened.read(offset);
      const expected = values.get(offset);
      if (expected === undefined || !sameBytes(value, expected)) {
        throw new Violation(
          `record ${offset} came back as other bytes (${expected === undefined ? "never appended" : "appended"})`,
        );
      }
      right.add(offset);
    } catch (error) {
      if (!isCoded(error) || codeOf(error) !== "ERR_SEGLOG_CORRUPT") throw error;
      corrupt.add(offset);
      failed ??= textOf(error);
    }
  }
  await opened.close().catch((/** @type {unknown} */ error) => {
    if (!isCoded(error)) throw error;
  });
  return { refused: false, right, corrupt, failed, first, next };
}

/** @param {unknown} error */
function codeOf(error) {
  return /** @type {{ code: string }} */ (error).code;
}

/** @template T @param {SimulatedDisk} disk @param {() => Promise<T>} work @returns {Promise<T>} */
async function bounded(disk, work) {
  const calls = disk.operationCount;
  const result = await work();
  if (disk.operationCount - calls > CALLS_MAX) throw new Violation("made too many calls");
  return result;
}

/** More than any case needs. */
const CALLS_MAX = 100_000;
