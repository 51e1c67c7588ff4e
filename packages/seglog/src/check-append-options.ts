import { checkOptions } from "@seglog/errors";
import type { AppendOptions } from "./contract.ts";

/** @throws ERR_SEGLOG_INVALID_ARGUMENT  an option of an append that is none */
export function checkAppendOptions(options: AppendOptions | undefined): void {
  if (options !== undefined) checkOptions("options", options, ["signal"]);
}
