import { mixSeeds, Random } from "./random.mjs";

/** Files of a directory, by name. @typedef {Map<string, Uint8Array>} Files */
/**
 * Files of another log, and of one whose records are others of the same lengths.
 *
 * @typedef {{ other: Files, twin: Files }} Strangers
 */
/** @typedef {(files: Files, random: Random, strangers: Strangers) => string | undefined} Damage */

/**
 * Damages the files of a log in one to three ways; of those, only some by their numbers.
 *
 * @param {Files} original
 * @param {Strangers} strangers
 * @param {number} seed
 * @param {readonly number[]} [only]
 * @returns {{ files: Files, done: string[] }}
 */
export function damage(original, strangers, seed, only) {
  const random = new Random(seed);
  const files = new Map(original);
  /** @type {string[]} */
  const done = [];
  const count = random.chance(0.7) ? 1 : random.between(2, 3);
  for (let i = 0; i < count; i++) {
    // each from a seed of its own, so that one can be left out and the others stay
    const drawn = new Random(mixSeeds(seed, i));
    if (only?.includes(i) === false) continue;
    /** @type {string | undefined} */
    let what;
    while (what === undefined) {
      const [name, inflict] = drawn.pick(Object.entries(DAMAGES));
      what = inflict(files, drawn, strangers);
      if (what !== undefined) done.push(`${name} ${what}`);
    }
  }
  return { files, done };
}

/** @type {Readonly<Record<string, Damage>>} */
const DAMAGES = Object.freeze({
  flipBit: (files, random) =>
    changeBytes(files, random, (bytes, at) => flip(bytes, at, 1 << random.below(8))),
  flipBitAgain: (files, random) =>
    changeBytes(files, random, (bytes, at) => flip(bytes, at, 1 << random.below(8)), "store"),
  flipBitNearEnd: (files, random) => {
    // where a torn tail has to be told from damage
    const name =
      [...files.keys()]
        .filter((each) => each.endsWith(".store"))
        .sort()
        .at(-1) ?? "";
    const bytes = bytesOf(files, name).slice();
    const end = bytes.findLastIndex((byte) => byte !== 0);
    if (end < 0) return undefined;
    flip(bytes, Math.max(0, end - random.below(1200)), 1 << random.below(8));
    files.set(name, bytes);
    return name;
  },
  flipBits: (files, random) =>
    changeBytes(files, random, (bytes) => {
      for (let i = 0; i < 20; i++) flip(bytes, random.below(bytes.length), random.between(1, 255));
    }),
  noise: (files, random) =>
    changeBytes(files, random, (bytes, at) => {
      bytes.set(random.bytes(Math.min(random.between(1, 600), bytes.length - at)), at);
    }),
  zeroSector: (files, random) =>
    changeBytes(files, random, (bytes, at) => zeroBlock(bytes, at, 512)),
  zeroPage: (files, random) =>
    changeBytes(files, random, (bytes, at) => zeroBlock(bytes, at, 4096)),
  zeroRange: (files, random) =>
    changeBytes(
      files,
      random,
      (bytes, at) => void bytes.fill(0, at, Math.min(bytes.length, at + random.between(1, 300))),
    ),
  cut: (files, random) =>
    replace(files, random, (bytes) => bytes.slice(0, random.below(bytes.length + 1))),
  extend: (files, random) =>
    replace(files, random, (bytes) => {
      const more = random.between(1, 5000);
      return Buffer.concat([bytes, random.chance(0.5) ? new Uint8Array(more) : random.bytes(more)]);
    }),
  repeat: (files, random) => replace(files, random, (bytes) => Buffer.concat([bytes, bytes])),
  empty: (files, random) => replace(files, random, () => new Uint8Array()),
  remove: (files, random) => {
    const name = pickName(files, random);
    files.delete(name);
    return name;
  },
  swap: (files, random) => {
    const [a, b] = [pickName(files, random), pickName(files, random)];
    if (a === b) return undefined;
    const bytes = bytesOf(files, a);
    files.set(a, bytesOf(files, b));
    files.set(b, bytes);
    return `${a} ${b}`;
  },
  copyOver: (files, random) => {
    const [a, b] = [pickName(files, random), pickName(files, random)];
    if (a === b) return undefined;
    files.set(b, bytesOf(files, a));
    return `${a} to ${b}`;
  },
  copyOverFrames: (files, random, { twin }) => {
    // frames of the same lengths in the same places, under a header that is not theirs
    const name = pickName(files, random, ".store");
    const [bytes, strange] = [bytesOf(files, name), bytesOf(twin, name)];
    if (strange.length !== bytes.length || bytes.length <= 32) return undefined;
    files.set(name, Buffer.concat([bytes.subarray(0, 32), strange.subarray(32)]));
    return name;
  },
  shiftEntries: (files, random) =>
    changeBytes(
      files,
      random,
      (bytes) => {
        // some entries lead to the record after theirs
        const count = Math.floor(bytes.length / 16);
        const from = random.between(1, Math.max(1, count - 3));
        const to = random.between(from + 2, from + 20);
        for (let n = from; n < Math.min(to, count - 2); n++) {
          bytes.copyWithin(n * 16 + 8, (n + 1) * 16 + 8, (n + 2) * 16);
        }
      },
      "index",
    ),
  ofAnotherLog: (files, random, { other }) => {
    const names = [...files.keys()].filter((name) => other.has(name));
    if (names.length === 0) return undefined;
    const name = random.pick(names);
    files.set(name, bytesOf(other, name));
    return name;
  },
  laterVersion: (files, random) =>
    replace(
      files,
      random,
      (bytes) => {
        const copy = bytes.slice();
        if (copy.length > 9) copy[9] = 2; // both store and state file have their version here
        return copy;
      },
      "store",
    ),
  longLength: (files, random) =>
    changeBytes(
      files,
      random,
      (bytes) => {
        // the first frame claims to be as long as a frame can be
        if (bytes.length >= 40) bytes.set([0x8f, 0xff, 0xff, 0xff], 36);
      },
      "store",
    ),
  strangers: (files, random) => {
    files.set("notes.txt", random.bytes(100));
    files.set("1.store", random.bytes(100));
    files.set("00000000000000000000.store.bak", random.bytes(10));
    files.set("99999999999999999999.store", random.bytes(50));
    return "";
  },
  laterSegment: (files, random) => {
    const name = `${String(random.between(1, 500)).padStart(20, "0")}.store`;
    if (files.has(name)) return undefined;
    files.set(name, random.chance(0.5) ? new Uint8Array() : random.bytes(64));
    return name;
  },
});

