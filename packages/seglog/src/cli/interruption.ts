import process from "node:process";

/** Exit codes of the signals that end a command in order. */
const SIGNALS = Object.freeze({ SIGINT: 130, SIGTERM: 143 } as const);

/** A signal that asked the command to end, if one has come. */
export interface Interruption {
  /** Aborts with the first signal. A second one ends the process at once, as if unheard. */
  readonly signal: AbortSignal;
  /** What to exit with because of it. */
  readonly exitCode: number | undefined;
}

/** Hears SIGINT and SIGTERM from now on, once. */
export function hearInterruption(): Interruption {
  const abort = new AbortController();
  const interruption: { signal: AbortSignal; exitCode: number | undefined } = {
    signal: abort.signal,
    exitCode: undefined,
  };
  const hear = (name: NodeJS.Signals): void => {
    for (const other of Object.keys(SIGNALS)) process.removeListener(other, hear);
    interruption.exitCode = SIGNALS[name as keyof typeof SIGNALS];
    abort.abort();
  };
  for (const name of Object.keys(SIGNALS)) process.on(name, hear);
  return interruption;
}
