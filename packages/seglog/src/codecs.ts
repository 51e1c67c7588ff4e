import { invalidArgument } from "@seglog/errors";
import type { BytesOrString, Codec } from "./contract.ts";

/** A leading U+FEFF is part of the text: what went in comes out. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Values of type `T` as JSON in UTF-8: what comes back is `JSON.parse(JSON.stringify(value))`.
 *
 * JSON loses silently what it has no words for, inside a value and, but for `undefined`, as one:
 * `NaN` and infinities come back as `null`, `-0` as 0, a `Date` as a string, a `Map` or `Set` as
 * `{}`, bytes as an object of numbers, an instance of a class as a plain object. Fields that are
 * `undefined`, a function or a symbol are left out, and are `null` in arrays. Where that matters,
 * check values before, or write a codec of your own.
 *
 * Encoding fails, and nothing is staged, for `undefined`, a function or a symbol as the value
 * (`ERR_SEGLOG_INVALID_ARGUMENT`), and for a `BigInt` or a cycle anywhere (`ERR_SEGLOG_CODEC`).
 */
export function json<T = unknown>(): Codec<T> {
  return {
    encode(value) {
      const text = JSON.stringify(value) as string | undefined;
      if (text === undefined) throw invalidArgument("value", value, "something JSON can express");
      return Buffer.from(text, "utf8");
    },
    decode(bytes) {
      return JSON.parse(decoder.decode(bytes)) as T;
    },
  };
}

/** Strings as UTF-8. A lone surrogate becomes U+FFFD. */
export function text(): Codec<string> {
  return {
    encode(value) {
      if (typeof value !== "string") throw invalidArgument("value", value, "a string");
      return Buffer.from(value, "utf8");
    },
    decode(bytes) {
      return decoder.decode(bytes);
    },
  };
}

/** Bytes as they are; strings are stored as UTF-8 and come back as bytes. The default. */
export function bytes(): Codec<BytesOrString, Uint8Array> {
  return BYTES;
}

/** One for all logs: so the engine sees one codec, and puts it in line. */
const BYTES: Codec<BytesOrString, Uint8Array> = Object.freeze({
  encode(value: BytesOrString) {
    if (value instanceof Uint8Array) return value;
    if (typeof value === "string") return Buffer.from(value, "utf8");
    throw invalidArgument("value", value, "a Uint8Array or a string");
  },
  decode(bytes: Uint8Array) {
    return bytes;
  },
});
