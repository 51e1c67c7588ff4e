import { applyChanges, type NameChange } from "../names/name-changes.ts";
import type { Directory, Node } from "../names/name-tree.ts";
import type { DiskCall } from "./machine.ts";
import type { SimFile } from "./sim-file.ts";

export type SimDirectory = Directory<SimFile>;
export type SimNode = Node<SimFile>;

/** Names that change together, or not at all. */
export interface NameStep {
  readonly at: number;
  readonly call: DiskCall;
  readonly changes: readonly NameChange<SimFile>[];
  /** Pending steps without which this one cannot have reached the disk. */
  readonly needs: readonly NameStep[];
  /** Directories that are still to be synced before it is durable. */
  readonly unsynced: Set<SimDirectory>;
}

/** The names of a disk: what programs see, what is durable, and the steps between the two. */
export class NameJournal {
  readonly root: SimDirectory;
  /** Durable names of the directories that have pending ones; of others both are the same. */
  readonly #durable = new Map<SimDirectory, Map<string, SimNode>>();
  #steps: NameStep[] = [];

  constructor(root: SimDirectory) {
    this.root = root;
  }

  get steps(): readonly NameStep[] {
    return this.#steps;
  }

  durableOf(directory: SimDirectory): ReadonlyMap<string, SimNode> {
    return this.#durable.get(directory) ?? directory.children;
  }

  /** Makes one step of `changes`: they reach the disk together. */
  change(call: DiskCall, at: number, changes: readonly NameChange<SimFile>[]): void {
    if (changes.length === 0) return;
    const directories = new Set(changes.map(({ directory }) => directory));
    for (const directory of directories) {
      if (!this.#durable.has(directory)) this.#durable.set(directory, new Map(directory.children));
    }
    const needs = this.#steps.filter((earlier) => mustPrecede(earlier, changes));
    this.#steps.push({ at, call, changes, needs, unsynced: directories });
    applyChanges(changes);
  }

  /** A sync of `directory` that had begun at `begunAt` was done. */
  fold(directory: SimDirectory, begunAt: number): void {
    for (const step of this.#steps) {
      if (step.call.finishedAt < begunAt) step.unsynced.delete(directory);
    }
    this.#settle();
  }

  /** Makes the changes of one call durable, whatever was synced. */
  foldCall(call: DiskCall): void {
    for (const step of this.#steps) if (step.call === call) step.unsynced.clear();
    this.#settle();
  }

  /** Moves the steps that are durable, and what they need, out of the journal. */
  #settle(): void {
    const done = new Set<NameStep>();
    for (const step of [...this.#steps].reverse()) {
      if (step.unsynced.size === 0 || done.has(step)) {
        done.add(step);
        for (const needed of step.needs) done.add(needed);
      }
    }
    for (const step of this.#steps.filter((each) => done.has(each))) {
      for (const { directory, name, after } of step.changes) {
        const names = this.#durable.get(directory);
        if (after === undefined) names?.delete(name);
        else names?.set(name, after);
      }
    }
    this.#steps = this.#steps.filter((step) => !done.has(step));
    const pending = new Set(this.#steps.flatMap(({ changes }) => changes.map((c) => c.directory)));
    for (const directory of this.#durable.keys()) {
      if (!pending.has(directory)) this.#durable.delete(directory);
    }
  }
}

/**
 * Changes of one name keep their order; a directory is there before the names in it, and they are
 * gone before it goes.
 */
function mustPrecede(earlier: NameStep, changes: readonly NameChange<SimFile>[]): boolean {
  return earlier.changes.some((first) =>
    changes.some(
      (second) =>
        (first.directory === second.directory && first.name === second.name) ||
        (first.before === undefined && first.after === second.directory) ||
        (second.before?.kind === "directory" && first.directory === second.before),
    ),
  );
}
