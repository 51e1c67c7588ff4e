import { checkInteger, checkOneOf, checkOptions, invalidArgument } from "@seglog/errors";
import type { FileHandle, FileSystem } from "@seglog/fs";
import type { Index, IndexEntry, OpenMappedIndexOptions } from "./contract.ts";
import { countEntries } from "./count-entries.ts";
import { INDEX_ENTRY_BYTES } from "./entry-layout.ts";
import { entryReader } from "./entry-reader.ts";
import { MappedIndex } from "./mapped-index.ts";
import { STEP_ENTRIES_MAX } from "./next-capacity.ts";

const DEFAULTS: Readonly<{
  access: "write";
  create: "ifMissing";
  mode: number;
  growEntries: number;
}> = Object.freeze({ access: "write", create: "ifMissing", mode: 0o666, growEntries: 4096 });

const KNOWN: readonly string[] = ["fs", "path", ...Object.keys(DEFAULTS)];

/**
 * Opens an index of every entry in a file of 16 bytes for each, mapped into memory.
 *
 * What the file holds decides what is found, never whether it opens: entries are taken as far as
 * they look like entries (FORMAT.md says how), the rest is written over. Opened for reading, an
 * index of which the disk does not give an entry later has none from then on.
 *
 * @throws ERR_SEGLOG_NOT_FOUND  no file, and it was not to be made
 * @throws ERR_SEGLOG_EXISTS  `create` is `"exclusive"` and the name is taken
 * @throws ERR_SEGLOG_INVALID_ARGUMENT  an unknown option, or one out of bounds
 */
export async function openMappedIndex(options: OpenMappedIndexOptions): Promise<Index> {
  const { fs, path, access, create, mode, growEntries } = withDefaults(options);
  const handle = await fs.open(path, { access, create, mode });
  try {
    const entryAt = entryReader(handle);
    const entryCount = countEntries(await handle.size(), entryAt);
    return await mapEntries(handle, { fs, access, growEntries, entryCount, entryAt });
  } catch (error) {
    // the error tells why there is no index; one of closing would only hide it
    await handle.close().catch(() => undefined);
    throw error;
  }
}

type Settings = Required<OpenMappedIndexOptions>;

function withDefaults(options: OpenMappedIndexOptions): Settings {
  checkOptions("options", options, KNOWN);
  const { fs, path, access = DEFAULTS.access, mode = DEFAULTS.mode } = options;
  const { growEntries = DEFAULTS.growEntries } = options;
  const { create = access === "read" ? "never" : DEFAULTS.create } = options;
  if (typeof fs?.open !== "function") throw invalidArgument("fs", fs, "a FileSystem");
  if (typeof path !== "string" || path === "") throw invalidArgument("path", path, "a path");
  checkOneOf("access", access, ["write", "read"]);
  checkOneOf("create", create, ["ifMissing", "exclusive", "never"]);
  if (access === "read" && create !== "never") {
    throw invalidArgument("create", create, `"never" with access "read"`);
  }
  checkInteger("mode", mode, { min: 0, max: 0o777 });
  checkInteger("growEntries", growEntries, { min: 1, max: STEP_ENTRIES_MAX });
  return { fs, path, access, create, mode, growEntries };
}

async function mapEntries(handle: FileHandle, found: Found): Promise<Index> {
  const { fs, access, growEntries, entryCount, entryAt } = found;
  const length = entryCount * INDEX_ENTRY_BYTES;
  const parts = { fs, handle, access, growEntries, entryCount };
  if (length === 0) {
    // a reader keeps no descriptor that it has no use for: a log may hold thousands of segments
    if (access === "read") await handle.close();
    return new MappedIndex({ ...parts, mapping: undefined, firstOffset: 0, lastPosition: -1 });
  }
  const [firstOffset, lastPosition] = [entryAt(0).offset, entryAt(entryCount - 1).position];
  const mapping = access === "write" ? handle.map(length, { access: "read" }) : undefined;
  return new MappedIndex({ ...parts, mapping, firstOffset, lastPosition });
}

interface Found {
  readonly fs: FileSystem;
  readonly access: "write" | "read";
  readonly growEntries: number;
  readonly entryCount: number;
  readonly entryAt: (n: number) => IndexEntry;
}
