import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { type SimulatedDisk, simulatedDisk } from "@seglog/fs/sim";
import { type LogEvents, memoryFileSystem, openLog, type Seglog } from "seglog";
import { afterEach, describe, expect, test } from "vitest";

const page = readFileSync(new URL("../../../docs/watching.md", import.meta.url), "utf8");
const CHANNELS: Readonly<Record<keyof LogEvents, true>> = {
  "seglog:append": true,
  "seglog:sync": true,
  "seglog:roll": true,
  "seglog:truncate": true,
  "seglog:recovery": true,
  "seglog:failure": true,
};

/** Rows `[field, unit, meaning]` of the table below a heading, up to the next one. */
function rowsBelow(heading: string): string[][] {
  const text = page.split(/^#+ /m).find((part) => part.startsWith(`${heading}\n`)) ?? "";
  return [...text.matchAll(/^\| `(.+?)` \| (.+?) \| (.+) \|$/gm)].map(([, ...cells]) => cells);
}

/** Names of all values of an object, those of nested ones with dots. */
function fieldsOf(object: object, prefix = ""): string[] {
  return Object.entries(object).flatMap(([name, value]) =>
    typeof value === "object" && value !== null && !(value instanceof Error)
      ? fieldsOf(value, `${prefix}${name}.`)
      : [prefix + name],
  );
}

/** From now on nothing becomes durable. */
function failSyncs(disk: SimulatedDisk): void {
  const at = ({ kind }: { readonly kind: string }) => kind === "sync" || kind === "writeDurably";
  disk.fail({ at, errno: "EIO", effect: "nothing" });
}

let failing: Seglog | undefined;
afterEach(async () => {
  await failing?.close().catch(() => {}); // its loss is what the test is about
  failing = undefined;
});

describe("docs/watching.md", () => {
  test("has every field of stats() in its order, with a unit and a meaning", async () => {
    const log = await openLog("/log", { fs: memoryFileSystem() });
    const rows = rowsBelow("Numbers: `log.stats()`");
    expect(rows.map(([field]) => field)).toEqual(fieldsOf(log.stats()));
    await log.close();
  });

  test("has every channel, and every field of its messages in their order", async () => {
    const told = new Map<string, string[]>();
    const note = (message: unknown, name: string | symbol): void => {
      told.set(String(name), fieldsOf(message as object));
    };
    for (const name of Object.keys(CHANNELS)) subscribe(name, note);
    const disk = simulatedDisk({ seed: 1 });
    failing = await openLog("/log", { fs: disk.fs, indexEntriesMax: 2 });
    await Promise.all([0, 1, 2].map((n) => failing?.append(`record ${n}`)));
    await failing.truncateBefore(1);
    failSyncs(disk);
    await expect(failing.append("lost")).rejects.toMatchObject({ code: "ERR_SEGLOG_POISONED" });
    for (const name of Object.keys(CHANNELS)) unsubscribe(name, note);
    const written = [...page.matchAll(/^### `(seglog:\w+)`$/gm)].map(([, name = ""]) => name);
    expect(written).toEqual(Object.keys(CHANNELS));
    for (const name of written) {
      const fields = rowsBelow(`\`${name}\``).map(([field]) => field);
      expect([name, fields]).toEqual([name, told.get(name)]);
    }
  });
});

describe("util.inspect of a log says in one line", () => {
  test("path, committed range, segments, bytes and that it is open, also inside of others", async () => {
    const log = await openLog("/log", { fs: memoryFileSystem(), indexEntriesMax: 2 });
    await log.appendBatch(["one", "two"]);
    await log.append("three");
    const { storeBytes, indexBytes } = log.stats();
    const line = `Seglog { /log: records [0, 3), 2 segments, ${storeBytes + indexBytes} B, open }`;
    expect(inspect(log)).toBe(line);
    expect(inspect({ log })).toBe(`{ log: ${line} }`);
    await log.truncateBefore(2);
    expect(inspect(log)).toContain("records [2, 3), 1 segment, ");
    await log.close();
  });

  test("what is not committed, and larger sizes with three digits", async () => {
    const log = await openLog("/log", { fs: memoryFileSystem() });
    for (let n = 0; n < 20; n++) log.write(new Uint8Array(1000));
    expect(inspect(log)).toBe(
      "Seglog { /log: records [0, 0), 20 not committed, 1 segment, 20.2 KiB, open }",
    );
    await log.close();
  });

  test("that it is read-only, poisoned or closed", async () => {
    const disk = simulatedDisk({ seed: 1 });
    const log = await openLog("/log", { fs: disk.fs });
    await log.append("kept");
    const reader = await openLog("/log", { fs: disk.fs, readOnly: true });
    expect(inspect(reader)).toMatch(/^Seglog \{ \/log: records \[0, 1\), .* read-only \}$/);
    await reader.close();
    failSyncs(disk);
    await log.append("lost").catch(() => {}); // which is what poisons
    expect(inspect(log)).toMatch(/ 1 not committed, .* poisoned \}$/);
    await log.close().catch(() => {}); // says again what was lost
    expect(inspect(log)).toBe("Seglog { /log: records [0, 1), 1 not committed, closed }");
  });
});
