import {
  crashCampaign,
  faultCampaign,
  interleaveCampaign,
  killCampaign,
  rotCampaign,
} from "./campaigns.mjs";

/** @typedef {import("./tally.mjs").CampaignOptions} CampaignOptions */
/** @typedef {import("./tally.mjs").Tally} Tally */
/** @typedef {"crash" | "fault" | "kill" | "rot" | "interleave"} CampaignName */

/** The seed of every slice. */
export const SLICE_SEED = 2026;

/**
 * What CI runs of each campaign. Counted, not timed: on a slow machine a slice takes longer, and
 * finds the same. Little of many workloads, since what differs between two workloads finds more
 * than what differs between two cuts of one.
 *
 * @type {Readonly<Record<CampaignName, (options: CampaignOptions) => Promise<Tally>>>}
 */
export const SLICES = Object.freeze({
  crash: (options) =>
    crashCampaign({ ...options, statesMax: 1200, perWorkload: { cutsMax: 6, statesMax: 5 } }),
  fault: (options) => faultCampaign({ ...options, faultsMax: 500, perWorkload: 25 }),
  kill: (options) => killCampaign({ ...options, rounds: 3 }),
  rot: (options) => rotCampaign({ ...options, cases: 600 }),
  interleave: (options) => interleaveCampaign({ ...options, callsMax: 150_000 }),
});
