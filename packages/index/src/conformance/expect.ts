import { type ErrorCode, hasCode } from "@seglog/errors";
import type { Index, IndexEntry, Offset, Position } from "../contract.ts";

/** @throws Error with both values in its text unless they are the same */
export function equal(what: string, actual: unknown, expected: unknown): void {
  if (Object.is(actual, expected)) return;
  throw new Error(`${what} must be ${String(expected)}, is ${String(actual)}`);
}

/** @throws Error with `what` in its text unless `condition` */
export function holds(what: string, condition: boolean): void {
  if (!condition) throw new Error(`does not hold: ${what}`);
}

/** @throws Error unless `act` fails, at once or by rejecting, with `code` */
export async function failsWith(what: string, code: ErrorCode, act: () => unknown): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (hasCode(error, code)) return;
    throw new Error(`${what} must fail with ${code}, failed with ${String(error)}`);
  }
  throw new Error(`${what} must fail with ${code}, but did not`);
}

/** Positions of the records from `firstOffset` on, as they must be found. */
export interface Model {
  readonly firstOffset: Offset;
  readonly positions: readonly Position[];
}

/** Writes all of `model` to an empty index. */
export function writeAll(index: Index, model: Model): void {
  model.positions.forEach((position, n) => {
    index.write(model.firstOffset + n, position);
  });
}

/** @throws Error unless `index` answers every question about `model` as the contract says */
export function answersAs(index: Index, model: Model, exact: boolean): void {
  const { firstOffset, positions } = model;
  const end = firstOffset + positions.length;
  equal("nextOffset", index.nextOffset, positions.length === 0 ? undefined : end);
  positions.forEach((position, n) => {
    const offset = firstOffset + n;
    const found = index.read(offset);
    if (exact || n === 0 || found !== undefined) equal(`read(${offset})`, found, position);
    checkFloor(index, { offset, ...model }, exact ? offset : firstOffset);
  });
  if (end <= Number.MAX_SAFE_INTEGER) equal(`read(${end})`, index.read(end), undefined);
  if (firstOffset > 0) {
    equal(`read(${firstOffset - 1})`, index.read(firstOffset - 1), undefined);
    equal(`floor(${firstOffset - 1})`, index.floor(firstOffset - 1), undefined);
  }
  checkFloorBeyond(index, model, exact);
}

function checkFloorBeyond(index: Index, model: Model, exact: boolean): void {
  const { firstOffset, positions } = model;
  const offset = Number.MAX_SAFE_INTEGER;
  if (positions.length === 0) equal(`floor(${offset})`, index.floor(offset), undefined);
  else
    checkFloor(
      index,
      { offset, ...model },
      exact ? firstOffset + positions.length - 1 : firstOffset,
    );
}

/** The floor of an offset is a written entry at or below it, not below `least`. */
function checkFloor(index: Index, at: Model & { readonly offset: Offset }, least: Offset): void {
  const entry = index.floor(at.offset) as IndexEntry;
  const call = `floor(${at.offset})`;
  holds(`${call} finds an entry`, entry !== undefined);
  holds(`${call}, at ${entry.offset}, is not above it`, entry.offset <= at.offset);
  holds(`${call}, at ${entry.offset}, is not below ${least}`, entry.offset >= least);
  const position = at.positions[entry.offset - at.firstOffset];
  equal(`position of ${call}, at ${entry.offset}`, entry.position, position);
  equal(`read of ${call}`, index.read(entry.offset), entry.position);
}
