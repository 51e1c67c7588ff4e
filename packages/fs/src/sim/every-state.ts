import { type CrashChoice, type CrashPlan, cachedTree } from "./crash-choice.ts";
import {
  type FileChoice,
  type FilePlan,
  imageOf,
  type SizeOption,
  type VersionOption,
  versionsAt,
} from "./file-plan.ts";
import type { NameStep } from "./name-journal.ts";
import { allStepSets, type NameTree } from "./name-plan.ts";
import { SECTOR_BYTES } from "./paged-image.ts";
import { SimFile } from "./sim-file.ts";

/** Every state, each once, when they are at most `limit`; else `undefined`. */
export function everyState(plan: CrashPlan, limit: number): readonly CrashChoice[] | undefined {
  const stepSets = allStepSets(plan.names, limit);
  if (stepSets === undefined) return undefined;
  const known = new Map<SimFile, readonly FileChoice[] | undefined>();
  const choices: CrashChoice[] = [];
  const trees = new Set<string>();
  for (const made of stepSets) {
    // a name that was made and removed again leaves what was there without both
    const outline = outlineOf(cachedTree(plan, made), [...plan.files.keys()]);
    if (trees.has(outline)) continue;
    trees.add(outline);
    const more = statesWith(plan, made, { known, limit: limit - choices.length });
    if (more === undefined) return undefined;
    choices.push(...more);
  }
  return choices;
}

function statesWith(
  plan: CrashPlan,
  made: ReadonlySet<NameStep>,
  {
    known,
    limit,
  }: {
    readonly known: Map<SimFile, readonly FileChoice[] | undefined>;
    readonly limit: number;
  },
): CrashChoice[] | undefined {
  const tree = cachedTree(plan, made);
  let combined: Map<SimFile, FileChoice>[] = [new Map()];
  for (const file of tree.files.keys()) {
    if (!known.has(file)) known.set(file, fileChoices(plan.files.get(file) as FilePlan, limit));
    const choices = known.get(file);
    if (choices === undefined || choices.length * combined.length > limit) return undefined;
    combined = combined.flatMap((files) =>
      choices.map((choice) => new Map(files).set(file, choice)),
    );
  }
  return combined.length > limit ? undefined : combined.map((files) => ({ made, tree, files }));
}

function fileChoices(plan: FilePlan, limit: number): readonly FileChoice[] | undefined {
  const choices: FileChoice[] = [];
  for (const size of plan.sizes) {
    let vectors: (VersionOption | undefined)[][] = [[]];
    for (const sectorPlan of plan.sectors) {
      const options = distinct(plan, versionsAt(plan, sectorPlan, size), {
        size,
        sector: sectorPlan.sector,
      });
      if (vectors.length * options.length > limit) return undefined;
      vectors = vectors.flatMap((vector) => options.map((option) => [...vector, option]));
    }
    choices.push(...vectors.map((versions) => ({ size, versions })));
    if (choices.length > limit) return undefined;
  }
  return choices;
}

/** Leaves out contents that are, as far as the file reaches, those of an earlier option. */
function distinct(
  plan: FilePlan,
  options: readonly (VersionOption | undefined)[],
  { size, sector }: { readonly size: SizeOption; readonly sector: number },
): readonly (VersionOption | undefined)[] {
  if (options.length === 1) return options;
  const versions = plan.sectors.map(() => undefined);
  const base = imageOf(plan, { size, versions }).sector(sector);
  const visible = size.size - sector * SECTOR_BYTES;
  const seen: Uint8Array[] = [];
  return options.filter((option) => {
    const bytes = (option?.bytes ?? base).subarray(0, visible);
    if (seen.some((other) => Buffer.compare(other, bytes) === 0)) return false;
    seen.push(bytes);
    return true;
  });
}

/** Text that two trees share when they have the same names for the same files. */
function outlineOf({ children }: NameTree, files: readonly SimFile[]): string {
  const names = [...children].map(([name, node]) => {
    const what = node instanceof SimFile ? files.indexOf(node) : outlineOf(node, files);
    return `${JSON.stringify(name)}: ${what}`;
  });
  return `{${names.sort().join(", ")}}`;
}
