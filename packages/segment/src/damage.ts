import type { Offset } from "./contract.ts";

/** What can be wrong with a log; {@link DAMAGE_KINDS} says what each means. */
export type DamageKind =
  | "bad frame"
  | "lost record"
  | "wrong record"
  | "time falls"
  | "torn tail"
  | "zero tail"
  | "wrong end"
  | "bad header"
  | "later version"
  | "stray segment"
  | "missing segment"
  | "leftover segment"
  | "missing state"
  | "bad state"
  | "wrong state"
  | "torn state"
  | "wrong index"
  | "not a file"
  | "unreadable";

/** One thing that is wrong with a log. */
export interface Damage {
  readonly kind: DamageKind;
  /** The file. */
  readonly path: string;
  /** Base offset of the segment; `undefined` for what belongs to no segment. */
  readonly baseOffset: Offset | undefined;
  /** Where in the store the damage begins, in bytes from its first frame, where it has a place. */
  readonly position: number | undefined;
  /** How many bytes are damaged, where that is known. */
  readonly bytes: number | undefined;
  /** The records `[from, to)` are concerned; `undefined` where it cannot be told. */
  readonly from: Offset | undefined;
  readonly to: Offset | undefined;
  /** For a person. */
  readonly message: string;
  /** Whether the log opens, and every record reads, in spite of it. */
  readonly harmless: boolean;
}

/** What `docs/repair.md` says about one kind of damage. */
export interface DamageRule {
  readonly harmless: boolean;
  readonly meaning: string;
  readonly repair: string;
}

/** The table of `docs/repair.md`. */
export const DAMAGE_KINDS: Readonly<Record<DamageKind, DamageRule>> = Object.freeze({
  "bad frame": {
    harmless: false,
    meaning: "bytes of a store that are no valid frame",
    repair: "lost records take the place of those that were there; behind the last record, cut",
  },
  "lost record": {
    harmless: false,
    meaning: "a lost record that an earlier repair put in place",
    repair: "nothing",
  },
  "wrong record": {
    harmless: false,
    meaning: "a valid frame whose record has another number",
    repair: "nothing",
  },
  "time falls": {
    harmless: true,
    meaning: "a record is older than the one before it",
    repair: "nothing",
  },
  "torn tail": {
    harmless: true,
    meaning: "an append, or a batch, that a crash or a live writer has left unfinished",
    repair: "nothing: opening cuts it",
  },
  "zero tail": {
    harmless: true,
    meaning: "zeros behind a segment of a log that was closed: a power cut took back their cut",
    repair: "nothing: opening cuts it",
  },
  "wrong end": {
    harmless: false,
    meaning: "a segment does not end where the next begins, or where the log was closed",
    repair: "what is too much is cut; lost records take the place of what is missing",
  },
  "bad header": {
    harmless: false,
    meaning: "a store whose header is damaged, and whose frames prove what it was",
    repair: "the header is written anew",
  },
  "later version": {
    harmless: false,
    meaning: "a file of a version that this release does not know",
    repair: "refused with `ERR_SEGLOG_UNSUPPORTED_FORMAT`",
  },
  "stray segment": {
    harmless: false,
    meaning:
      "a file of a segment's name, of another log, or without a header or frames to prove one",
    repair: "moved",
  },
  "missing segment": {
    harmless: false,
    meaning: "no file holds these records",
    repair: "a segment of lost records; where more than 1048576 are missing, what follows is moved",
  },
  "leftover segment": {
    harmless: true,
    meaning: "a segment that a truncation had dropped when the log crashed",
    repair: "nothing: opening removes it",
  },
  "missing state": {
    harmless: false,
    meaning: "there are segments and no state file",
    repair: "made anew from the segments; records that `truncateBefore` dropped may be back",
  },
  "bad state": {
    harmless: false,
    meaning: "neither slot of the state file is valid",
    repair: "made anew from the segments; records that `truncateBefore` dropped may be back",
  },
  "wrong state": {
    harmless: false,
    meaning: "the state file contradicts the segments, or is of another log",
    repair: "made anew so that no record is dropped",
  },
  "torn state": {
    harmless: true,
    meaning: "one of the two slots of the state file is not valid",
    repair: "nothing: the other one holds",
  },
  "wrong index": {
    harmless: true,
    meaning: "an index that is missing, short, or leads elsewhere",
    repair: "nothing: an index is a cache, and written anew",
  },
  "not a file": {
    harmless: false,
    meaning: "a link, a directory or something else under a name of the log's",
    repair: "moved",
  },
  unreadable: {
    harmless: false,
    meaning: "the system refuses to read a file; the message has its error",
    repair: "refused with that error",
  },
} satisfies Record<DamageKind, DamageRule>);

/** What is known of a damage beside its kind. */
export type DamageDetails = Pick<Damage, "path" | "message"> & Partial<Damage>;

/** A damage of some kind, with `undefined` for what is not known. */
export function damageOf(kind: DamageKind, details: DamageDetails): Damage {
  return {
    kind,
    path: details.path,
    baseOffset: details.baseOffset,
    position: details.position,
    bytes: details.bytes,
    from: details.from,
    to: details.to,
    message: details.message,
    harmless: DAMAGE_KINDS[kind].harmless,
  };
}
