import type { FileSystem } from "@seglog/fs";
import { openLog } from "../open-log.ts";
import { diskCases } from "./disk-cases.ts";

/** One line of the result. */
export interface Measured {
  readonly id: string;
  readonly name: string;
  readonly unit: string;
  /** The median of the rounds. */
  readonly value: number;
  /** Of the raw disk's in the same round, the median; `undefined` for the raw disk itself. */
  readonly ofRaw: number | undefined;
}

export interface MeasureOptions {
  readonly fs: FileSystem;
  /** An empty directory. */
  readonly directory: string;
  readonly rounds: number;
  /** Length of each measurement. */
  readonly ms: number;
  readonly signal: AbortSignal;
  /** Told before each measurement. */
  readonly onStep: (name: string) => void;
}

/** Measures a disk, bare and through a log, each in turn with the others, round by round. */
export async function measureDisk(options: MeasureOptions): Promise<Measured[]> {
  const { fs, directory, rounds, ms, signal, onStep } = options;
  const raw = await fs.open(`${directory}/raw`, { access: "write", create: "exclusive" });
  const log = await openLog(`${directory}/log`, { fs });
  const cases = [...diskCases(raw, log)];
  const found = new Map<string, number[]>(cases.map(({ id }) => [id, []]));
  try {
    for (let round = 0; round < rounds; round++) {
      for (const { id, name, run } of cases) {
        signal.throwIfAborted();
        onStep(name);
        (found.get(id) as number[]).push(await run(ms));
      }
    }
  } finally {
    await raw.close();
    await log.close();
  }
  return cases.map(({ id, name, unit, raw }) => {
    const values = found.get(id) as number[];
    const base = raw === undefined ? undefined : (found.get(raw) as number[]);
    const ratios = base && values.map((value, round) => value / (base[round] as number));
    return { id, name, unit, value: median(values), ofRaw: ratios && median(ratios) };
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] as number;
}
