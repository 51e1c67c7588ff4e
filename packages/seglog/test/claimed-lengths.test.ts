import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { openLog, restoreLog } from "../src/index.ts";
import { temporaryDirectory } from "./temporary.ts";

vi.setConfig({ testTimeout: 60_000 });

const PROBE = join(import.meta.dirname, "fixtures/memory-probe.mjs");
const built = existsSync(join(import.meta.dirname, "../dist/index.js"));
const MIB = 2 ** 20;
const FIRST = "0".repeat(20);
/** What eight claimed bytes stand for: 2^28 - 1, the longest frame that there can be. */
const LONGEST = Buffer.from("00000000" + "8fffffff", "hex");

let place: string;
let sound: string;
let damaged: string;

beforeEach(async () => {
  place = temporaryDirectory();
  sound = join(place, "sound");
  damaged = join(place, "damaged");
  const log = await openLog(sound);
  for (let n = 0; n < 100; n++) await log.append(`record ${n}`);
  cpSync(sound, join(place, "killed"), { recursive: true }); // not said to be closed
  await log.close();
});

function change(name: string, how: (bytes: Buffer) => void): void {
  const path = join(damaged, name);
  const bytes = readFileSync(path);
  how(bytes);
  writeFileSync(path, bytes);
}

function probe(what: "open" | "restore"): { code: string; grownBytes: number } {
  const out = execFileSync(process.execPath, [PROBE, what, sound, damaged], { encoding: "utf8" });
  return JSON.parse(out);
}

describe.skipIf(!built)("a length read from disk is checked before anything is allocated", () => {
  for (const from of ["sound", "killed"]) {
    const damage = (): void => cpSync(join(place, from), damaged, { recursive: true });

    test.each([0, 1, 99])(`a frame of 256 MiB in a small store, ${from}: record %i`, (n) => {
      damage();
      change(`${FIRST}.store`, (bytes) =>
        LONGEST.copy(bytes, 32 + bytes.indexOf(`record ${n}`) - 48),
      );
      const { code, grownBytes } = probe("open");
      expect(code).toBe(n === 99 && from === "killed" ? "right" : "ERR_SEGLOG_CORRUPT");
      expect(grownBytes).toBeLessThan(32 * MIB);
    });

    test(`a frame of 256 MiB in a store as long, ${from}`, () => {
      damage();
      change(`${FIRST}.store`, (bytes) => LONGEST.copy(bytes, 32));
      truncateSync(join(damaged, `${FIRST}.store`), 300 * MIB);
      const { code, grownBytes } = probe("open");
      expect(code).toBe("ERR_SEGLOG_CORRUPT");
      expect(grownBytes).toBeLessThan(100 * MIB);
    });

    test(`a store of a terabyte, ${from}`, () => {
      damage();
      truncateSync(join(damaged, `${FIRST}.store`), 2 ** 40);
      const { code, grownBytes } = probe("open");
      expect(code).toBe("ERR_SEGLOG_CORRUPT");
      expect(grownBytes).toBeLessThan(32 * MIB);
    });

    test(`an index of a terabyte, ${from}`, () => {
      damage();
      truncateSync(join(damaged, `${FIRST}.index`), 2 ** 40);
      const { code, grownBytes } = probe("open");
      expect(code).toBe("right");
      expect(grownBytes).toBeLessThan(32 * MIB);
    });

    test(`an index of the greatest numbers, ${from}`, () => {
      damage();
      change(`${FIRST}.index`, (bytes) => void bytes.fill(0xff));
      expect(probe("open")).toMatchObject({ code: "right" });
    });

    test(`a state of a terabyte, ${from}`, () => {
      damage();
      truncateSync(join(damaged, "seglog.state"), 2 ** 40);
      const { code, grownBytes } = probe("open");
      expect(code).toBe("right");
      expect(grownBytes).toBeLessThan(32 * MIB);
    });
  }
});

