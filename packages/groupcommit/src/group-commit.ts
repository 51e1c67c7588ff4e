import { checkTarget } from "./arguments.ts";
import { Committer } from "./committer.ts";
import type { CommitTarget, GroupCommit, GroupCommitOptions } from "./contract.ts";

/**
 * Group commit over `target`. Nothing is opened: the caller opens the target, and closes it after
 * {@link GroupCommit.close}. Meanwhile nobody else calls the target's `append` or `sync`.
 *
 * @throws ERR_SEGLOG_INVALID_ARGUMENT  an option of an unknown name or out of its range, or a
 *   target without the two methods
 */
export function groupCommit(target: CommitTarget, options: GroupCommitOptions = {}): GroupCommit {
  checkTarget(target);
  return new Committer(target, options);
}
