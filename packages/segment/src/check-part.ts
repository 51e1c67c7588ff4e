import { invalidArgument } from "@seglog/errors";
import type { Index } from "@seglog/index";
import type { Store } from "@seglog/store";

const STORE_METHODS: readonly (keyof Store)[] = Object.freeze([
  "append",
  "read",
  "readView",
  "next",
  "scan",
  "refresh",
  "flush",
  "sync",
  "truncate",
  "seal",
  "close",
] as const);

const INDEX_METHODS: readonly (keyof Index)[] = Object.freeze([
  "write",
  "read",
  "floor",
  "truncate",
  "sync",
  "close",
] as const);

/** @throws ERR_SEGLOG_INVALID_ARGUMENT  what `openStore` resolved with lacks a store's method */
export function checkedStore(store: Store): Store {
  checkMethods("openStore", "Store", store, STORE_METHODS);
  return store;
}

/** @throws ERR_SEGLOG_INVALID_ARGUMENT  what `openIndex` resolved with lacks an index's method */
export function checkedIndex(index: Index): Index {
  checkMethods("openIndex", "Index", index, INDEX_METHODS);
  return index;
}

function checkMethods<T extends object>(
  name: string,
  contract: string,
  part: T | null | undefined,
  methods: readonly (keyof T)[],
): void {
  const missing = methods.find((method) => typeof part?.[method] !== "function");
  if (missing === undefined) return;
  const allowed = `a function that resolves with a ${contract}, which has ${String(missing)}()`;
  throw invalidArgument(name, part, allowed);
}
