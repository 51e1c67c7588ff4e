/**
 * @typedef {object} Sync
 * @property {string} call
 * @property {number} from  s since the epoch
 * @property {number} to
 */
/** @typedef {{ call: number, ack: number }} Append */
/**
 * @typedef {object} Trace
 * @property {readonly Sync[]} syncs  those that succeeded, in the order of their ends
 * @property {ReadonlyMap<string, readonly Append[]>} appends  by phase
 */

const SYNCING_FLAG = /\bO_(?:D?SYNC)\b/;
const LINE = /^(\d+\.\d+) (\w+)\((.*)\) += (-?\d+(?:<[^>]*>)?).*?<(\d+\.\d+)>$/;
const MARK = /seglog-bench-mark-(\w+)-(call|ack)-(\d+)/;

/**
 * Reads what `strace -ff -ttt -T -y` has written, a text for each thread: calls that sync, writes
 * to files that were opened to sync each write, and the marks of the appends.
 *
 * @param {readonly string[]} texts
 * @returns {Trace}
 */
export function readTrace(texts) {
  const lines = texts.flatMap((text) => text.split("\n")).map((line) => LINE.exec(line));
  const calls = lines.flatMap((found) => (found === null ? [] : [callOf(found)]));
  const syncing = new Set(
    calls
      .filter(({ name, args }) => name.startsWith("open") && SYNCING_FLAG.test(args))
      .map(({ opened }) => opened),
  );
  const syncs = calls
    .filter(({ result, name, args }) => result >= 0 && isSync(name, args, syncing))
    .map(({ name, from, to }) => ({ call: nameOfSync(name), from, to }))
    .sort((a, b) => a.to - b.to);
  return { syncs, appends: appendsIn(calls) };
}

/**
 * @param {readonly Append[]} appends
 * @param {readonly Sync[]} syncs
 * @returns {number} of the appends, those within which a sync both began and ended
 */
export function countCovered(appends, syncs) {
  return appends.filter(({ call, ack }) => syncs.some(({ from, to }) => from >= call && to <= ack))
    .length;
}

/** @param {RegExpExecArray} found */
function callOf([, time = "", name = "", args = "", result = "", duration = ""]) {
  const from = Number(time);
  // of a file that was opened: its descriptor, and its path by whatever name it was opened
  const opened = result.includes("<") ? result : undefined;
  return {
    name,
    args,
    opened,
    result: Number.parseInt(result, 10),
    from,
    to: from + Number(duration),
  };
}

/**
 * @param {string} name
 * @param {string} args
 * @param {ReadonlySet<string | undefined>} syncing
 */
function isSync(name, args, syncing) {
  if (name === "fsync" || name === "fdatasync") return true;
  if (name === "msync") return args.includes("MS_SYNC");
  return /^p?write/.test(name) && syncing.has(/^\d+<[^>]*>/.exec(args)?.[0]);
}

/** @param {string} name */
function nameOfSync(name) {
  return /write/.test(name) ? "O_DSYNC write" : name;
}

/**
 * @param {readonly { name: string, args: string, from: number }[]} calls
 * @returns {Map<string, Append[]>}
 */
function appendsIn(calls) {
  /** @type {Map<string, Map<string, Append>>} */
  const phases = new Map();
  for (const { args, from } of calls) {
    const [, phase = "", what, number = ""] = MARK.exec(args) ?? [];
    if (what === undefined) continue;
    const appends = phases.get(phase) ?? new Map();
    phases.set(phase, appends);
    const append = appends.get(number) ?? { call: Number.NaN, ack: Number.NaN };
    appends.set(number, { ...append, [what]: from });
  }
  return new Map([...phases].map(([phase, appends]) => [phase, [...appends.values()]]));
}
