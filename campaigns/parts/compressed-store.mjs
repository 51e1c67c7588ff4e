import { compressedStore } from "@seglog-private/custom-store";

/**
 * A log whose records are compressed, each on its own, in whatever store it has: the decorator of
 * docs/plugging.md.
 *
 * @type {import("../src/session.mjs").Plant}
 */
export default function compressed(options) {
  const { openStore } = options;
  if (openStore === undefined) throw new Error("needs a store to wrap");
  return { ...options, openStore: async (request) => compressedStore(await openStore(request)) };
}
