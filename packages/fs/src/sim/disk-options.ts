import { checkInteger, checkOneOf, checkOptions, invalidArgument } from "@seglog/errors";
import type {
  CrashStatesOptions,
  DiskFault,
  DiskScheduler,
  SimulatedDiskOptions,
} from "./contract.ts";

/** {@link SimulatedDiskOptions} with nothing left open. */
export type CheckedDiskOptions = Required<Omit<SimulatedDiskOptions, "scheduler">> & {
  /** `undefined` waits for microtasks. */
  readonly scheduler: DiskScheduler | undefined;
};

const DEFAULTS: Omit<CheckedDiskOptions, "seed"> = Object.freeze({
  quotaBytes: Number.POSITIVE_INFINITY,
  holes: "fill",
  afterCut: "reject",
  scheduler: undefined,
});
const STATES_MAX_DEFAULT = 100;

export function checkDiskOptions(options: SimulatedDiskOptions): CheckedDiskOptions {
  checkOptions("options", options, ["seed", ...Object.keys(DEFAULTS)]);
  const { seed, quotaBytes = DEFAULTS.quotaBytes, holes = DEFAULTS.holes } = options;
  const { afterCut = DEFAULTS.afterCut, scheduler = DEFAULTS.scheduler } = options;
  checkInteger("seed", seed, { min: 0, max: 2 ** 32 - 1 });
  checkQuota(quotaBytes);
  checkOneOf("holes", holes, ["fill", "refuse"]);
  checkOneOf("afterCut", afterCut, ["reject", "hang"]);
  if (scheduler !== undefined && typeof scheduler.defer !== "function") {
    throw invalidArgument("scheduler", scheduler, "an object with a method defer");
  }
  return { seed, quotaBytes, holes, afterCut, scheduler };
}

export function checkQuota(quotaBytes: number): void {
  if (typeof quotaBytes !== "number" || !(quotaBytes >= 0)) {
    throw invalidArgument("quotaBytes", quotaBytes, "a number from 0");
  }
}

export function checkFault(fault: DiskFault): void {
  checkOptions("fault", fault, ["at", "errno", "effect"]);
  const { at, errno, effect } = fault;
  if (typeof at !== "function") checkInteger("fault.at", at, { min: 0 });
  if (typeof errno !== "string" || errno === "") {
    throw invalidArgument("fault.errno", errno, `a code of the system, such as "EIO"`);
  }
  if (effect !== undefined) checkOneOf("fault.effect", effect, ["nothing", "partial", "all"]);
}

export function checkCrashStatesOptions(
  options: CrashStatesOptions,
  seedOfDisk: number,
): Required<CrashStatesOptions> {
  checkOptions("options", options, ["limit", "seed"]);
  const { limit = STATES_MAX_DEFAULT, seed = seedOfDisk } = options;
  checkInteger("limit", limit, { min: 1 });
  checkInteger("seed", seed, { min: Number.MIN_SAFE_INTEGER });
  return { limit, seed };
}
