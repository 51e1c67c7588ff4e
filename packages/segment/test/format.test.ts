import { readFile } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { memoryFileSystem } from "@seglog/fs";
import {
  baseOffsetOf,
  indexName,
  LOCK_FILE_NAME,
  PROGRESS_FILE_NAME,
  RECORD_HEAD_BYTES,
  STATE_FILE_NAME,
  storeName,
  TIME_LIMIT,
} from "@seglog/segment";
import { copyStore } from "@seglog/store";
import { describe, expect, it } from "vitest";
import {
  CURSOR_FILE_BYTES,
  CURSOR_SLOT_BYTES,
  CURSOR_SLOT_POSITIONS,
  decodeCursorSlot,
} from "../src/cursor-codec.ts";
import { cursorNameOf } from "../src/cursor-file.ts";
import { lostFrames } from "../src/lost-record.ts";
import {
  decodeProgress,
  encodeProgress,
  PROGRESS_FILE_BYTES,
  PROGRESS_SLOT_POSITIONS,
} from "../src/progress-codec.ts";
import { ProgressFile } from "../src/progress-file.ts";
import { NUMBER_LIMIT } from "../src/record-head.ts";
import { STATE_FILE_BYTES, STATE_SLOT_BYTES, STATE_SLOT_POSITIONS } from "../src/state-codec.ts";
import { getFile } from "./files.ts";
import { memoryPlace, openCatalog } from "./places.ts";

const format = await readFile(new URL("../FORMAT.md", import.meta.url), "utf8");
const [recordDump, lostDump, stateDump] = hexdumps(format);

const PROGRESS = { firstOffset: 5, committedOffset: 2 ** 33 + 7, cutCount: 40, cuts: [] };
const LOG_ID = 0xdeadbeef;
const PROGRESS_IDS = { bootId: 2 ** 47 + 1, session: 3, sequence: 99 };

