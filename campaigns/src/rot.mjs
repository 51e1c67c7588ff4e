import { simulatedDisk } from "@seglog/fs/sim";
import { openLog } from "seglog";
import { takeStep } from "./actions.mjs";
import { damage } from "./damage.mjs";
import { DEFAULT_PARTS } from "./default-parts.mjs";
import { sameBytes } from "./history.mjs";
import { Model } from "./model.mjs";
import { mixSeeds, Random } from "./random.mjs";
import { verifyAndRepair } from "./rot-repair.mjs";
import { DIRECTORY, Session } from "./session.mjs";
import { isCoded, textOf, Violation } from "./violation.mjs";
import { whoseLog } from "./whose-log.mjs";
import { makeWorkload } from "./workload.mjs";

/** @typedef {import("./damage.mjs").Files} Files */
/** @typedef {import("./session.mjs").Plant} Plant */
/** @typedef {import("./workload.mjs").Workload} Workload */
/** @typedef {Map<number, Uint8Array>} Values  the records of a log, by offset */

/**
 * A log whose writer is gone, and what it must hold. `sure` is where the last sync began: what
 * lies behind it in a log that was not closed may be damaged without a trace.
 *
 * `twin` holds other records of the same lengths.
 *
 * @typedef {{ workload: Workload, files: Files, twin: Files, values: Values, first: number, next: number, sure: number, closed: boolean }} FinishedLog
 */
/** @typedef {"right" | "refused" | "damaged" | "ambiguous" | "unknowable"} RotOutcome */

/** Makes a log to be damaged. @param {number} seed @param {Plant} [plant] */
export function finishedLog(seed, plant) {
  return finishedLogOf(makeWorkload(seed), plant);
}

/** @param {Workload} workload @param {Plant} [plant] @returns {Promise<FinishedLog>} */
export async function finishedLogOf(workload, plant) {
  const { files: twin } = await writeLog(workload, mixSeeds(workload.seed, 9), plant);
  return { ...(await writeLog(workload, workload.seed, plant)), twin };
}

/**
 * @param {Workload} workload
 * @param {number} salt  decides the bytes
 * @param {Plant} [plant]
 * @returns {Promise<Omit<FinishedLog, "twin">>}
 */
async function writeLog(workload, salt, plant) {
  const { seed, settings: drawn, steps } = workload;
  const { stagedBytesMax: _s, retention: _r, durability: _d, ...settings } = drawn;
  const disk = simulatedDisk({ seed });
  const model = new Model({});
  model.clockMax = 1e9;
  const session = new Session({ disk, settings, model, seed: salt, plant });
  await session.open("closed");
  for (const step of steps) if (step.op !== "kill") await takeStep(session, step);
  await takeStep(session, { op: "append", sizes: [20, 300, 0, 7], fill: "pattern", wait: true });
  await takeStep(session, { op: "sync", wait: true });
  const sure = session.log.nextOffset;
  if ((seed >>> 8) % 2 === 0) await takeStep(session, { op: "reopen" });
  await takeStep(session, { op: "append", sizes: [9, 50, 600], fill: "random", wait: true });
  const { firstOffset: first, nextOffset: next } = session.log;
  const closed = seed % 3 !== 0;
  if (closed) await session.close();
  else await session.kill();
  const values = new Map([...model.live()].map(([offset, { value }]) => [offset, value]));
  return { workload, files: await filesOf(disk), values, first, next, sure, closed };
}

/**
 * Damages a log and uses it: every call gives what is right, or an error with a code.
 *
 * @param {FinishedLog} log
 * @param {{ other: FinishedLog, seed: number, only?: readonly number[] | undefined,
 *   plant?: Plant | undefined }} how
 * @returns {Promise<{ outcome: RotOutcome, done: string[] } | { violation: Violation }>}
 */
export async function rotCase(log, { other, seed, only, plant }) {
  const strangers = { other: other.files, twin: log.twin };
  const { files, done } = damage(log.files, strangers, seed, only);
  const names = [...files.keys()];
  if (!names.some((name) => name.endsWith(".store"))) return { outcome: "refused", done };
  const whose = whoseLog(files, { log, other });
  if (whose === "theirs") return { outcome: "unknowable", done };
  const memory = process.memoryUsage().arrayBuffers;
  try {
    const outcome = await use({ log, files, done, seed, plant });
    if (plant === undefined && whose === "ours") {
      await verifyAndRepair({ log, files, done, makeDisk: () => diskOf(files, seed) });
    }
    const grown = process.memoryUsage().arrayBuffers - memory;
    if (grown > MEMORY_BYTES_MAX) throw new Violation(`took ${grown} bytes of memory`);
    return { outcome, done };
  } catch (error) {
    const kind = log.closed ? "closed" : "killed";
    const text = error instanceof Violation ? error.message : `unexpected ${textOf(error)}`;
    return { violation: new Violation(`${text}\n  a ${kind} log, ${done.join("; ")}`, error) };
  }
}

/**
 * @param {{ log: FinishedLog, files: Files, done: string[], seed: number, plant?: Plant | undefined }} what
 * @returns {Promise<RotOutcome>}
 */