/** A snapshot's header that says what it is told to, with a checksum that is right. */
function header(firstOffset: bigint, recordCount: bigint): Buffer {
  const bytes = Buffer.alloc(32);
  bytes.write("SEGSNAP\n");
  bytes.writeUInt16BE(1, 8);
  bytes.writeBigUInt64BE(firstOffset, 12);
  bytes.writeBigUInt64BE(recordCount, 20);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 28)), 28);
  return bytes;
}

function recordHead(length: number): Buffer {
  const head = Buffer.alloc(16);
  head.writeUInt32BE(length, 4);
  return head;
}

/** A stream of `bytes`, and how much of it was asked for. */
function streamOf(
  bytes: Uint8Array,
  then?: Uint8Array,
): { stream: ReadableStream; taken(): number } {
  let taken = 0;
  const stream = new ReadableStream({
    pull(controller) {
      const next = taken === 0 ? bytes : then;
      taken += next?.length ?? 0;
      if (next === undefined) controller.close();
      else controller.enqueue(next);
    },
  });
  return { stream, taken: () => taken };
}

describe("a snapshot", () => {
  test.skipIf(!built).each([
    ["2^53 - 1 records", header(0n, 2n ** 53n - 1n)],
    ["more records than numbers", header(0n, 2n ** 64n - 1n)],
    ["numbers beyond the last", header(2n ** 53n - 1n, 1n)],
    ["a record of 256 MiB", Buffer.concat([header(0n, 1n), recordHead(2 ** 28 - 9)])],
    ["a record of 4 GiB", Buffer.concat([header(0n, 1n), recordHead(2 ** 32 - 1)])],
  ])("that claims %s and ends takes no memory for it, and is refused", async (_, bytes) => {
    const log = await openLog(sound, { readOnly: true });
    const whole: Uint8Array[] = [];
    for await (const chunk of log.reader()) whole.push(chunk);
    await log.close();
    sound = join(place, "snapshot");
    writeFileSync(sound, Buffer.concat(whole));
    writeFileSync(damaged, bytes);
    const { code, grownBytes } = probe("restore");
    expect(code).toMatch(/^ERR_SEGLOG_(BAD_SNAPSHOT|RECORD_TOO_LARGE)$/);
    expect(grownBytes).toBeLessThan(32 * MIB);
  });

  test("with a longer record than is taken is refused before the record is read", async () => {
    const start = Buffer.concat([header(0n, 1n), recordHead(200 * MIB)]);
    const { stream, taken } = streamOf(start, new Uint8Array(MIB));
    await expect(restoreLog(join(place, "restored"), stream)).rejects.toMatchObject({
      code: "ERR_SEGLOG_RECORD_TOO_LARGE",
    });
    expect(taken()).toBeLessThan(4 * MIB);
  });

  test("of any content makes its log, or nothing at all: names are made of numbers only", async () => {
    const names = fc.constantFrom("../evil", "/etc/evil", "..\0", "a/../../b");
    const numbers = fc.oneof(
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      fc.constant(2n ** 53n - 2n),
    );
    await fc.assert(
      fc.asyncProperty(
        numbers,
        fc.boolean(),
        names,
        fc.uint8Array(),
        async (n, fit, name, tail) => {
          const parent = join(place, "parent");
          mkdirSync(parent, { recursive: true });
          const head = fit
            ? header(n, 0n)
            : Buffer.concat([header(n, 1n), Buffer.from(name), tail]);
          const { stream } = streamOf(head);
          const outcome = await restoreLog(join(parent, "log"), stream).then(
            ({ firstOffset }) => firstOffset,
            (error: { code: string }) => error.code,
          );
          const isLog = fit && n < 2n ** 53n;
          expect(outcome).toEqual(isLog ? Number(n) : "ERR_SEGLOG_BAD_SNAPSHOT");
          expect(readdirSync(parent)).toEqual(isLog ? ["log"] : []);
          if (isLog) {
            for (const made of readdirSync(join(parent, "log"))) {
              expect(made).toMatch(/^(\d{20}\.(store|index)|seglog\.(state|lock|progress))$/);
            }
          }
          execFileSync("rm", ["-r", parent]);
        },
      ),
      { numRuns: 25 },
    );
  });
});
