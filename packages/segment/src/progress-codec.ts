import type { LogCut, LogProgress, PublishedProgress } from "./contract.ts";
import { getU64 } from "./u64.ts";

/** Where the two slots of the file begin, which are written in turn. */
export const PROGRESS_SLOT_POSITIONS: readonly number[] = Object.freeze([0, 512]);
export const PROGRESS_FILE_BYTES = 1024;
const PROGRESS_CUTS_MAX = 16;
/** "SEGPR", and the version 1. */
const MAGIC = 0x53_45_47_50_52_01;
const HEAD_WORDS = 8;

/** A slot as stored. Its checksum begins with the number of its log: another's is none. */
export interface ProgressSlot extends PublishedProgress {
  readonly bootId: number;
  /** Rises by one with every slot written. */
  readonly sequence: number;
}

/** The u64 words of a slot, its checksum last; the layout is in FORMAT.md. */
export function encodeProgress(
  progress: LogProgress,
  { bootId, session, sequence }: Pick<ProgressSlot, "bootId" | "session" | "sequence">,
  logId: number,
): number[] {
  const { firstOffset, committedOffset, cutCount, cuts } = progress;
  const words = [MAGIC, bootId, session, sequence, firstOffset, committedOffset, cutCount];
  words.push(cuts.length);
  for (const { number, nextOffset } of cuts) words.push(number, nextOffset);
  words.push(checksumOf(words, logId));
  return words;
}

/**
 * The slot at `at` of a file's bytes; `undefined` where none is, or one that is half written or of
 * another log.
 */
export function decodeProgress(
  bytes: Uint8Array,
  at: number,
  logId: number,
): ProgressSlot | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at);
  const word = (n: number): number => getU64(view, n * 8);
  if (word(0) !== MAGIC) return undefined;
  const cutsListed = word(HEAD_WORDS - 1);
  if (cutsListed > PROGRESS_CUTS_MAX) return undefined;
  const count = HEAD_WORDS + 2 * cutsListed;
  const words = Array.from({ length: count }, (_, n) => word(n));
  if (word(count) !== checksumOf(words, logId) || !words.every(Number.isSafeInteger))
    return undefined;
  const cuts: LogCut[] = [];
  for (let n = HEAD_WORDS; n < count; n += 2) {
    cuts.push({ number: words[n] as number, nextOffset: words[n + 1] as number });
  }
  const [, bootId, session, sequence, firstOffset, committedOffset, cutCount] = words as Head;
  return { bootId, session, sequence, firstOffset, committedOffset, cutCount, cuts };
}

type Head = [number, number, number, number, number, number, number];

/**
 * Tells a slot that is being written from one that is whole: FNV-1a over the halves of the words,
 * and a last mixing. In plain code, since `crc32` would need the bytes, and takes 80 ns to enter.
 */
function checksumOf(words: readonly number[], logId: number): number {
  let sum = 0x811c9dc5 ^ logId;
  for (const word of words) {
    sum = Math.imul(sum ^ (word >>> 0), 0x01000193);
    sum = Math.imul(sum ^ (sum >>> 15) ^ Math.floor(word / 2 ** 32), 0x01000193);
  }
  sum = Math.imul(sum ^ (sum >>> 16), 0x85ebca6b);
  return (sum ^ (sum >>> 13)) >>> 0;
}
