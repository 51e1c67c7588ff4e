import { deepStrictEqual } from "node:assert/strict";
import { type ErrorCode, hasCode } from "@seglog/errors";
import type { FileHandle, FileSystem } from "../contract.ts";
import type { FileSystemFixture } from "./index.ts";

/** A case before it has its file system. */
export interface FixtureCase {
  readonly name: string;
  run(fs: FileSystem, directory: string, fixture: FileSystemFixture): Promise<void>;
}

/** Makes a file of these bytes, open for writing. */
export async function newFile(
  fs: FileSystem,
  path: string,
  bytes: Uint8Array = new Uint8Array(0),
): Promise<FileHandle> {
  const handle = await fs.open(path, { access: "write", create: "exclusive" });
  await handle.write([bytes], 0);
  return handle;
}

/** All bytes of a file, as its handle reads them. */
export async function contentOf(handle: FileHandle): Promise<Uint8Array> {
  const bytes = new Uint8Array(await handle.size());
  expectEqual(handle.read(bytes, 0), bytes.length, "bytes read of the whole file");
  return bytes;
}

/** Bytes that tell where they are: no two ranges of 251 bytes or more are alike by accident. */
export function pattern(length: number, seed: number = 1): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i += 1) bytes[i] = (i * seed + (i >> 8) + seed) % 251;
  return bytes;
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function expectEqual(actual: unknown, expected: unknown, what: string): void {
  try {
    deepStrictEqual(actual, expected);
  } catch (cause) {
    throw new Error(`${what}: ${(cause as Error).message}`, { cause });
  }
}

/** Compares bytes, whatever class holds them. */
export function expectBytes(actual: Uint8Array, expected: Uint8Array, what: string): void {
  expectEqual(actual.length, expected.length, `${what}: length`);
  for (let at = 0; at < expected.length; at += 1) {
    if (actual[at] === expected[at]) continue;
    throw new Error(`${what}: byte ${at} is ${actual[at]}, not ${expected[at]}`);
  }
}

/** Expects that a promise rejects, or a call throws, with one of `codes`. */
export async function expectCode(
  codes: ErrorCode | readonly ErrorCode[],
  call: () => unknown,
  what: string,
): Promise<void> {
  const wanted = typeof codes === "string" ? [codes] : codes;
  const failure = await failureOf(call, what);
  if (wanted.some((code) => hasCode(failure, code))) return;
  throw new Error(`${what}: not ${wanted.join(" or ")} but ${String(failure)}`, { cause: failure });
}

/** Expects that a call throws a `RangeError`. */
export async function expectRangeError(call: () => unknown, what: string): Promise<void> {
  const failure = await failureOf(call, what);
  if (failure instanceof RangeError) return;
  throw new Error(`${what}: not a RangeError but ${String(failure)}`, { cause: failure });
}

async function failureOf(call: () => unknown, what: string): Promise<unknown> {
  try {
    await call();
  } catch (failure) {
    return failure;
  }
  throw new Error(`${what}: was not refused`);
}
