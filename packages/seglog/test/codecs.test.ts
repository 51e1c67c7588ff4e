import { memoryFileSystem } from "@seglog/fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { bytes, json, openLog, text } from "../src/index.ts";
import { collect } from "./temporary.ts";

interface Message {
  readonly user: string;
  readonly text: string;
}

test("json: values come back as they went in", async () => {
  const log = await openLog("/log", { fs: memoryFileSystem(), codec: json<Message>() });
  await log.append({ user: "ada", text: "grüße 👋" });
  await log.appendBatch([
    { user: "bob", text: "" },
    { user: "eve", text: "\u0000" },
  ]);
  const message: Message = log.read(0).value;
  expect(message).toEqual({ user: "ada", text: "grüße 👋" });
  const users = (await collect(log.records())).map((record) => record.value.user);
  expect(users).toEqual(["ada", "bob", "eve"]);
  await log.close();
});

test("json: any JSON value survives", () => {
  const codec = json();
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(codec.decode(codec.encode(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test("json: what JSON has no words for comes back as the docstring says", () => {
  const codec = json<unknown>();
  const back = (value: unknown): unknown => codec.decode(codec.encode(value));
  for (const value of [Number.NaN, Infinity, -Infinity]) {
    expect([back(value), back({ value }), back([value])]).toEqual([null, { value: null }, [null]]);
  }
  expect(Object.is(back(-0), 0)).toBe(true);
  expect(back(new Date(0))).toBe("1970-01-01T00:00:00.000Z");
  expect([back(new Map([[1, 2]])), back(new Set([1]))]).toEqual([{}, {}]);
  expect(back(Uint8Array.of(7, 8))).toEqual({ 0: 7, 1: 8 });
  class Point {
    readonly x = 1;
  }
  expect(Object.getPrototypeOf(back(new Point()))).toBe(Object.prototype);
  for (const value of [undefined, () => 1, Symbol("s")]) {
    expect(Object.keys(back({ value, kept: 1 }) as object)).toEqual(["kept"]);
    expect(back([value])).toEqual([null]);
  }
});

test("text: any well-formed string survives, the empty one too", () => {
  const codec = text();
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (value) => {
      expect(codec.decode(codec.encode(value))).toBe(value);
    }),
  );
  for (const value of ["", "\uFEFFhello", "\uFEFF", "\u0000", "👋"]) {
    expect(codec.decode(codec.encode(value))).toBe(value);
  }
});

test("bytes: strings are stored as UTF-8, bytes as they are", () => {
  const codec = bytes();
  expect([...codec.encode("é")]).toEqual([0xc3, 0xa9]);
  const given = new Uint8Array([1, 2]);
  expect(codec.encode(given)).toBe(given);
});

test("what a codec cannot encode is refused with a code, and nothing is staged", async () => {
  const fs = memoryFileSystem();
  const log = await openLog("/log", { fs, codec: json<unknown>() });
  const circular: Record<string, unknown> = {};
  circular["self"] = circular;
  await expect(log.append(circular)).rejects.toMatchObject({
    code: "ERR_SEGLOG_CODEC",
    context: { operation: "encode" },
    cause: expect.any(TypeError),
  });
  await expect(log.append({ amount: 1n })).rejects.toMatchObject({ code: "ERR_SEGLOG_CODEC" });
  const invalid = { code: "ERR_SEGLOG_INVALID_ARGUMENT" };
  await expect(log.append(undefined)).rejects.toMatchObject(invalid);
  await expect(log.append(Symbol("s"))).rejects.toMatchObject(invalid);
  expect(() => log.write(() => 1)).toThrow(expect.objectContaining(invalid));
  await expect(log.appendBatch([1, undefined])).rejects.toMatchObject(invalid);
  expect(log.nextOffset).toBe(0);
  await log.close();
});

test("a record that its codec cannot decode names its offset; the others are read", async () => {
  const fs = memoryFileSystem();
  const raw = await openLog("/log", { fs });
  await raw.appendBatch(["1", "{", "3"]);
  await raw.close();
  const log = await openLog("/log", { fs, codec: json<number>() });
  expect(() => log.read(1)).toThrow(
    expect.objectContaining({
      code: "ERR_SEGLOG_CODEC",
      context: { operation: "decode", offset: 1 },
    }),
  );
  expect([log.read(0).value, log.read(2).value]).toEqual([1, 3]);
  const seen: number[] = [];
  const reading = async (): Promise<void> => {
    for await (const { value } of log.records()) seen.push(value);
  };
  await expect(reading()).rejects.toMatchObject({ code: "ERR_SEGLOG_CODEC" });
  expect(seen, "what comes before it is delivered").toEqual([1]);
  await log.close();
});

test("any { encode, decode } is a codec", async () => {
  const codec = {
    encode: (value: number): Uint8Array => Uint8Array.of(value),
    decode: (stored: Uint8Array): number => stored[0] ?? -1,
  };
  const log = await openLog("/log", { fs: memoryFileSystem(), codec });
  await log.append(7);
  expect(log.read(0).value).toBe(7);
  await log.close();
});
