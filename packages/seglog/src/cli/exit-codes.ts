import type { ErrorCode } from "@seglog/errors";

/** Bad arguments: nothing was done. Also commander's own refusals. */
export const EXIT_USAGE = 2;
/** A log or file is damaged, or not what it should be. */
export const EXIT_DAMAGED = 3;

/** `verify` found nothing wrong but what a repair could not bring back. */
export const EXIT_LOST = 7;

interface ExitCode {
  readonly code: number;
  readonly meaning: string;
  readonly errors: readonly ErrorCode[];
}

/** The table of `docs/cli.md`. */
export const EXIT_CODES: readonly ExitCode[] = Object.freeze([
  { code: 0, meaning: "done; also when whoever reads the output has had enough", errors: [] },
  {
    code: 1,
    meaning: "failed otherwise",
    errors: ["ERR_SEGLOG_CLOSED", "ERR_SEGLOG_UNAVAILABLE", "ERR_SEGLOG_INVARIANT"],
  },
  {
    code: EXIT_USAGE,
    meaning: "bad arguments or bad input; of input, what came before is in the log",
    errors: [
      "ERR_SEGLOG_INVALID_ARGUMENT",
      "ERR_SEGLOG_RECORD_TOO_LARGE",
      "ERR_SEGLOG_CODEC",
      "ERR_SEGLOG_READ_ONLY",
    ],
  },
  {
    code: EXIT_DAMAGED,
    meaning: "damaged, or not what it should be; `verify` and `repair --dry-run` found damage",
    errors: [
      "ERR_SEGLOG_CORRUPT",
      "ERR_SEGLOG_NOT_A_LOG",
      "ERR_SEGLOG_UNSUPPORTED_FORMAT",
      "ERR_SEGLOG_BAD_SNAPSHOT",
    ],
  },
  { code: 4, meaning: "another writer has the log", errors: ["ERR_SEGLOG_LOCKED"] },
  {
    code: 5,
    meaning: "not there, or there already",
    errors: ["ERR_SEGLOG_NOT_FOUND", "ERR_SEGLOG_OUT_OF_RANGE", "ERR_SEGLOG_EXISTS"],
  },
  {
    code: 6,
    meaning: "the disk or the system refused",
    errors: [
      "ERR_SEGLOG_IO",
      "ERR_SEGLOG_NOT_WRITTEN",
      "ERR_SEGLOG_POISONED",
      "ERR_SEGLOG_OVERLOADED",
    ],
  },
  {
    code: EXIT_LOST,
    meaning: "`verify` found nothing wrong but lost records, which an earlier repair has left",
    errors: [],
  },
  { code: 130, meaning: "ended by SIGINT; what was acknowledged stays", errors: [] },
  { code: 143, meaning: "ended by SIGTERM; what was acknowledged stays", errors: [] },
] satisfies ExitCode[]);

/** The exit code of a failure, by its `code`. */
export function exitCodeOf(error: unknown): number {
  const code = (error as { code?: unknown } | null)?.code;
  const found = EXIT_CODES.find(({ errors }) => (errors as readonly unknown[]).includes(code));
  return found?.code ?? 1;
}