/** @param {Files} files @param {Random} random @param {(bytes: Uint8Array, at: number) => void} change @param {string} [ending] */
function changeBytes(files, random, change, ending) {
  return replace(
    files,
    random,
    (bytes) => {
      const copy = bytes.slice();
      if (copy.length > 0) change(copy, random.below(copy.length));
      return copy;
    },
    ending,
  );
}

/** @param {Files} files @param {Random} random @param {(bytes: Uint8Array) => Uint8Array} change @param {string} [ending] */
function replace(files, random, change, ending = "") {
  const name = pickName(files, random, ending);
  const before = bytesOf(files, name);
  if (before.length === 0) return undefined;
  const after = change(before);
  files.set(name, after);
  return `${name} (${before.length} to ${after.length} bytes)`;
}

/** @param {Files} files @param {Random} random */
function pickName(files, random, ending = "") {
  const names = [...files.keys()].filter((name) => name.endsWith(ending));
  return names.length === 0 ? "" : random.pick(names);
}

/** @param {Files} files @param {string} name */
function bytesOf(files, name) {
  return files.get(name) ?? new Uint8Array();
}

/** @param {Uint8Array} bytes @param {number} at @param {number} xor */
function flip(bytes, at, xor) {
  bytes[at] = /** @type {number} */ (bytes[at]) ^ xor;
}

/** @param {Uint8Array} bytes @param {number} at @param {number} blockBytes */
function zeroBlock(bytes, at, blockBytes) {
  const from = at - (at % blockBytes);
  bytes.fill(0, from, Math.min(bytes.length, from + blockBytes));
}
