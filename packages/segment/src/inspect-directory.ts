import { hasCode, type SeglogError } from "@seglog/errors";
import type { Offset } from "./contract.ts";
import { type Damage, damageOf } from "./damage.ts";
import type { Belief, DirectoryFinding, InspectDirectoryOptions } from "./directory-finding.ts";
import { type FoundFiles, type FoundStore, findSegments, laterVersion } from "./find-segments.ts";
import { type InspectedState, inspectState } from "./inspect-state.ts";
import { type JudgedSegment, judgeSegment } from "./judge-segment.ts";
import type { ScannedSegment } from "./scanned-segment.ts";
import { SegmentScanner } from "./segment-scanner.ts";
import { STATE_VERSION } from "./state-codec.ts";
import { STATE_FILE_NAME } from "./state-file.ts";
import { tellLogs } from "./tell-logs.ts";

/**
 * Walks everything in a log's directory. Changes nothing, and fails for no damage.
 *
 * @throws ERR_SEGLOG_NOT_FOUND | ERR_SEGLOG_IO  the directory itself cannot be read
 */
export async function inspectDirectory(
  options: InspectDirectoryOptions,
): Promise<DirectoryFinding> {
  const { fs, directory } = options;
  const path = `${directory}/${STATE_FILE_NAME}`;
  const files = await findSegments(options, directory);
  const damages: Damage[] = [...files.damages];
  const refusals: SeglogError[] = [...files.refusals];
  const isFile = !files.notFiles.includes(STATE_FILE_NAME);
  let state: InspectedState = { kind: "none" };
  if (isFile) {
    try {
      state = await inspectState(fs, path);
    } catch (error) {
      if (!hasCode(error, "ERR_SEGLOG_IO")) throw error;
      damages.push(damageOf("unreadable", { path, message: error.message }));
      refusals.push(error);
    }
  }
  if (state.kind === "later") {
    const what = { found: `version ${state.found}`, supported: [`version ${STATE_VERSION}`] };
    damages.push(damageOf("later version", { path, message: `${path} has ${what.found}` }));
    refusals.push(laterVersion(path, what));
  }
  const known = await tellLogs(options, { files, state, damages });
  const inspection = new DirectoryInspection(options, { ...known, damages, refusals });
  return inspection.run();
}

interface Found {
  readonly files: FoundFiles;
  readonly state: InspectedState;
  readonly logId: number;
  readonly damages: readonly Damage[];
  readonly refusals: readonly SeglogError[];
}

class DirectoryInspection {
  readonly #options: InspectDirectoryOptions;
  readonly #found: Found;
  readonly #refusals: SeglogError[];

  constructor(options: InspectDirectoryOptions, found: Found) {
    this.#options = options;
    this.#found = found;
    this.#refusals = [...found.refusals];
  }

