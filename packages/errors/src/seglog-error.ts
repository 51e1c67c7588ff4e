import type { ErrorCode, ErrorContexts } from "./contract.ts";

/**
 * The one error class of seglog. Tell errors apart by `code` (see {@link hasCode}), never by
 * message and never by `instanceof`: two copies of this package may be installed side by side.
 */
export class SeglogError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = "SeglogError";
  readonly code: C;
  /** Facts of this failure; which ones is told by `code`. */
  readonly context: ErrorContexts[C];

  constructor(code: C, message: string, context: ErrorContexts[C], options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    Object.freeze(context);
    this.context = context;
  }
}

/** Whether `error` is seglog's and carries `code`. Narrows its `context`. */
export function hasCode<C extends ErrorCode>(error: unknown, code: C): error is SeglogError<C> {
  return error instanceof Error && (error as { code?: unknown }).code === code;
}
