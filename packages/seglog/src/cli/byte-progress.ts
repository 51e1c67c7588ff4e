import type { Progress } from "@seglog/segment";
import cliProgress from "cli-progress";
import type { Output } from "./output.ts";
import { bytesText, durationText } from "./quantities.ts";

export interface ByteProgress {
  readonly show: (progress: Progress) => void;
  /** Removes the bar. */
  readonly stop: () => void;
}

/** A bar with rate and time left on standard error, if that is a terminal; else nothing. */
export function byteProgress(notes: Output, now: () => number = Date.now): ByteProgress {
  if (!notes.isTerminal) return { show: () => {}, stop: () => {} };
  const begun = now();
  const bar = new cliProgress.SingleBar({
    stream: notes.stream,
    clearOnComplete: true,
    hideCursor: true,
    barsize: 30,
    format: "{bar} {percentage}%  {done} of {total_}  {rate}  {left}",
  });
  let isStarted = false;
  return {
    show: (progress) => {
      const { bytesDone, bytesTotal } = progress;
      if (!isStarted) bar.start(bytesTotal, bytesDone, progressTexts(progress, 0));
      isStarted = true;
      bar.update(bytesDone, progressTexts(progress, now() - begun));
    },
    stop: () => {
      if (isStarted) bar.stop();
    },
  };
}

/** What the bar says after so many ms. */
export function progressTexts(
  { bytesDone, bytesTotal }: Pick<Progress, "bytesDone" | "bytesTotal">,
  ms: number,
): {
  readonly done: string;
  readonly total_: string;
  readonly rate: string;
  readonly left: string;
} {
  const perSecond = ms === 0 ? 0 : (bytesDone * 1000) / ms;
  const seconds = (bytesTotal - bytesDone) / perSecond;
  return {
    done: bytesText(bytesDone),
    total_: bytesText(bytesTotal),
    rate: `${bytesText(Math.round(perSecond))}/s`,
    left: Number.isFinite(seconds) ? `${durationText(seconds)} left` : "",
  };
}
