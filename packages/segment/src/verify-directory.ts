import type { FileSystem } from "@seglog/fs";
import type { DirectoryFinding } from "./directory-finding.ts";
import { inspectDirectory } from "./inspect-directory.ts";
import { inspectState } from "./inspect-state.ts";
import type { JudgedSegment } from "./judge-segment.ts";
import { refuseNoLog } from "./refuse-no-log.ts";
import { STATE_FILE_NAME } from "./state-file.ts";
import { toldProgress } from "./told-progress.ts";
import type { Verification, VerifyDirectoryOptions } from "./verify-contract.ts";

/**
 * Reads everything that a log's directory holds, and says what is wrong with it. Takes no lock and
 * changes nothing; a writer may be at work. Memory is bounded, whatever the files claim.
 *
 * @throws ERR_SEGLOG_NOT_FOUND  there is no directory, or no log in it
 * @throws ERR_SEGLOG_IO  the directory cannot be listed; never for damage
 */
export async function verifyDirectory(options: VerifyDirectoryOptions): Promise<Verification> {
  const { fs, directory, signal } = options;
  const told = toldProgress(options);
  const turn: typeof told.turn = (progress) => {
    signal?.throwIfAborted();
    told.turn(progress);
  };
  signal?.throwIfAborted();
  await refuseNoLog(fs, directory);
  let finding: DirectoryFinding;
  for (let tries = 1; ; tries++) {
    const before = await standing(fs, directory);
    finding = await inspectDirectory({ ...options, live: true, turn });
    const isSure = isClean(finding) || before === (await standing(fs, directory));
    // a roll or a truncation in the meantime looks like damage
    if (isSure || tries === TRIES_MAX) break;
  }
  told.finish(directory);
  const { segments, unfinished, files, firstOffset, nextOffset, damages } = finding;
  return {
    path: directory,
    firstOffset,
    nextOffset,
    segments: segments.length + (unfinished === undefined ? 0 : 1),
    records: recordsOf(segments),
    recordsUnchecked: recordsOf(segments.filter(({ scan }) => scan.header.frameFormat === "plain")),
    bytes: files.bytes,
    clean: isClean(finding),
    damages,
  };
}

function recordsOf(segments: readonly JudgedSegment[]): number {
  return segments.reduce((sum, { records }) => sum + records, 0);
}

function isClean({ damages }: DirectoryFinding): boolean {
  return damages.every(({ harmless }) => harmless);
}

/** What changes whenever a writer opens, rolls, truncates or closes. */
async function standing(fs: FileSystem, directory: string): Promise<string> {
  const names = await fs.list(directory);
  const state = await inspectState(fs, `${directory}/${STATE_FILE_NAME}`).catch(() => undefined);
  return JSON.stringify([names, state]);
}

/** A writer that rolls all the time must not keep a verification from its end. */
const TRIES_MAX = 3;
