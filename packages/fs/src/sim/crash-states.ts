import { newDirectory } from "../names/name-tree.ts";
import type { CrashState, CrashStatesOptions, SimulatedDisk } from "./contract.ts";
import type { CrashChoice, CrashPlan } from "./crash-choice.ts";
import { describeChoice } from "./describe-choice.ts";
import type { DiskCore } from "./disk-core.ts";
import { everyState } from "./every-state.ts";
import { type FilePlan, imageOf, planFile } from "./file-plan.ts";
import type { SimDirectory } from "./name-journal.ts";
import { filesOf, type NameTree, planNames } from "./name-plan.ts";
import { sampledStates } from "./sampled-states.ts";
import { SimFile } from "./sim-file.ts";

/** A disk of these names and files; `index` tells the states of one plan apart. */
export type MakeDisk = (root: SimDirectory, index: number) => SimulatedDisk;

/** What a power cut now may leave; see {@link SimulatedDisk.crashStates}. */
export function crashStates(
  core: DiskCore,
  options: Required<CrashStatesOptions>,
  makeDisk: MakeDisk,
): Iterable<CrashState> {
  const plan = planCrash(core);
  const all = everyState(plan, options.limit);
  return {
    *[Symbol.iterator]() {
      let index = 0;
      for (const choice of all ?? sampledStates(plan, options)) {
        const number = index;
        yield new LazyState(plan, choice, (root) => makeDisk(root, number));
        index += 1;
      }
    },
  };
}

function planCrash(core: DiskCore): CrashPlan {
  const now = core.machine.tick();
  const names = planNames(core.names);
  const files = new Map<SimFile, FilePlan>();
  for (const file of filesOf(names)) files.set(file, planFile(file, now));
  return { names, files, trees: new Map() };
}

/** Made when it is looked at: who only describes states, or skips some, pays for no disk. */
class LazyState implements CrashState {
  readonly #plan: CrashPlan;
  readonly #choice: CrashChoice;
  readonly #make: (root: SimDirectory) => SimulatedDisk;
  #disk: SimulatedDisk | undefined;

  constructor(plan: CrashPlan, choice: CrashChoice, make: (root: SimDirectory) => SimulatedDisk) {
    this.#plan = plan;
    this.#choice = choice;
    this.#make = make;
  }

  get disk(): SimulatedDisk {
    this.#disk ??= this.#make(rootOf(this.#plan, this.#choice));
    return this.#disk;
  }

  get fs(): SimulatedDisk["fs"] {
    return this.disk.fs;
  }

  describe(): string {
    return describeChoice(this.#plan, this.#choice);
  }
}

function rootOf(plan: CrashPlan, { tree, files }: CrashChoice): SimDirectory {
  const copy = (from: NameTree): SimDirectory => {
    const directory = newDirectory<SimFile>();
    for (const [name, node] of from.children) {
      if (!(node instanceof SimFile)) {
        directory.children.set(name, copy(node));
        continue;
      }
      const filePlan = plan.files.get(node);
      const choice = files.get(node);
      if (filePlan === undefined || choice === undefined) continue; // every file has both
      directory.children.set(name, new SimFile(imageOf(filePlan, choice)));
    }
    return directory;
  };
  return copy(tree);
}