  async run(): Promise<DirectoryFinding> {
    const { state, files } = this.#found;
    const isSegment = ({ kind }: FoundStore): boolean => kind !== "stray" && kind !== "unfinished";
    const isMade = ({ kind }: FoundStore): boolean => kind === "unfinished";
    const first = files.stores.find(isSegment) ?? files.stores.findLast(isMade);
    const anew: Belief = {
      firstOffset: first?.baseOffset ?? 0,
      closedAt: undefined,
      truncatingTo: undefined,
      isRight: false,
    };
    if (state.kind !== "good") return (await this.#inspect(anew)).finding;
    const believed = await this.#inspect({ ...state.state, isRight: true });
    if (believed.contradiction === undefined) return believed.finding;
    if (believed.contradiction === "firstOffset") {
      const { firstOffset, closedAt } = state.state;
      // opening would remove the segments; and no offset up to there may be given again
      const kept = { ...anew, closedAt: Math.max(firstOffset, closedAt ?? 0) };
      return (await this.#inspect(kept)).finding;
    }
    const open = { ...state.state, closedAt: undefined, isRight: false };
    const reopened = await this.#inspect(open);
    if (reopened.contradiction === undefined) return reopened.finding;
    return (await this.#inspect(anew)).finding;
  }

  async #inspect(belief: Belief): Promise<{
    readonly finding: DirectoryFinding;
    readonly contradiction: "firstOffset" | "closedAt" | undefined;
  }> {
    const damages: Damage[] = [...this.#found.damages];
    const { kept, strays, unfinished: made } = this.#sort(belief, damages);
    const segments: JudgedSegment[] = [];
    const unfinished = await this.#scanAll({ kept, made, belief }, segments, damages);
    if (made !== undefined && unfinished === undefined) {
      strays.push(made);
      damages.push(strayUnfinished(made));
    }
    const firstBase = kept[0]?.baseOffset ?? unfinished?.baseOffset;
    const last = segments.at(-1);
    const nextOffset =
      unfinished?.baseOffset ?? last?.nextOffset ?? belief.closedAt ?? belief.firstOffset;
    const contradiction =
      firstBase === undefined || !belief.isRight
        ? undefined
        : nextOffset < belief.firstOffset
          ? "firstOffset"
          : belief.closedAt !== undefined && belief.closedAt < nextOffset
            ? "closedAt"
            : undefined;
    const isGone = firstBase === undefined && belief.closedAt !== belief.firstOffset;
    const isMissing =
      belief.isRight && (firstBase === undefined ? isGone : firstBase > belief.firstOffset);
    const missingTo = firstBase ?? belief.closedAt;
    if (isMissing) damages.push(this.#missingBefore(belief.firstOffset, missingTo));
    this.#judgeState(damages, { belief, hasSegments: firstBase !== undefined });
    const finding: DirectoryFinding = {
      files: this.#found.files,
      state: this.#found.state,
      logId: this.#found.logId,
      segments,
      unfinished,
      strays,
      firstOffset: Math.max(belief.firstOffset, firstBase ?? 0),
      nextOffset: Math.max(nextOffset, belief.firstOffset),
      damages,
      refusals: this.#refusals,
      stateIsWrong:
        !belief.isRight &&
        (firstBase !== undefined || ["bad", "foreign"].includes(this.#found.state.kind)),
      missingBefore: isMissing
        ? { from: belief.firstOffset, to: missingTo ?? belief.firstOffset }
        : undefined,
      closedAt: belief.closedAt,
    };
    return { finding, contradiction };
  }

  /** By what the state says: what is kept, what a truncation left over, and what is no segment. */
  #sort(
    belief: Belief,
    damages: Damage[],
  ): {
    readonly kept: FoundStore[];
    readonly strays: FoundStore[];
    readonly unfinished: FoundStore | undefined;
  } {
    const strays: FoundStore[] = [];
    const candidates: FoundStore[] = [];
    const { stores } = this.#found.files;
    const last = stores.findLast(({ kind }) => kind !== "stray");
    for (const store of stores) {
      // none is made before the first record: taken for one, it would make all before it left over
      const mayBeMade = store === last && store.baseOffset >= belief.firstOffset;
      if (store.kind === "stray") strays.push(store);
      else if (store.kind !== "unfinished" || mayBeMade) candidates.push(store);
      else {
        strays.push(store);
        damages.push(strayUnfinished(store));
      }
    }
    const kept = candidates.filter((store, i) => {
      if (!isLeftOver(candidates, i, belief)) return true;
      const { path, baseOffset } = store;
      const message = `${path} holds only records that were dropped`;
      // what is wrong with a file that opening removes unread is not worth a word
      const own = damages.findIndex(
        (damage) => damage.path === path && damage.kind === "bad header",
      );
      if (own !== -1) damages.splice(own, 1);
      damages.push(damageOf("leftover segment", { path, baseOffset, message }));
      return false;
    });
    const unfinished = kept.at(-1)?.kind === "unfinished" ? kept.pop() : undefined;
    return { kept, strays, unfinished };
  }

  /** @returns the unfinished segment, if that is where the others end */
  async #scanAll(
    {
      kept,
      made,
      belief,
    }: {
      readonly kept: readonly FoundStore[];
      readonly made: FoundStore | undefined;
      readonly belief: Belief;
    },
    segments: JudgedSegment[],
    damages: Damage[],
  ): Promise<FoundStore | undefined> {
    const { closedAt } = belief;
    const { bytes: bytesTotal } = this.#found.files;
    const scanner = new SegmentScanner(this.#options, { bytesTotal, refusals: this.#refusals });
    let unfinished = made;
    if (unfinished !== undefined && closedAt !== undefined && closedAt !== unfinished.baseOffset) {
      unfinished = undefined;
    }
    if (kept.length === 0 && unfinished !== undefined && belief.isRight) {
      if (unfinished.baseOffset !== belief.firstOffset) unfinished = undefined;
    }
    for (const [i, store] of kept.entries()) {
      const next = kept[i + 1]?.baseOffset;
      let scanned = await scanner.scan(store, next ?? unfinished?.baseOffset ?? closedAt, damages);
      if (scanned === undefined) continue;
      if (next === undefined && unfinished !== undefined && !endsAt(scanned, unfinished)) {
        unfinished = undefined;
        scanned = await scanner.scan(store, closedAt, damages);
        if (scanned === undefined) continue;
      }
      const isLast = next === undefined && unfinished === undefined;
      const judged = judgeSegment(scanned, {
        knownEnd: next ?? unfinished?.baseOffset ?? knownClose(scanned, closedAt),
        isLast,
        clean: belief.isRight && closedAt !== undefined,
        mayBeTorn: belief.isRight && isLast,
        isProven: store.kind === "proven",
      });
      segments.push(judged);
      damages.push(...judged.damages);
      scanner.judgeIndex(scanned, damages, { isClosed: !isLast || closedAt !== undefined });
    }
    return unfinished;
  }

  #missingBefore(from: Offset, to: Offset | undefined): Damage {
    const { directory } = this.#options;
    const message = `the segment of record ${from} is missing`;
    return damageOf("missing segment", { path: directory, from, to, message });
  }

  #judgeState(
    damages: Damage[],
    { belief, hasSegments }: { readonly belief: Belief; readonly hasSegments: boolean },
  ): void {
    const { state } = this.#found;
    const path = `${this.#options.directory}/${STATE_FILE_NAME}`;
    if (state.kind === "none" && hasSegments) {
      damages.push(damageOf("missing state", { path, message: `${path} is missing` }));
    } else if (state.kind === "bad") {
      damages.push(damageOf("bad state", { path, message: `no valid slot in ${path}` }));
    } else if (state.kind === "foreign") {
      const message = `${path} belongs to another log than the segments`;
      damages.push(damageOf("wrong state", { path, message }));
    } else if (state.kind === "good") {
      if (!belief.isRight) {
        const message = `${path} contradicts the segments`;
        damages.push(damageOf("wrong state", { path, message }));
      }
      if (state.torn) damages.push(damageOf("torn state", { path, message: `half of ${path}` }));
    }
  }
}

/** As opening decides it. */
function isLeftOver(stores: readonly FoundStore[], i: number, belief: Belief): boolean {
  const { firstOffset, truncatingTo } = belief;
  const next = stores[i + 1]?.baseOffset;
  if (next !== undefined && next <= firstOffset) return true;
  const { baseOffset } = stores[i] as FoundStore;
  return truncatingTo !== undefined && i > 0 && baseOffset > truncatingTo;
}

function endsAt(scan: ScannedSegment, unfinished: FoundStore): boolean {
  return scan.nextOffset === unfinished.baseOffset && scan.tail === undefined;
}

/** A log that was closed where records go on was not closed there. */
function knownClose(scan: ScannedSegment, closedAt: Offset | undefined): Offset | undefined {
  return closedAt !== undefined && closedAt >= scan.nextOffset ? closedAt : undefined;
}

function strayUnfinished({ path, baseOffset }: FoundStore): Damage {
  const message = `${path} holds nothing, and is not the last segment`;
  return damageOf("stray segment", { path, baseOffset, message, from: baseOffset });
}