async function use({ log, files, done, seed, plant }) {
  const random = new Random(mixSeeds(seed, 3));
  const disk = await diskOf(files, seed);
  let calls = 0;
  disk.onOperation(() => {
    calls += 1;
    if (calls > CALLS_MAX) throw new Error(`more than ${CALLS_MAX} calls of the disk`);
  });
  /** @type {import("./session.mjs").OpenLogOptions} */
  const options = { fs: disk.fs, readOnly: random.chance(0.25), ...DEFAULT_PARTS };
  const tools = { random: () => random.u32() };
  const opening = openLog(DIRECTORY, plant === undefined ? options : plant(options, tools));
  const opened = await opening.catch((error) => coded("openLog", error));
  if (opened === undefined) return "refused";
  const lost = whyShort(log, opened, done);
  let damaged = readEach(log, opened);
  damaged = (await iterate(log, opened)) || damaged;
  const { firstOffset, committedOffset } = opened;
  if (!opened.readOnly) {
    const appended = await opened.append("more").catch((error) => coded("append", error));
    if (appended !== undefined && appended !== committedOffset) {
      throw new Violation(`append resolved with ${appended} instead of ${committedOffset}`);
    }
  }
  if (firstOffset < log.first)
    throw new Violation(`${firstOffset} was removed, and is first again`);
  await opened.close().catch((error) => coded("close", error));
  if (disk.openHandles + disk.openMappings + disk.heldLocks > 0) {
    throw new Violation("close left something open");
  }
  return lost ?? (damaged ? "damaged" : "right");
}

/**
 * Why records may be missing without an error, if any are: `"ambiguous"` in what the last sync
 * covered, `"unknowable"` where no byte is left of the end of a log that was not closed.
 *
 * @param {FinishedLog} log
 * @param {import("seglog").Seglog} opened
 * @param {string[]} done
 * @returns {"ambiguous" | "unknowable" | undefined}
 */
function whyShort({ files, first, next, sure, closed }, { firstOffset, nextOffset }, done) {
  if (firstOffset === first && nextOffset === next) return undefined;
  // with the mark of the clean close gone, a log looks as if it had crashed
  const looksCrashed = !closed || done.some((text) => text.includes("seglog.state"));
  if (looksCrashed && firstOffset === first && nextOffset < next) {
    // and the last frame of the sync before it: FORMAT.md of the store
    if (nextOffset >= sure - 1) return "ambiguous";
    // the last segment, and where that is gone as a whole the one before it, and so on
    for (const name of [...files.keys()].filter((each) => each.endsWith(".store")).reverse()) {
      if (!done.some((text) => ENDS_GONE.test(text) && text.includes(name))) break;
      if (nextOffset >= Number.parseInt(name, 10)) return "unknowable";
    }
  }
  throw new Violation(
    `opened as [${firstOffset}, ${nextOffset}) without an error, and was [${first}, ${next}), sure up to ${sure}`,
  );
}

/** Reads every record. @param {FinishedLog} log @param {import("seglog").Seglog} opened */
function readEach({ values }, opened) {
  let damaged = false;
  for (let offset = opened.firstOffset; offset < opened.committedOffset; offset++) {
    try {
      checkRecord(values, offset, opened.read(offset));
    } catch (error) {
      coded(`read(${offset})`, error);
      damaged = true;
    }
  }
  return damaged;
}

/** @param {FinishedLog} log @param {import("seglog").Seglog} opened */
async function iterate({ values }, opened) {
  let damaged = false;
  for (const reverse of [false, true]) {
    let expected = reverse ? opened.committedOffset - 1 : opened.firstOffset;
    try {
      for await (const record of opened.records({ reverse })) {
        checkRecord(values, expected, record);
        expected += reverse ? -1 : 1;
      }
      const end = reverse ? opened.firstOffset - 1 : opened.committedOffset;
      if (expected !== end) throw new Violation(`iteration ended at ${expected}, not at ${end}`);
    } catch (error) {
      coded("iteration", error);
      damaged = true;
    }
  }
  return damaged;
}

/** @param {Values} values @param {number} offset @param {{ offset: number, value: Uint8Array }} record */
function checkRecord(values, offset, record) {
  const value = values.get(offset);
  if (record.offset === offset && value && sameBytes(record.value, value)) return;
  throw new Violation(`record ${offset} came back as other bytes (offset ${record.offset})`);
}

/** Any error is right that has a code and says where. @param {string} what @param {unknown} error */
function coded(what, error) {
  if (error instanceof Violation) throw error;
  if (!isCoded(error)) throw new Violation(`${what} failed without a code`, error);
  const { code, context } = /** @type {{ code: string, context: { path?: string } }} */ (error);
  if (code === "ERR_SEGLOG_INVARIANT") throw new Violation(`${what} met a bug`, error);
  if (code === "ERR_SEGLOG_CORRUPT" && context.path === undefined) {
    throw new Violation(`${what} says not where the damage is`, error);
  }
  return undefined;
}

/** @param {import("@seglog/fs/sim").SimulatedDisk} disk @returns {Promise<Files>} */
async function filesOf(disk) {
  const names = await disk.fs.list(DIRECTORY);
  return new Map(names.map((name) => [name, disk.contents(`${DIRECTORY}/${name}`)]));
}

/** @param {Files} files @param {number} seed */
async function diskOf(files, seed) {
  const disk = simulatedDisk({ seed });
  await disk.fs.makeDirectory(DIRECTORY);
  for (const [name, bytes] of files) {
    const path = `${DIRECTORY}/${name}`;
    const handle = await disk.fs.open(path, { access: "write", create: "exclusive" });
    await handle.close();
    disk.replace(path, bytes);
  }
  await disk.fs.syncDirectory(DIRECTORY);
  return disk;
}

/** Damage that may leave nothing valid behind it, and so nothing that tells of it. */
const ENDS_GONE = /^(remove|empty|cut|swap|copyOver|zero|noise|flipBits)/;
/** What a case may take: a damaged length must not make anybody allocate what it claims. */
const MEMORY_BYTES_MAX = 64 * 2 ** 20;
/** More than any case needs: whoever makes more does not end. */
const CALLS_MAX = 100_000;
