import type { FileChoice, FilePlan, SizeOption, VersionOption } from "./file-plan.ts";
import { versionsAt } from "./file-plan.ts";
import type { NameStep } from "./name-journal.ts";
import { type NamePlan, type NameTree, treeOf } from "./name-plan.ts";
import type { SimFile } from "./sim-file.ts";

/** Everything that a power cut may leave, taken at one moment. */
export interface CrashPlan {
  readonly names: NamePlan;
  readonly files: ReadonlyMap<SimFile, FilePlan>;
  /** Trees that were built, by the steps in them: many states have the same names. */
  readonly trees: Map<string, NameTree>;
}

/** One of the states of a {@link CrashPlan}. */
export interface CrashChoice {
  readonly made: ReadonlySet<NameStep>;
  readonly tree: NameTree;
  /** For each file of the tree. */
  readonly files: ReadonlyMap<SimFile, FileChoice>;
}

/** Decides what a state holds. */
export interface Picker {
  /** Which steps of the names are made; each has what it needs. */
  readonly made: ReadonlySet<NameStep>;
  size(options: readonly SizeOption[]): SizeOption;
  /** `options[0]` is the oldest content; `undefined` is a durable one. */
  version(
    options: readonly (VersionOption | undefined)[],
    sector: number,
  ): VersionOption | undefined;
}

export function pickState(plan: CrashPlan, picker: Picker): CrashChoice {
  const tree = cachedTree(plan, picker.made);
  const files = new Map<SimFile, FileChoice>();
  for (const file of tree.files.keys()) {
    const filePlan = plan.files.get(file) as FilePlan;
    const size = picker.size(filePlan.sizes);
    const versions = filePlan.sectors.map((sectorPlan) => {
      const options = versionsAt(filePlan, sectorPlan, size);
      return options.length === 1 ? options[0] : picker.version(options, sectorPlan.sector);
    });
    files.set(file, { size, versions });
  }
  return { made: picker.made, tree, files };
}

export function cachedTree(plan: CrashPlan, made: ReadonlySet<NameStep>): NameTree {
  const key = plan.names.steps.map((step) => (made.has(step) ? "1" : "0")).join("");
  const known = plan.trees.get(key);
  if (known !== undefined) return known;
  const tree = treeOf(plan.names, made);
  plan.trees.set(key, tree);
  return tree;
}

/**
 * A number of 53 bits that tells states apart: FNV-1a, twice, over what was chosen. Two of a
 * million states meet with a chance of 10^-4; then one of the two is not tried.
 */
export function keyOf(plan: CrashPlan, { made, files }: CrashChoice): number {
  let low = 0x811c9dc5;
  let high = 0x050c5d1f;
  const add = (value: number): void => {
    low = Math.imul(low ^ value, 0x01000193);
    high = Math.imul(high ^ (value + 1), 0x01000193);
  };
  for (const step of plan.names.steps) add(made.has(step) ? 1 : 0);
  for (const [file, { size, versions }] of files) {
    const { sizes, sectors } = plan.files.get(file) as FilePlan;
    add(sizes.indexOf(size));
    versions.forEach((version, i) => {
      add(version === undefined ? 0 : 1 + (sectors[i]?.versions.indexOf(version) ?? 0));
    });
  }
  return (high >>> 11) * 2 ** 32 + (low >>> 0);
}
