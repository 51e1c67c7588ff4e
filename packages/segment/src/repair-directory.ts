import { crc32 } from "node:zlib";
import type { FileSystem } from "@seglog/fs";
import type { CopyStoreOptions } from "@seglog/store";
import { removeIfThere } from "./clean-up.ts";
import { type Damage, damageOf } from "./damage.ts";
import { LOCK_FILE_NAME } from "./directory-catalog.ts";
import type { InspectionTools } from "./find-segments.ts";
import { inspectDirectory } from "./inspect-directory.ts";
import { lostBytes, lostFrames } from "./lost-record.ts";
import { Quarantine } from "./quarantine.ts";
import { refuseNoLog } from "./refuse-no-log.ts";
import { planRepair, type RepairStep } from "./repair-plan.ts";
import { indexName, storeName } from "./segment-name.ts";
import { replaceStateFile, STATE_FILE_NAME } from "./state-file.ts";
import { toldProgress } from "./told-progress.ts";
import type { Repair, RepairAction, RepairDirectoryOptions } from "./verify-contract.ts";

/** What a directory is repaired with; parts of the layers below, by value. */
export interface RepairTools extends InspectionTools {
  readonly copyStore: (options: CopyStoreOptions) => Promise<void>;
}

/**
 * Makes a log of a damaged directory that opens. Every record that is whole keeps its offset;
 * those that are lost get a frame that says so. Nothing is deleted: what is taken away or written
 * over goes to `quarantine` first. A crash at any moment leaves a directory on which
 * this can be run again. Holds the writer's lock.
 *
 * @throws ERR_SEGLOG_LOCKED  a writer has the directory
 * @throws ERR_SEGLOG_NOT_FOUND  there is no directory, or no log in it; nothing was changed
 * @throws ERR_SEGLOG_UNSUPPORTED_FORMAT  a file was made by a later release; nothing was changed
 * @throws ERR_SEGLOG_IO  a file cannot be read, and nothing was changed; or one could not be
 *   written, and what was in its place is still there
 */
export async function repairDirectory(options: RepairDirectoryOptions): Promise<Repair> {
  const { fs, directory, dryRun = false, mode = 0o644, clock = Date.now } = options;
  const told = toldProgress(options);
  await refuseNoLog(fs, directory);
  const quarantine = new Quarantine({ fs, directory, mode, time: clock() });
  const lockPath = `${directory}/${LOCK_FILE_NAME}`;
  const lockStat = await fs.stat(lockPath);
  const isNoLock = lockStat !== undefined && lockStat.kind !== "file";
  // nobody holds a lock on what is no file
  if (isNoLock && !dryRun) await quarantine.move(LOCK_FILE_NAME);
  const locks = !dryRun || lockStat?.kind === "file";
  const lock = locks ? await fs.lock(lockPath, { mode }) : undefined;
  try {
    const finding = await inspectDirectory({ ...options, live: false, turn: told.turn });
    const refusal = finding.refusals[0];
    if (refusal !== undefined) throw refusal;
    const { steps, lost } = planRepair(finding);
    const actions: RepairAction[] = [];
    if (isNoLock && !dryRun) actions.push(moved(lockPath, "it is not a file"));
    const repairing = new Repairing({ ...options, fs, mode, quarantine, turn: told.again });
    for (const step of steps) {
      if (!dryRun) await repairing.take(step);
      actions.push(actionOf(directory, step));
    }
    told.finish(directory);
    const quarantined = [...quarantine.kept];
    const damages = [...(isNoLock && !dryRun ? [noLockFile(lockPath)] : []), ...finding.damages];
    return { damages, actions, lost, quarantined, dryRun };
  } finally {
    await lock?.release();
  }
}

interface RepairingParts extends RepairTools {
  readonly fs: FileSystem;
  readonly directory: string;
  readonly mode: number;
  readonly quarantine: Quarantine;
  readonly turn: (path: string) => void;
}

/** Carries out the steps of a plan, each durable before the next begins. */
class Repairing {
  readonly #parts: RepairingParts;

  constructor(parts: RepairingParts) {
    this.#parts = parts;
  }

