import { describe, expect, test } from "vitest";
import {
  checkInteger,
  checkOneOf,
  checkOptions,
  checkTraits,
  hasCode,
  invalidArgument,
  invariant,
  SeglogError,
} from "../src/index.ts";

describe("SeglogError", () => {
  test("carries code, context and cause, and is an Error", () => {
    const cause = new Error("EIO");
    const context = { path: "/x", operation: "write", errno: "EIO" };
    const error = new SeglogError("ERR_SEGLOG_IO", "write failed", context, { cause });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: "SeglogError", code: "ERR_SEGLOG_IO", context, cause });
    expect(Object.isFrozen(error.context)).toBe(true);
  });

  test("hasCode tells codes apart, whichever copy of the package made the error", () => {
    const foreign = Object.assign(new Error("x"), { code: "ERR_SEGLOG_LOCKED" });
    expect(hasCode(foreign, "ERR_SEGLOG_LOCKED")).toBe(true);
    expect(hasCode(foreign, "ERR_SEGLOG_CLOSED")).toBe(false);
    expect(hasCode({ code: "ERR_SEGLOG_LOCKED" }, "ERR_SEGLOG_LOCKED")).toBe(false);
    expect(hasCode(undefined, "ERR_SEGLOG_LOCKED")).toBe(false);
  });

  test("invariant throws its constant text only when broken", () => {
    expect(() => invariant(true, "never")).not.toThrow();
    expect(() => invariant(false, "size is position")).toThrow(
      expect.objectContaining({ code: "ERR_SEGLOG_INVARIANT", message: "size is position" }),
    );
  });
});

describe("argument checks", () => {
  test("an integer at either bound passes", () => {
    for (const value of [0, 7, Number.MAX_SAFE_INTEGER]) checkInteger("x", value, { min: 0 });
    for (const value of [1, 4]) checkInteger("x", value, { min: 1, max: 4 });
  });

  test.each([-1, 0.5, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY, "1", 1n, null, undefined, {}])(
    "%s is no offset: the error names argument, value and range",
    (value) => {
      expect(() => checkInteger("offset", value, { min: 0 })).toThrow(
        expect.objectContaining({
          code: "ERR_SEGLOG_INVALID_ARGUMENT",
          context: { name: "offset", value, allowed: "a safe integer from 0" },
        }),
      );
    },
  );

  test("a value above its bound is refused, and the bound is named", () => {
    expect(() => checkInteger("x", 5, { min: 1, max: 4 })).toThrow(/from 1 to 4, got 5/);
  });

  test("checkOneOf names the choices", () => {
    checkOneOf("format", "plain", ["plain", "checked"]);
    expect(() => checkOneOf("format", "json", ["plain", "checked"])).toThrow(
      /one of "plain", "checked", got "json"/,
    );
  });

  test("checkOptions refuses what is no object, and names an unknown option with its path", () => {
    checkOptions("options", {}, ["a"]);
    checkOptions("options", { a: 1 }, ["a"]);
    for (const value of [null, 1, "x", [], undefined]) {
      expect(() => checkOptions("options", value, [])).toThrow(/options must be an object/);
    }
    expect(() => checkOptions("options", { b: 1 }, ["a"])).toThrow(
      expect.objectContaining({ context: expect.objectContaining({ name: "b", value: 1 }) }),
    );
    expect(() => checkOptions("retention", { b: 1 }, ["a"])).toThrow(
      /^retention\.b must be absent/,
    );
  });

  test("checkTraits refuses a trait that is unknown, naming those known, or not of its kind", () => {
    interface Traits {
      readonly durable?: boolean | undefined;
      readonly bytesMax?: number;
    }
    const check = (traits: object): void =>
      checkTraits<Traits>(traits, { durable: "boolean", bytesMax: "integer" });
    for (const good of [{}, { durable: false, bytesMax: 1 }, { durable: undefined }]) check(good);
    expect(() => check({ duralbe: true })).toThrow(
      /^traits\.duralbe must be absent: the known options are durable, bytesMax, got true/,
    );
    expect(() => check({ durable: "yes" })).toThrow(/^traits\.durable must be true or false/);
    expect(() => check({ bytesMax: 0 })).toThrow(/^traits\.bytesMax must be a safe integer from 1/);
    expect(() => check(true as never)).toThrow(/^traits must be an object/);
  });

  test("a value of any kind is shown without being run", () => {
    for (const value of [() => 1, Symbol("s"), { toString: 1 }, "x".repeat(1000)]) {
      expect(invalidArgument("x", value, "y").message.length).toBeLessThan(200);
    }
  });
});
