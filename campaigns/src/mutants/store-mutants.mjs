/** @typedef {import("./mutants.mjs").Mutant} Mutant */

const WRITER = "packages/store/src/file-writer.ts";
const FRAMES = "packages/store/src/checked-frames.ts";
const OPEN = "packages/store/src/open-file-store.ts";
const TABLE = "packages/store/src/recovery-table.ts";

/** Bugs in the files of one store. @type {readonly Mutant[]} */
export const STORE_MUTANTS = Object.freeze([
  {
    name: "store-ack-before-sync",
    bug: "the store's sync resolves when the disk's has begun",
    campaign: "crash",
    seed: 3,
    edits: [
      {
        file: WRITER,
        find: "await handle.sync(); this.#durable = end;",
        replace: "handle.sync().catch(() => {}); this.#durable = end;",
      },
    ],
  },
  {
    name: "store-sync-wrong-buffer",
    bug: "a sync counts what was staged after the buffers were swapped as durable, too",
    campaign: "crash",
    edits: [
      {
        file: WRITER,
        find: "if (isOneCall) this.#durable = end;",
        replace: "if (isOneCall) this.#durable = staging.end;",
      },
      {
        file: WRITER,
        find: "await handle.sync(); this.#durable = end;",
        replace: "await handle.sync(); this.#durable = staging.end;",
      },
    ],
  },
  {
    name: "store-ack-before-durable-write",
    bug: "the store's sync resolves when its durable write has begun",
    campaign: "crash",
    edits: [
      {
        file: WRITER,
        find: "isOneCall ? handle.writeDurably(parts, from) :",
        replace:
          "isOneCall ? Promise.resolve(void handle.writeDurably(" +
          "parts.map((p) => p.slice()), from).catch(() => {})) :",
      },
    ],
  },
  {
    name: "store-swallow-durable-write",
    bug: "the error of a durable write is passed over",
    campaign: "fault",
    edits: [
      {
        file: WRITER,
        find: "isOneCall ? handle.writeDurably(parts, from) :",
        replace: "isOneCall ? handle.writeDurably(parts, from).catch(() => {}) :",
      },
    ],
  },
  {
    name: "store-swallow-sync",
    bug: "the error of a sync is passed over",
    campaign: "fault",
    seed: 8,
    edits: [
      {
        file: WRITER,
        find: "await handle.sync(); this.#durable = end;",
        replace: "await handle.sync().catch(() => {}); this.#durable = end;",
      },
    ],
  },
  {
    name: "store-retry-sync",
    bug: "a sync that failed is called again, and believed",
    campaign: "fault",
    seed: 8,
    edits: [
      {
        file: WRITER,
        find: "await handle.sync(); this.#durable = end;",
        replace: "await handle.sync().catch(() => handle.sync()); this.#durable = end;",
      },
    ],
  },
  {
    name: "store-zeros-over-data",
    bug: "records are written while zeros are still on their way to the same place",
    campaign: "interleave",
    edits: [
      {
        file: WRITER,
        find: "if (preallocation.isInTheWay(fileEnd)) await preallocation.makeWay();",
        replace: "",
      },
    ],
  },
  {
    name: "store-generation-stays",
    bug: "the generation does not rise with a sync",
    campaign: "rot",
    edits: [
      {
        file: WRITER,
        find: "this.generation = (this.generation + 1) % GENERATIONS;",
        replace: "",
      },
    ],
  },
  {
    name: "store-generation-reused",
    bug: "a reopened store goes on with the generation of its last frame",
    campaign: "rot",
    edits: [
      {
        file: OPEN,
        find: "generation: (end.generation + 1) % GENERATIONS,",
        replace: "generation: end.generation & 3,",
      },
    ],
  },
  {
    name: "store-checksum-without-salt",
    bug: "a frame's checksum is right in every store",
    campaign: "rot",
    edits: [
      {
        file: FRAMES,
        find: "const low = this.#salt ^ position;",
        replace: "const low = position;",
      },
    ],
  },
  {
    name: "store-read-unchecked",
    bug: "a read compares no checksum",
    campaign: "rot",
    edits: [
      {
        file: "packages/store/src/frame-reader.ts",
        find: "return this.#frames.verify(this.#view, this.#at, position)",
        replace: "return true",
      },
    ],
  },
  {
    name: "store-scan-unchecked",
    bug: "a scan compares no checksum",
    campaign: "rot",
    edits: [
      {
        file: "packages/store/src/frame-reader.ts",
        find: "this.#frames.verifyRun(slab, begin, ends, count)",
        replace: "count > 0",
      },
    ],
  },
  {
    name: "store-keep-orphan-tail",
    bug: "recovery leaves the torn tail in the file, and appends write over it",
    campaign: "crash",
    edits: [
      {
        file: OPEN,
        find: "await handle.truncate(end.mustCut ? STORE_HEADER_BYTES + end.position : await handle.size());",
        replace: "",
      },
    ],
  },
  {
    name: "store-recovery-without-rewrite",
    bug: "recovery only syncs what the process before may have been told was lost",
    campaign: "fault",
    edits: [
      {
        file: OPEN,
        find: "await rewrite(handle, STORE_HEADER_BYTES + end.unsureFrom, to);",
        replace: "",
      },
    ],
  },
  {
    name: "store-recovery-without-sync",
    bug: "recovery gives out as committed what only the memory of the system holds",
    campaign: "fault",
    edits: [{ file: OPEN, find: "await handle.sync(); return end;", replace: "return end;" }],
  },
  {
    name: "store-recovery-ignores-later-frames",
    bug: "recovery takes damage in the middle for a torn tail, and cuts all behind it",
    campaign: "rot",
    edits: [
      {
        file: "packages/store/src/recover.ts",
        find: "? laterFrames({ handle, frames, fileBytes, position, generation })",
        replace: '? "none"',
      },
    ],
  },
  {
    name: "store-keep-unfinished-batch",
    bug: "recovery keeps the beginning of a batch whose end is missing",
    campaign: "crash",
    seed: 3,
    edits: [
      {
        file: TABLE,
        find: 'rest: ["nothing", "zeros"], later: ["none"], batch: ["open"] }, verdict: "cutBatch"',
        replace: 'rest: ["nothing", "zeros"], later: ["none"], batch: ["open"] }, verdict: "keep"',
      },
    ],
  },
  {
    name: "store-keep-torn-batch",
    bug: "recovery cuts a torn batch behind its last good frame, not before its first",
    campaign: "crash",
    edits: [
      {
        file: TABLE,
        find: 'later: ["none", "sameSync"], batch: ["open"] }, verdict: "cutBatch"',
        replace: 'later: ["none", "sameSync"], batch: ["open"] }, verdict: "cut"',
      },
    ],
  },
  {
    name: "store-cut-batch-stays-open",
    bug: "a truncation in the middle of a batch leaves the flag of its last frame",
    campaign: "crash",
    edits: [
      {
        file: "packages/store/src/truncate-file.ts",
        find: "await endBatch(handle, last);",
        replace: "{}",
      },
    ],
  },
  {
    name: "store-truncate-without-sync",
    bug: "a truncated file is not synced",
    campaign: "crash",
    edits: [
      {
        file: "packages/store/src/truncate-file.ts",
        find: "await handle.truncate(fileBytes); await handle.sync();",
        replace: "await handle.truncate(fileBytes);",
      },
    ],
  },
  {
    name: "store-of-any-log",
    bug: "a store opens whichever log it is of",
    campaign: "rot",
    edits: [
      {
        file: "packages/store/src/open-header.ts",
        find: "if (isAnother(options.logId, header.logId)) throw ofAnotherLog(path);",
        replace: "",
      },
    ],
  },
  {
    name: "store-header-without-sync",
    bug: "the header of a new store is not synced",
    campaign: "crash",
    edits: [
      {
        file: "packages/store/src/open-header.ts",
        find: "await handle.write([encodeStoreHeader(header)], 0); await handle.sync();",
        replace: "await handle.write([encodeStoreHeader(header)], 0);",
      },
    ],
  },
]);