  async take(step: RepairStep): Promise<void> {
    const { quarantine, fs, directory, mode } = this.#parts;
    switch (step.kind) {
      case "move":
        return quarantine.move(step.name);
      case "rewrite":
        return this.#rewrite(step);
      case "create":
        return this.#create(step);
      case "saveState": {
        const path = `${directory}/${STATE_FILE_NAME}`;
        if ((await fs.stat(path)) !== undefined) {
          await quarantine.copy(STATE_FILE_NAME, () => undefined);
        }
        return this.#replace(STATE_FILE_NAME, (to) =>
          replaceStateFile({ fs, path: to, mode }, step),
        );
      }
    }
  }

  /** The new file is whole and durable, and the old one kept, before the name changes hands. */
  async #rewrite({ baseOffset, header, rewrite }: RepairStep & { kind: "rewrite" }): Promise<void> {
    const { fs, directory, mode, quarantine, copyStore, turn } = this.#parts;
    const name = storeName(baseOffset);
    const from = `${directory}/${name}`;
    const { end, endBatchAt } = rewrite;
    const spans = rewrite.spans.map((span) => ({ ...span, frames: lostFrames(span) }));
    await this.#replace(name, async (to) => {
      const told = (): void => turn(from);
      const batch = endBatchAt === undefined ? {} : { endBatchAt };
      await copyStore({ fs, from, to, header, spans, end, ...batch, mode, turn: told });
      await quarantine.copy(name, told);
    });
    await this.#moveIndex(baseOffset);
  }

  async #create({ baseOffset, count, like }: RepairStep & { kind: "create" }): Promise<void> {
    const { fs, mode, copyStore, directory, turn } = this.#parts;
    const name = storeName(baseOffset);
    // of the same damage always the same file
    const salt = crc32(name, like.salt) >>> 0;
    const header = { ...like, salt, baseOffset };
    const end = lostBytes(count);
    const span = { from: 0, to: end, offset: baseOffset, count, before: -1, after: -1 };
    const spans = [{ ...span, frames: lostFrames(span) }];
    await this.#moveIndex(baseOffset);
    await this.#replace(name, (to) => {
      const told = (): void => turn(`${directory}/${name}`);
      return copyStore({ fs, to, header, spans, end, mode, turn: told });
    });
  }

  /** Has a file made under a name that is not ours, and gives it the name. */
  async #replace(name: string, make: (path: string) => Promise<void>): Promise<void> {
    const { fs, directory } = this.#parts;
    const made = `${directory}/${name}${REPAIRING_SUFFIX}`;
    try {
      await make(made);
      await fs.rename(made, `${directory}/${name}`);
    } catch (error) {
      // it may be what filled the disk; the first failure is the one to tell
      await removeIfThere(fs, made).catch(() => undefined);
      throw error;
    }
    await fs.syncDirectory(directory);
  }

  /** The index of a store that was written anew leads elsewhere: opening makes another. */
  async #moveIndex(baseOffset: number): Promise<void> {
    const { fs, directory, quarantine } = this.#parts;
    const name = indexName(baseOffset);
    if ((await fs.stat(`${directory}/${name}`)) !== undefined) await quarantine.move(name);
  }
}

function actionOf(directory: string, step: RepairStep): RepairAction {
  switch (step.kind) {
    case "move":
      return moved(`${directory}/${step.name}`, step.why);
    case "rewrite": {
      const path = `${directory}/${storeName(step.baseOffset)}`;
      return { kind: "rewrite", path, message: `${path} is written anew: ${step.why}` };
    }
    case "create": {
      const path = `${directory}/${storeName(step.baseOffset)}`;
      return { kind: "create", path, message: `${path} is made: ${step.why}` };
    }
    case "saveState": {
      const path = `${directory}/${STATE_FILE_NAME}`;
      return { kind: "saveState", path, message: `${path} is written anew: ${step.why}` };
    }
  }
}

function noLockFile(path: string): Damage {
  return damageOf("not a file", { path, message: `${path} is not a file` });
}

function moved(path: string, why: string): RepairAction {
  return { kind: "move", path, message: `${path} goes to quarantine: ${why}` };
}

/** Ends the name of a file that is being made: not one of ours. */
const REPAIRING_SUFFIX = ".repairing";
