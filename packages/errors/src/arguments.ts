import { SeglogError } from "./seglog-error.ts";

/** Inclusive bounds of an integer argument. `max` defaults to `Number.MAX_SAFE_INTEGER`. */
export interface IntegerBounds {
  readonly min: number;
  readonly max?: number;
}

/** The error for an argument that no call accepts. */
export function invalidArgument(
  name: string,
  value: unknown,
  allowed: string,
): SeglogError<"ERR_SEGLOG_INVALID_ARGUMENT"> {
  return new SeglogError(
    "ERR_SEGLOG_INVALID_ARGUMENT",
    `${name} must be ${allowed}, got ${show(value)}`,
    { name, value, allowed },
  );
}

/** @throws ERR_SEGLOG_INVALID_ARGUMENT unless `value` is a safe integer within `bounds` */
export function checkInteger(
  name: string,
  value: unknown,
  bounds: IntegerBounds,
): asserts value is number {
  const max = bounds.max ?? Number.MAX_SAFE_INTEGER;
  if (Number.isSafeInteger(value) && (value as number) >= bounds.min && (value as number) <= max) {
    return;
  }
  const upTo = bounds.max === undefined ? "" : ` to ${bounds.max}`;
  throw invalidArgument(name, value, `a safe integer from ${bounds.min}${upTo}`);
}

/** @throws ERR_SEGLOG_INVALID_ARGUMENT unless `value` is one of `choices` */
export function checkOneOf<T extends string>(
  name: string,
  value: unknown,
  choices: readonly T[],
): asserts value is T {
  if (!choices.includes(value as T)) {
    throw invalidArgument(name, value, `one of ${choices.map((c) => `"${c}"`).join(", ")}`);
  }
}

/** @throws ERR_SEGLOG_INVALID_ARGUMENT unless `value` is an object whose keys are all in `known` */
export function checkOptions(name: string, value: unknown, known: readonly string[]): void {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalidArgument(name, value, "an object");
  }
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) {
      throw invalidArgument(
        name === "options" ? key : `${name}.${key}`,
        (value as Record<string, unknown>)[key],
        `absent: the known options are ${known.join(", ")}`,
      );
    }
  }
}

/** What each trait of a conformance kit is: a yes or no, or an integer from 1. None is left out. */
export type TraitKinds<Traits extends object> = {
  readonly [Name in keyof Required<Traits>]: "boolean" | "integer";
};

/**
 * What a conformance kit is told about the parts that it tries. Each trait adds cases: one that is
 * misspelt would leave them out in silence.
 *
 * @throws ERR_SEGLOG_INVALID_ARGUMENT unless each trait is in `kinds`, and of its kind
 */
export function checkTraits<Traits extends object>(
  traits: Traits,
  kinds: TraitKinds<Traits>,
): void {
  checkOptions("traits", traits, Object.keys(kinds));
  for (const [trait, value] of Object.entries(traits)) {
    if (value === undefined) continue;
    const name = `traits.${trait}`;
    if (kinds[trait as keyof Traits] === "integer") checkInteger(name, value, { min: 1 });
    else if (typeof value !== "boolean") throw invalidArgument(name, value, "true or false");
  }
}

function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 80));
  if (typeof value === "object" && value !== null) return Object.prototype.toString.call(value);
  if (typeof value === "function") return "a function";
  return String(value);
}
