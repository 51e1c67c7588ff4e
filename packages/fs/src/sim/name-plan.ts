import type { NameJournal, NameStep, SimDirectory, SimNode } from "./name-journal.ts";
import type { SimFile } from "./sim-file.ts";

/** Names that a power cut may leave, taken at one moment. */
export interface NamePlan {
  readonly root: SimDirectory;
  readonly durable: ReadonlyMap<SimDirectory, ReadonlyMap<string, SimNode>>;
  /** In the order in which they were made. */
  readonly steps: readonly NameStep[];
}

/** A tree as a power cut leaves it: its names, and which file each was. */
export interface NameTree {
  readonly children: ReadonlyMap<string, NameTree | SimFile>;
  /** Every file of the tree, by its path. */
  readonly files: ReadonlyMap<SimFile, string>;
}

export function planNames(journal: NameJournal): NamePlan {
  const durable = new Map<SimDirectory, ReadonlyMap<string, SimNode>>();
  const visit = (directory: SimDirectory): void => {
    if (durable.has(directory)) return;
    const names = new Map(journal.durableOf(directory));
    durable.set(directory, names);
    for (const node of names.values()) if (node.kind === "directory") visit(node);
  };
  visit(journal.root);
  for (const { changes } of journal.steps) {
    for (const { directory, after } of changes) {
      visit(directory);
      if (after?.kind === "directory") visit(after);
    }
  }
  return { root: journal.root, durable, steps: [...journal.steps] };
}

/** Every file that some state may hold. */
export function filesOf(plan: NamePlan): Set<SimFile> {
  const files = new Set<SimFile>();
  for (const names of plan.durable.values()) {
    for (const node of names.values()) if (node.kind === "file") files.add(node);
  }
  for (const { changes } of plan.steps) {
    for (const { after } of changes) if (after?.kind === "file") files.add(after);
  }
  return files;
}

/** The tree in which the steps `made` have reached the disk. */
export function treeOf(plan: NamePlan, made: ReadonlySet<NameStep>): NameTree {
  const changed = new Map<SimDirectory, Map<string, SimNode>>();
  for (const step of plan.steps) {
    if (!made.has(step)) continue;
    for (const { directory, name, after } of step.changes) {
      const names = changed.get(directory) ?? new Map(plan.durable.get(directory));
      changed.set(directory, names);
      if (after === undefined) names.delete(name);
      else names.set(name, after);
    }
  }
  const files = new Map<SimFile, string>();
  const build = (directory: SimDirectory, path: string): NameTree => {
    const children = new Map<string, NameTree | SimFile>();
    for (const [name, node] of changed.get(directory) ?? plan.durable.get(directory) ?? []) {
      if (node.kind === "file") files.set(node, `${path}/${name}`);
      children.set(name, node.kind === "file" ? node : build(node, `${path}/${name}`));
    }
    return { children, files };
  };
  return build(plan.root, "");
}

/** Every set of steps that a power cut may leave made, `undefined` when more than `limit`. */
export function allStepSets(plan: NamePlan, limit: number): ReadonlySet<NameStep>[] | undefined {
  let sets: Set<NameStep>[] = [new Set()];
  for (const step of plan.steps) {
    const more = sets.filter((made) => step.needs.every((needed) => isMade(plan, made, needed)));
    sets = sets.concat(more.map((made) => new Set(made).add(step)));
    if (sets.length > limit) return undefined;
  }
  return sets;
}

/** What is left of the steps that `wanted` says yes to when each has what it needs. */
export function stepSet(plan: NamePlan, wanted: (step: NameStep) => boolean): Set<NameStep> {
  const made = new Set<NameStep>();
  for (const step of plan.steps) {
    if (wanted(step) && step.needs.every((needed) => isMade(plan, made, needed))) made.add(step);
  }
  return made;
}

/** `step` and all that it needs. */
export function withNeeds(step: NameStep): Set<NameStep> {
  const found = new Set([step]);
  for (const each of found) for (const needed of each.needs) found.add(needed);
  return found;
}

/** A needed step that is no longer in the journal is durable. */
function isMade(plan: NamePlan, made: ReadonlySet<NameStep>, step: NameStep): boolean {
  return made.has(step) || !plan.steps.includes(step);
}
