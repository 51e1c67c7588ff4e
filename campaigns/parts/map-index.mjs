import { openMapIndex } from "@seglog-private/custom-index";

/**
 * A log whose indexes are maps in memory: the index of docs/plugging.md. Each opening reads all
 * stores once.
 *
 * @type {import("../src/session.mjs").Plant}
 */
export default function mapped(options) {
  return { ...options, openIndex: openMapIndex };
}
