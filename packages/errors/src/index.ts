export {
  checkInteger,
  checkOneOf,
  checkOptions,
  checkTraits,
  type IntegerBounds,
  invalidArgument,
  type TraitKinds,
} from "./arguments.ts";
export type { ErrorCode, ErrorContexts } from "./contract.ts";
export { invariant } from "./invariant.ts";
export { hasCode, SeglogError } from "./seglog-error.ts";
export { shortageOf } from "./shortage.ts";