describe("FORMAT.md agrees with the code", () => {
  it("in the bytes of two records", async () => {
    const { fs, directory } = await memoryPlace();
    const catalog = await openCatalog({ fs, directory }, { frameFormat: "plain" });
    const segment = await catalog.create(196_866);
    segment.append(new TextEncoder().encode("hello"), 1_700_000_000_000, false);
    segment.append(new Uint8Array(0), 1_700_000_000_001, false);
    await segment.close();
    const file = await getFile(fs, `${directory}/${storeName(196_866)}`);
    expect(file.slice(32)).toEqual(recordDump);
    await catalog.close();
  });

  it("in the bytes of two lost records", async () => {
    const { fs } = await memoryPlace();
    const span = { from: 0, to: 32, offset: 196_866, count: 2, before: -1, after: -1 };
    const header = { frameFormat: "plain", salt: 0, baseOffset: 196_866, logId: 0 } as const;
    const spans = [{ ...span, frames: lostFrames(span) }];
    await copyStore({ fs, to: "/lost", header, spans, end: 32 });
    expect((await getFile(fs, "/lost")).slice(32)).toEqual(lostDump);
  });

  it("in the state file of three saves", async () => {
    const { fs, directory } = await memoryPlace();
    const catalog = await openCatalog({ fs, directory }, { random: () => 0x10c01ded });
    const state = { firstOffset: 1000, closedAt: 1500, truncatingTo: undefined };
    for (const lastTime of [1, 2, 1_700_000_000_000]) {
      await catalog.saveState({ ...state, lastTime });
    }
    const file = await getFile(fs, `${directory}/${STATE_FILE_NAME}`);
    expect(file.slice(4096, 4096 + STATE_SLOT_BYTES)).toEqual(stateDump);
    const outside = [...file.slice(STATE_SLOT_BYTES, 4096), ...file.slice(4096 + STATE_SLOT_BYTES)];
    expect(outside.every((byte) => byte === 0)).toBe(true);
    await catalog.close();
  });

  it("in the lengths and places of the state file and its slots", () => {
    expect(format).toContain(
      `${STATE_FILE_BYTES} bytes: two slots of ${STATE_SLOT_BYTES} bytes, ` +
        `at ${STATE_SLOT_POSITIONS[0]} and at ${STATE_SLOT_POSITIONS[1]}`,
    );
  });

  it("in fields that follow each other without a gap", () => {
    const [head, slot, progress, cursor] = tables(format);
    // the checksum comes behind the cuts, where there are any
    expect(progress?.end).toBe(encodeProgress(PROGRESS, PROGRESS_IDS, LOG_ID).length * 8);
    expect(cursor?.end).toBe(CURSOR_SLOT_BYTES);
    expect(head).toEqual({ end: RECORD_HEAD_BYTES, names: ["number", "time"] });
    expect(slot?.end).toBe(STATE_SLOT_BYTES);
    expect(slot?.names).toEqual([
      "magic",
      "version",
      "flags",
      "log",
      "sequence",
      "firstOffset",
      "closedAt",
      "truncatingTo",
      "lastTime",
      "reserved",
      "checksum",
    ]);
  });

  it("in the range of numbers and times", () => {
    expect(format).toContain(`modulo ${NUMBER_LIMIT}`);
    expect(TIME_LIMIT).toBe(2 ** 48);
  });

  it("in the names of files", () => {
    const names = [...format.matchAll(/^\| `([^`]+)` \|/gm)].map((row) => row[1]);
    expect(names).toEqual([
      storeName(42),
      indexName(42),
      STATE_FILE_NAME,
      LOCK_FILE_NAME,
      PROGRESS_FILE_NAME,
      "mailer.cursor",
    ]);
    expect(cursorNameOf("mailer.cursor")).toBe("mailer");
  });

  it("in the progress file and its checksum: a slot with one bit changed is none", () => {
    expect(format).toContain(
      `${PROGRESS_FILE_BYTES} bytes: two slots, at ${PROGRESS_SLOT_POSITIONS[0]} and at ` +
        `${PROGRESS_SLOT_POSITIONS[1]}`,
    );
    const cuts = Array.from({ length: 16 }, (_, n) => ({ number: n + 1, nextOffset: 2 ** 40 + n }));
    for (const progress of [PROGRESS, { ...PROGRESS, cuts }]) {
      const words = encodeProgress(progress, PROGRESS_IDS, LOG_ID);
      const bytes = new Uint8Array(words.length * 8);
      const view = new DataView(bytes.buffer);
      words.forEach((word, n) => {
        view.setBigUint64(n * 8, BigInt(word));
      });
      expect(decodeProgress(bytes, 0, LOG_ID)).toEqual({ ...progress, ...PROGRESS_IDS });
      expect(decodeProgress(bytes, 0, LOG_ID + 1), "of another log").toBeUndefined();
      expect(bytes.length).toBeLessThanOrEqual(512);
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
        const found = decodeProgress(Buffer.concat([bytes, new Uint8Array(512)]), 0, LOG_ID);
        expect([bit, found]).toEqual([bit, undefined]);
        bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
      }
    }
  });

  it("in a progress file that says nothing to a reader who hears late which log it is of", async () => {
    const fs = memoryFileSystem();
    await fs.makeDirectory("/log", { mode: 0o777 });
    const place = { fs, directory: "/log", mode: 0o666 };
    const writer = await ProgressFile.openForWriting({ ...place, logId: () => 0 });
    for (let n = 0; n < 3; n++) writer?.write(PROGRESS);
    let logId = 0;
    const reader = await ProgressFile.openForReading({ ...place, logId: () => logId });
    logId = LOG_ID;
    expect(reader?.read()).toBeUndefined();
    await Promise.all([reader?.close(), writer?.close()]);
  });

  it("in the slots of a cursor's file", async () => {
    expect(format).toContain(
      `${CURSOR_FILE_BYTES} bytes: two slots of ${CURSOR_SLOT_BYTES} bytes, ` +
        `at ${CURSOR_SLOT_POSITIONS[0]} and at ${CURSOR_SLOT_POSITIONS[1]}`,
    );
    const { fs, directory } = await memoryPlace();
    const catalog = await openCatalog({ fs, directory });
    for (const offset of [7, 8, 9]) await catalog.saveCursor("a", offset);
    const file = await getFile(fs, `${directory}/a.cursor`);
    const slots = CURSOR_SLOT_POSITIONS.map((at) =>
      decodeCursorSlot(file.subarray(at, at + CURSOR_SLOT_BYTES), crc32),
    );
    // saves 1 and 2 made the file; 3 and 4 followed
    expect(slots.map((slot) => [slot?.sequence, slot?.offset])).toEqual([
      [4, 9],
      [3, 8],
    ]);
    await catalog.close();
  });
});

it("a base offset is read back from the name of its store, and from no other", () => {
  for (const baseOffset of [0, 42, 2 ** 32, Number.MAX_SAFE_INTEGER]) {
    expect(baseOffsetOf(storeName(baseOffset))).toBe(baseOffset);
    expect(baseOffsetOf(indexName(baseOffset))).toBeUndefined();
  }
});

/** The bytes of each fenced block of lines that begin with an address. */
function hexdumps(text: string): Uint8Array[] {
  const blocks = [...text.matchAll(/^```\n((?:[0-9a-f]{8} .*\n)+)```$/gm)];
  return blocks.map(([, block]) => {
    const lines = [...(block as string).matchAll(/^[0-9a-f]{8} ((?: {1,2}[0-9a-f]{2})+) {3}/gm)];
    const bytes = lines.flatMap((line) => (line[1] as string).trim().split(/ +/));
    return Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 16));
  });
}

/** The field tables: the names of the fields, each of which begins where the last has ended. */
function tables(text: string): { end: number; names: string[] }[] {
  const found = [...text.matchAll(/^\| field .*\n\|[-|]+\n((?:\|.*\n)+)/gm)];
  return found.map(([, rows]) => {
    const names: string[] = [];
    let end = 0;
    for (const row of (rows as string).trim().split("\n")) {
      const [, name, at, bytes] = row.split("|").map((cell) => cell.trim());
      expect([name, Number(at)]).toEqual([name, end]);
      names.push(name as string);
      end += Number(bytes);
    }
    return { end, names };
  });
}
