import { type CrashChoice, type CrashPlan, keyOf, type Picker, pickState } from "./crash-choice.ts";
import type { VersionOption } from "./file-plan.ts";
import type { DiskCall } from "./machine.ts";
import { stepSet, withNeeds } from "./name-plan.ts";
import { SECTORS_PER_PAGE } from "./paged-image.ts";
import { Random } from "./random.ts";

/** Draws for one new state before the plan is taken to have no other. */
const TRIES_PER_STATE = 8;

/** `limit` states by `seed`, each once: the telling ones first, then any. */
export function* sampledStates(
  plan: CrashPlan,
  { limit, seed }: { readonly limit: number; readonly seed: number },
): Generator<CrashChoice> {
  const random = new Random(seed);
  const seen = new Set<number>();
  const isNew = (choice: CrashChoice): boolean => {
    const key = keyOf(plan, choice);
    return !seen.has(key) && seen.add(key) !== undefined;
  };
  const torn = shuffled(tornPickers(plan, random), random).slice(0, Math.ceil(limit / 4));
  const telling = shuffled(tellingPickers(plan), random);
  const first = [...torn, ...telling].slice(0, Math.ceil(limit / 2));
  for (const picker of [nothing(), everything(plan), ...first]) {
    const choice = pickState(plan, picker);
    if (seen.size < limit && isNew(choice)) yield choice;
  }
  for (let tries = limit * TRIES_PER_STATE; tries > 0 && seen.size < limit; tries -= 1) {
    const choice = pickState(plan, anyPicker(plan, random));
    if (isNew(choice)) yield choice;
  }
}

function nothing(): Picker {
  return {
    made: new Set(),
    size: (options) => options[0] as (typeof options)[number],
    version: (options) => options[0],
  };
}

function everything(plan: CrashPlan): Picker {
  return {
    made: new Set(plan.names.steps),
    size: lastOf,
    version: lastOf,
  };
}

/** One call missing, one alone; all up to one, all from one on. */
function tellingPickers(plan: CrashPlan): Picker[] {
  const calls = pendingCalls(plan);
  return calls.flatMap((call, i) => {
    const upTo = new Set(calls.slice(0, i + 1));
    const from = new Set(calls.slice(i));
    return [
      unbroken(plan, (each) => each !== call),
      alone(plan, new Set([call])),
      unbroken(plan, (each) => upTo.has(each)),
      alone(plan, from),
    ];
  });
}

/** All calls up to one that wrote several sectors, of which the first or the last are missing. */
function tornPickers(plan: CrashPlan, random: Random): Picker[] {
  const written = new Map<DiskCall, number[]>();
  for (const { sectors } of plan.files.values()) {
    for (const { sector, versions } of sectors) {
      for (const { call } of versions) written.set(call, [...(written.get(call) ?? []), sector]);
    }
  }
  return [...written].flatMap(([call, unsorted]) => {
    const sectors = [...new Set(unsorted)].sort((a, b) => a - b);
    const at = sectors[1 + random.below(sectors.length - 1)];
    if (at === undefined) return [];
    const whole = unbroken(plan, ({ begunAt }) => begunAt <= call.begunAt);
    const none = unbroken(plan, ({ begunAt }) => begunAt < call.begunAt);
    const version =
      (keepsFirst: boolean): Picker["version"] =>
      (options, sector) =>
        (sector < at === keepsFirst ? whole : none).version(options, sector);
    return [
      { ...whole, version: version(true) },
      { ...whole, version: version(false) },
    ];
  });
}

/** The calls whose work is pending, in the order in which they began. */
function pendingCalls(plan: CrashPlan): DiskCall[] {
  const calls = new Set<DiskCall>(plan.names.steps.map(({ call }) => call));
  for (const { sizes, sectors } of plan.files.values()) {
    for (const { call } of sizes) if (call !== undefined) calls.add(call);
    for (const { versions } of sectors) for (const { call } of versions) calls.add(call);
  }
  return [...calls].sort((a, b) => a.begunAt - b.begunAt);
}

/** Everything as it was before the first call that `isThere` says no to. */
function unbroken(plan: CrashPlan, isThere: (call: DiskCall) => boolean): Picker {
  const lastBefore = <T extends { readonly call: DiskCall | undefined } | undefined>(
    options: readonly T[],
  ): T => {
    const missing = options.findIndex(
      (option) => option?.call !== undefined && !isThere(option.call),
    );
    return options[missing < 0 ? options.length - 1 : Math.max(0, missing - 1)] as T;
  };
  return {
    made: stepSet(plan.names, ({ call }) => isThere(call)),
    size: lastBefore,
    version: lastBefore,
  };
}

/** Of sectors, lengths and names only what `calls` did, and what that cannot be without. */
function alone(plan: CrashPlan, calls: ReadonlySet<DiskCall>): Picker {
  const last = <T extends { readonly call: DiskCall | undefined } | undefined>(
    options: readonly T[],
  ): T =>
    (options.findLast((option) => option?.call !== undefined && calls.has(option.call)) ??
      options[0]) as T;
  const steps = plan.names.steps.filter(({ call }) => calls.has(call));
  // a file whose name was lost shows nothing of its bytes
  const made = steps.length === 0 ? plan.names.steps : steps.flatMap((s) => [...withNeeds(s)]);
  return { made: new Set(made), size: last, version: last };
}

/** Sectors, pages or calls thrown away at random, sometimes none behind one moment. */
function anyPicker(plan: CrashPlan, random: Random): Picker {
  const keepIn8 = 1 + random.below(7);
  const keeps = (): boolean => random.below(8) < keepIn8;
  const allNames = random.oneIn(2);
  const made = stepSet(plan.names, () => allNames || keeps());
  const size: Picker["size"] = (options) =>
    random.oneIn(2) ? lastOf(options) : (options[random.below(options.length)] as never);
  const grain = random.below(3);
  if (grain === 0) {
    return { made, size, version: (options) => keptOf(options, keeps(), random) };
  }
  const decided = new Map<unknown, boolean>();
  const decide = (unit: unknown): boolean => {
    const known = decided.get(unit);
    if (known !== undefined) return known;
    const fresh = keeps();
    decided.set(unit, fresh);
    return fresh;
  };
  if (grain === 1) {
    return {
      made,
      size,
      version: (options, sector) =>
        decide(Math.floor(sector / SECTORS_PER_PAGE)) ? lastOf(options) : options[0],
    };
  }
  return { ...unbroken(plan, decide), made, size };
}

function keptOf(
  options: readonly (VersionOption | undefined)[],
  kept: boolean,
  random: Random,
): VersionOption | undefined {
  if (random.oneIn(4)) return options[random.below(options.length)];
  return kept ? lastOf(options) : options[0];
}

function lastOf<T>(options: readonly T[]): T {
  return options[options.length - 1] as T;
}

/** Fisher and Yates. */
function shuffled<T>(values: T[], random: Random): T[] {
  for (let i = values.length - 1; i > 0; i -= 1) {
    const j = random.below(i + 1);
    [values[i], values[j]] = [values[j] as T, values[i] as T];
  }
  return values;
}
