export type {
  CommitTarget,
  GroupCommit,
  GroupCommitOptions,
  GroupCommitStats,
  SubmitRequest,
} from "./contract.ts";
export { groupCommit } from "./group-commit.ts";
