import {
  type CommitTarget,
  type GroupCommit,
  type GroupCommitOptions,
  groupCommit,
} from "@seglog/groupcommit";
import type { Make } from "./fixture.ts";

type Changes = Partial<GroupCommit>;

/** The good one, but for what `change` replaces. */
export function decorated(
  change: (good: GroupCommit, target: CommitTarget) => Changes,
  adapt: (target: CommitTarget) => CommitTarget = (target) => target,
): Make {
  return (target, options) => {
    const good = groupCommit(adapt(target), options);
    const all: GroupCommit = {
      append: (record, appendOptions) => good.append(record, appendOptions),
      submit: (request) => good.submit(request),
      stage: (record) => good.stage(record),
      stageBy: (request) => good.stageBy(request),
      ready: () => good.ready(),
      flush: () => good.flush(),
      close: () => good.close(),
      stats: () => good.stats(),
    };
    return { ...all, ...change(good, target) };
  };
}

/** The good one over a target whose sync is another. */
export function syncing(sync: (target: CommitTarget) => Promise<void>): Make {
  return decorated(
    () => ({}),
    (target) => ({ append: (record) => target.append(record), sync: () => sync(target) }),
  );
}

/** The good one with other options than the caller's. */
export function configured(change: (options: GroupCommitOptions) => GroupCommitOptions): Make {
  return (target, options = {}) => groupCommit(target, change(options));
}

export function ignoringErrors(promise: Promise<unknown>): void {
  promise.catch(() => {}); // a mutant may lose an error: that is what the cases look for
}
