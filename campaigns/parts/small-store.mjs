import { dirname } from "node:path/posix";
import { crc32, memoryStore } from "@seglog/store";
import { SeglogError } from "seglog";

/** @typedef {import("@seglog/store").Store} Store */
/** @typedef {import("seglog").OpenStoreRequest} OpenStoreRequest */

/**
 * A log whose segments are small files, each replaced whole by a sync: the store of
 * docs/plugging.md.
 *
 * @type {import("../src/session.mjs").Plant}
 */
export default function small(options) {
  return { ...options, openStore: openSmallStore };
}

/** @param {OpenStoreRequest} request @returns {Promise<Store>} */
async function openSmallStore(request) {
  const { path, access = "write", end = "crashed", recordBytesMax = 2 ** 26 } = request;
  const records = memoryStore({ recordBytesMax });
  for (const line of await readLines(request)) records.append(Buffer.from(line, "base64"));
  if (access === "read" || end === "sealed") await records.seal();
  let wholeSize = records.size; // where the last whole batch ends
  let savedSize = records.size;
  let saving = Promise.resolve();
  /** @type {Promise<void> | undefined} */
  let closing;
  /** @type {unknown} */
  let failure;
  const refusePoisoned = () => {
    if (failure === undefined || closing !== undefined) return;
    throw new SeglogError("ERR_SEGLOG_POISONED", `${path} failed`, { path }, { cause: failure });
  };
  const replace = async () => {
    await records.sync(); // rejects once it is closed
    refusePoisoned();
    if (wholeSize === savedSize) return;
    const size = wholeSize;
    try {
      await writeLines(request, linesOf(records, size));
      savedSize = size;
    } catch (error) {
      failure = error;
      throw error;
    }
  };
  const save = () => {
    saving = saving.then(replace, replace);
    return saving;
  };
  return {
    get size() {
      return records.size;
    },
    get stagedBytes() {
      return Math.max(0, records.size - savedSize);
    },
    tornBytes: 0,
    append(record, options) {
      refusePoisoned();
      const position = records.append(record, options);
      if (options?.batchContinues !== true) wholeSize = records.size;
      return position;
    },
    read: (position) => records.read(position),
    readView: (position) => records.readView(position),
    next: (position) => records.next(position),
    scan: (from, limits) => records.scan(from, limits),
    async refresh() {}, // who follows opens the file anew
    flush: save,
    sync: save,
    async truncate(size) {
      refusePoisoned();
      await records.truncate(size);
      wholeSize = size;
      await save();
    },
    seal: () => records.seal().then(save),
    async close() {
      const last = failure === undefined ? save : async () => {};
      closing ??= last().finally(() => records.close());
      return closing;
    },
  };
}

/** @param {Store} records @param {number} size */
function linesOf(records, size) {
  const lines = [];
  for (let position = 0; position < size; position = records.next(position)) {
    lines.push(Buffer.from(records.readView(position)).toString("base64"));
  }
  return lines;
}

/** The file: a checksum, then a line for each record. Empty when it is new. @param {OpenStoreRequest} request */
async function readLines({ fs, path, access = "write", ...how }) {
  const create = how.create ?? (access === "read" ? "never" : "ifMissing");
  const file = await fs.open(path, { access, create });
  /** @type {Buffer} */
  let bytes;
  try {
    bytes = Buffer.alloc(await file.size());
    file.read(bytes, 0);
  } finally {
    await file.close();
  }
  const [sum = "", ...lines] = bytes.toString("latin1").split("\n").slice(0, -1);
  if (bytes.length === 0 || sum === sumOf(lines)) return lines;
  throw new SeglogError("ERR_SEGLOG_CORRUPT", `${path} is damaged`, { path });
}

/**
 * A crash leaves the old file or the new one, because the new one is durable before its name.
 *
 * @param {OpenStoreRequest} request
 * @param {string[]} lines
 */
async function writeLines({ fs, path }, lines) {
  const file = await fs.open(`${path}.new`, { access: "write", create: "ifMissing" });
  try {
    await file.truncate(0);
    await file.write([Buffer.from([sumOf(lines), ...lines, ""].join("\n"))], 0);
    await file.sync();
  } finally {
    await file.close();
  }
  await fs.rename(`${path}.new`, path);
  await fs.syncDirectory(dirname(path));
}

/** @param {string[]} lines */
function sumOf(lines) {
  const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""));
  return crc32(bytes, 0, bytes.length, 0).toString(16);
}
