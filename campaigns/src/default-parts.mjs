import { memoryIndex, openMappedIndex } from "@seglog/index";
import { openFileStore } from "@seglog/store";

/** The parts that `openLog` takes by default, for those who wrap them. */
export const DEFAULT_PARTS = Object.freeze({
  openStore: openFileStore,
  openIndex: async (/** @type {import("seglog").OpenIndexRequest} */ request) => {
    const { access, fs, path, mode } = request;
    return access === "scratch" ? memoryIndex() : openMappedIndex({ fs, path, access, mode });
  },
});
