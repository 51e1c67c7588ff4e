/** @typedef {import("./mutants.mjs").Mutant} Mutant */

const CATALOG = "packages/segment/src/directory-catalog.ts";
const STATE = "packages/segment/src/state-file.ts";
const FINDER = "packages/segment/src/record-finder.ts";
const COMMITTER = "packages/log/src/committer.ts";
const TRUNCATOR = "packages/log/src/truncator.ts";
const LOG = "packages/log/src/segmented-log.ts";
const CYCLE = "packages/groupcommit/src/sync-cycle.ts";

/** Bugs in segments, log, group commit and their composition. @type {readonly Mutant[]} */
export const LOG_MUTANTS = Object.freeze([
  {
    name: "segment-name-without-sync",
    bug: "a new segment's name is not made durable",
    campaign: "crash",
    edits: [
      {
        file: CATALOG,
        find: "await this.#options.fs.syncDirectory(this.path); return segment;",
        replace: "return segment;",
      },
      {
        file: "packages/store/src/open-header.ts",
        find: "await options.fs.syncDirectory(dirname(options.path));",
        replace: "",
      },
    ],
  },
  {
    name: "segment-removal-without-sync",
    bug: "the removal of segments is not made durable",
    campaign: "crash",
    edits: [
      {
        file: CATALOG,
        find: "if (baseOffsets.length > 0) await this.#options.fs.syncDirectory(this.path);",
        replace: "",
      },
    ],
  },
  {
    name: "segment-lock-not-taken",
    bug: "a writer opens the directory without its lock",
    campaign: "crash",
    edits: [
      {
        file: CATALOG,
        find: "await fs.lock(",
        replace: "await (async () => ({ release: async () => {} }))(",
      },
    ],
  },
  {
    name: "segment-drop-batch-flag",
    bug: "the frames of a batch do not say that it goes on",
    campaign: "crash",
    edits: [
      {
        file: "packages/segment/src/indexed-segment.ts",
        find: "batchContinues ? this.#inBatch : this.#alone",
        replace: "this.#alone",
      },
    ],
  },
  {
    name: "segment-trust-index-entry",
    bug: "the record that an index entry leads to is taken for the one asked for",
    campaign: "rot",
    edits: [
      {
        file: FINDER,
        find: "if (!isNumbered(bytes, offset, at)) return undefined;",
        replace: "",
      },
    ],
  },
  {
    name: "state-over-newest-slot",
    bug: "the state is written over the newest slot, not over the older one",
    campaign: "fault",
    edits: [
      {
        file: STATE,
        find: "STATE_SLOT_POSITIONS[slot.sequence % 2]",
        replace: "STATE_SLOT_POSITIONS[1]",
      },
    ],
  },
  {
    name: "state-without-sync",
    bug: "a saved state is not synced",
    campaign: "crash",
    edits: [
      {
        file: STATE,
        find: "await handle.write([encodeStateSlot(slot, crc32)], position); await handle.sync();",
        replace: "await handle.write([encodeStateSlot(slot, crc32)], position);",
      },
    ],
  },
  {
    name: "log-ack-before-sync",
    bug: "records count as committed before the sync that covers them",
    campaign: "crash",
    edits: [
      {
        file: COMMITTER,
        find: "await segment.sync();",
        replace: "this.#advance(covered, true); await segment.sync();",
      },
    ],
  },
  {
    name: "log-commit-too-much",
    bug: "what was appended while a sync ran counts as covered by it",
    campaign: "crash",
    edits: [
      {
        file: COMMITTER,
        find: 'this.#advance(covered, how === "sync");',
        replace: 'this.#advance(segment.nextOffset, how === "sync");',
      },
    ],
  },
  {
    name: "log-roll-before-sync",
    bug: "a new segment begins while the old one is not durable",
    campaign: "crash",
    edits: [
      {
        file: "packages/log/src/log-writer.ts",
        find: 'await committer.commit("sync");',
        replace: 'await committer.commit("flush");',
      },
    ],
  },
  {
    name: "log-mark-closed-poisoned",
    bug: "a poisoned log is marked as closed cleanly",
    campaign: "fault",
    edits: [
      {
        file: LOG,
        find: "if (this.#failure.isSound) await this.#markClosed(nextOffset);",
        replace: "await this.#markClosed(nextOffset);",
      },
    ],
  },
  {
    name: "log-close-hides-loss",
    bug: "close resolves though records were lost",
    campaign: "fault",
    edits: [{ file: LOG, find: "this.#mayLose()", replace: "false" }],
  },
  {
    name: "log-truncate-unannounced",
    bug: "truncateAfter begins to cut before the cut is written down",
    campaign: "crash",
    seed: 2,
    edits: [
      {
        file: TRUNCATOR,
        find: "await catalog.saveState(this.#state({ truncatingTo: nextOffset }));",
        replace: "",
      },
    ],
  },
  {
    name: "log-truncate-never-forgotten",
    bug: "a cut that was carried out stays written down",
    campaign: "crash",
    edits: [
      {
        file: TRUNCATOR,
        find: "await this.#forgetCut(); writer.resume();",
        replace: "writer.resume();",
      },
    ],
  },
  {
    name: "log-remove-before-state",
    bug: "segments are removed before the new first offset is written down",
    campaign: "crash",
    seed: 1,
    edits: [
      {
        file: TRUNCATOR,
        find: "await this.#saveTwice({ firstOffset: offset });",
        replace: "",
      },
      {
        file: TRUNCATOR,
        find: "if (await writer.rollBehind(offset)) await this.#removeBefore(offset);",
        replace:
          "await this.#saveTwice({ firstOffset: offset }); if (await writer.rollBehind(offset)) await this.#removeBefore(offset);",
      },
    ],
  },
  {
    name: "log-time-falls",
    bug: "a record's time follows a clock that was set back",
    campaign: "crash",
    seed: 3,
    edits: [
      {
        file: "packages/log/src/record-clock.ts",
        find: "if (now > this.#last) this.#last = now;",
        replace: "this.#last = now;",
      },
    ],
  },
  {
    name: "log-reads-uncommitted",
    bug: "readers see records that a crash may take back",
    campaign: "interleave",
    edits: [
      {
        file: "packages/log/src/log-reader.ts",
        find: "return this.#log.committer.committedOffset;",
        replace: "return this.#log.writer.nextOffset;",
      },
    ],
  },
  {
    name: "groupcommit-ack-before-sync",
    bug: "appends resolve when their sync begins",
    campaign: "crash",
    edits: [
      {
        file: CYCLE,
        find: "await this.#target.sync();",
        replace: "this.#target.sync().catch(() => {});",
      },
    ],
  },
  {
    name: "groupcommit-swallow-failed-sync",
    bug: "appends whose sync failed resolve",
    campaign: "fault",
    edits: [
      {
        file: CYCLE,
        find: "await this.#target.sync();",
        replace: "await this.#target.sync().catch(() => {});",
      },
    ],
  },
  {
    name: "groupcommit-join-running-sync",
    bug: "an append resolves with the sync that was running when it was staged",
    campaign: "crash",
    edits: [
      {
        file: CYCLE,
        find: "const promise = this.#filling.wait(value);",
        replace: "const promise = (this.#syncing ?? this.#filling).wait(value);",
      },
    ],
  },
  {
    name: "seglog-ack-staged",
    bug: "appends are acknowledged when they are staged in memory",
    campaign: "kill",
    edits: [
      {
        file: "packages/seglog/src/open-log.ts",
        find: '(durability === "commit" ? log.sync() : log.flush())',
        replace: "Promise.resolve()",
      },
    ],
  },
]);
