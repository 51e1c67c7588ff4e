/** What a store that is measured is asked to do; decides its settings. */
export type Purpose = "write" | "durable" | "read" | "scan" | "open";

/** Something that a user might take in place of seglog; seglog itself has the same shape. */
export interface Peer {
  readonly id: string;
  readonly name: string;
  /** Whose version the result names; of `node:fs` there is none. */
  readonly package: string | undefined;
  /** Whether an acknowledged append outlives a power cut; shown by `--check-durability`. */
  readonly durable: boolean;
  /** What it can do, and the settings that it does it with, in words for the page. */
  readonly settings: Readonly<Partial<Record<Purpose, string>>>;
  /** Opens, or makes, the store in `directory`. Rejects where the package does not load here. */
  readonly open: (
    directory: string,
    purpose: Purpose,
    recordBytesMax?: number,
  ) => Promise<PeerStore>;
}

/**
 * Loops lie within each store and not in the workload: a call through one place for all peers
 * would cost 10 ns a record, a quarter of what the fastest of them need.
 */
export interface PeerStore {
  /** Resolves when the record is acknowledged, as durably as the peer can. */
  append?(record: Uint8Array): Promise<unknown>;
  /** Hands `count` records over, cycling through `records`, one call each, without waiting. */
  writeSingles?(records: readonly Uint8Array[], count: number): Promise<void>;
  /** As `writeSingles`, in batches of `batch` where the peer has them. */
  writeBatches?(records: readonly Uint8Array[], count: number, batch: number): Promise<void>;
  /** Everything handed over is durable, or as near to it as the peer comes. */
  sync?(): Promise<void>;
  /** Reads the records with these numbers, from 0. */
  readMany?(numbers: Uint32Array): Promise<Seen>;
  /** Reads all records in order. */
  scan?(): Promise<Seen>;
  /** Reads all records from the last to the first. */
  scanReverse?(): Promise<Seen>;
  /** Syncs until now, where they can be counted. */
  syncs?(): number;
  close(): Promise<void>;
}

/** What came back, so that a measurement of nothing fails. */
export interface Seen {
  readonly records: number;
  readonly bytes: number;
  /** Of the first byte of each record. */
  readonly sum: number;
}

type Role = "ours" | "baseline" | "peer";

/** One that takes part in a case: ours, the raw operation beside it, a peer. */
export interface Contender {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly settings: string;
  /** False: what it acknowledges may be lost; shown beside the others, and marked. */
  readonly durable: boolean;
  /** Before the first round; rejects where it cannot take part, with the reason. */
  readonly prepare: () => Promise<Runner>;
}

export interface Runner {
  /** One measurement. Throws when what was read or acknowledged is not what was asked for. */
  readonly round: () => Promise<Sample>;
  readonly close: () => Promise<void>;
  /** Whether the rounds so far were warm-up enough. Default: one is. */
  readonly isWarm?: () => boolean;
}

/** Values of one round by the name of their metric. */
export type Sample = Readonly<Record<string, number>>;

export interface Metric {
  readonly unit: string;
  readonly better: "higher" | "lower";
}

export interface Case {
  readonly id: string;
  readonly title: string;
  /** The first one is what ratios are formed of. */
  readonly metrics: Readonly<Record<string, Metric>>;
  readonly contenders: readonly Contender[];
  /** Fewer rounds than usual, for what takes long and varies little. */
  readonly roundsMax?: number;
}

export interface Workload {
  readonly id: string;
  readonly title: string;
  /** One sentence for the page: what a number of it means. */
  readonly about: string;
  readonly cases: (context: Context) => readonly Case[];
}

/** How much is done; {@link Sizes} of `--quick` are a slice. */
export interface Sizes {
  readonly name: string;
  /** Counted rounds, after one that is not counted. */
  readonly rounds: number;
  /** How long a measurement by time takes. */
  readonly roundMs: number;
  /** Times the records and bytes of a measurement by amount: 1 is the full amount. */
  readonly scale: number;
  /** The largest log of the workload `growth`. */
  readonly growthRecordsMax: number;
}

export interface Context {
  /** An empty directory, for this workload alone. */
  readonly directory: string;
  readonly sizes: Sizes;
}

export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly q1: number;
  readonly q3: number;
}

export interface ContenderResult {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly settings: string;
  readonly durable: boolean;
  readonly status: "measured" | "not available";
  readonly reason?: string;
  readonly rounds: readonly Sample[];
  readonly summary: Readonly<Record<string, Summary>>;
}

/** How often as good `of` is as `to`, by the first metric: above 1 is better, also for times. */
export interface Ratio extends Summary {
  readonly of: string;
  readonly to: string;
}

export interface CaseResult {
  readonly id: string;
  readonly title: string;
  readonly metrics: Readonly<Record<string, Metric>>;
  readonly contenders: readonly ContenderResult[];
  readonly ratios: readonly Ratio[];
}

export interface WorkloadResult {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  readonly seconds: number;
  readonly cases: readonly CaseResult[];
}

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly kernel: string;
  readonly platform: string;
}

export interface BenchResult {
  readonly format: 1;
  readonly date: string;
  readonly commit: string;
  /** The checkout held changes that the commit does not. */
  readonly dirty: boolean;
  readonly machine: Machine;
  readonly node: string;
  readonly directory: { readonly fileSystem: string; readonly device: string };
  readonly versions: Readonly<Record<string, string>>;
  readonly options: { readonly sizes: Sizes; readonly only: readonly string[] };
  readonly workloads: readonly WorkloadResult[];
  readonly goals: readonly GoalResult[];
}

/** What the issue asks for, as data. */
export interface Goal {
  readonly text: string;
  readonly workload: string;
  readonly case: string;
  readonly contender: string;
  readonly metric?: string;
  /** The value is a multiple of this contender's, in the same round. */
  readonly against?: string;
  /** Of the other one; the same as `metric` unless said. */
  readonly againstMetric?: string;
  readonly atLeast?: number;
  readonly atMost?: number;
}

export interface GoalResult extends Goal {
  readonly measured: number | undefined;
  readonly met: boolean | undefined;
  /** Why nothing was measured. */
  readonly reason?: string;
}

export interface DurabilityResult {
  readonly id: string;
  readonly name: string;
  readonly settings: string;
  /** Of the appends made one by one, those within which a sync began and ended. */
  readonly alone?: number;
  /** The same of those made by many callers at once. */
  readonly together?: number;
  /** Syncs during the appends made one by one, by call. */
  readonly calls: Readonly<Record<string, number>>;
  readonly verdict: "durable" | "not durable" | "not available";
  readonly reason?: string;
}

export interface DurabilityCheck {
  readonly format: 1;
  readonly date: string;
  readonly node: string;
  readonly kernel: string;
  readonly versions: Readonly<Record<string, string>>;
  /** Of each caller. */
  readonly appends: number;
  readonly callers: number;
  readonly results: readonly DurabilityResult[];
}
