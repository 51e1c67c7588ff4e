/** What is behind the last good frame of a store that was not closed. */
export interface StoreEnd {
  /** Nothing more in the file, only zeros, or anything else. */
  readonly rest: "nothing" | "zeros" | "bytes";
  /**
   * Valid frames somewhere in `rest`: none; some that one unfinished sync explains, all of one
   * generation, that of the last good frame or the next; or some that it does not.
   */
  readonly later: "none" | "sameSync" | "laterSync";
  /** Whether the last good frame says that its batch goes on. */
  readonly batch: "complete" | "open";
}

/** One row of {@link RECOVERY_TABLE}: where a field is left out, any value of it matches. */
export interface RecoveryRow {
  readonly label: string;
  readonly when: { readonly [K in keyof StoreEnd]?: readonly StoreEnd[K][] };
  /**
   * - `"keep"`: the store ends behind its last good frame.
   * - `"cut"`: a torn tail; the file is cut behind the last good frame.
   * - `"cutBatch"`: cut before the first frame of the open batch.
   * - `"corrupt"`: no crash explains this; nothing is changed.
   */
  readonly verdict: "keep" | "cut" | "cutBatch" | "corrupt";
}

/** Every end that a store can have; exactly one row matches each. */
export const RECOVERY_TABLE: readonly RecoveryRow[] = Object.freeze([
  {
    label: "clean end",
    when: { rest: ["nothing", "zeros"], later: ["none"], batch: ["complete"] },
    verdict: "keep",
  },
  {
    label: "unfinished batch",
    when: { rest: ["nothing", "zeros"], later: ["none"], batch: ["open"] },
    verdict: "cutBatch",
  },
  {
    label: "torn tail",
    when: { rest: ["bytes"], later: ["none", "sameSync"], batch: ["complete"] },
    verdict: "cut",
  },
  {
    label: "torn batch",
    when: { rest: ["bytes"], later: ["none", "sameSync"], batch: ["open"] },
    verdict: "cutBatch",
  },
  {
    label: "damage behind a finished sync",
    when: { rest: ["bytes"], later: ["laterSync"] },
    verdict: "corrupt",
  },
] satisfies RecoveryRow[]);

/** The row for `end`; `undefined` for what cannot be: frames where there are no bytes. */
export function recoveryRow(end: StoreEnd): RecoveryRow | undefined {
  return RECOVERY_TABLE.find((row) => matches(row, end));
}

function matches({ when }: RecoveryRow, end: StoreEnd): boolean {
  return (
    (when.rest?.includes(end.rest) ?? true) &&
    (when.later?.includes(end.later) ?? true) &&
    (when.batch?.includes(end.batch) ?? true)
  );
}
