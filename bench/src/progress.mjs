import cliProgress from "cli-progress";

/** @typedef {import("./contract.ts").Workload} Workload */

/**
 * A bar on a terminal; elsewhere a line for each workload.
 *
 * @param {readonly Workload[]} workloads
 */
export function showProgress(workloads) {
  const bar = new cliProgress.SingleBar({
    format: "{bar} {workload} {what}",
    hideCursor: true,
    clearOnComplete: true,
    stream: process.stderr,
  });
  const onTerminal = process.stderr.isTTY === true;
  if (onTerminal) bar.start(workloads.length, 0, { workload: "", what: "" });
  return {
    /** @param {Workload} workload */
    begin: (workload) => {
      if (onTerminal) bar.update({ workload: workload.id, what: "" });
      else console.error(`${workload.id} …`);
    },
    /** @param {{ case: string, contender: string, round: number }} turn */
    turn: ({ case: id, contender, round }) => {
      if (onTerminal) bar.update({ what: `${id}: ${contender}, round ${round}`.padEnd(60) });
    },
    done: () => bar.increment(),
    stop: () => bar.stop(),
  };
}
