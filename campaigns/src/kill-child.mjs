// Appends for ever with 256 callers, to be killed. Each acknowledgement goes, in one write, to the
// end of a file that outlives the process.
import { openSync, writeSync } from "node:fs";
import { nodeFileSystem } from "@seglog/fs";
import { openLog } from "seglog";
import { DEFAULT_PARTS } from "./default-parts.mjs";
import { loadParts } from "./load-parts.mjs";

const [directory = "", acknowledgements = "", round = "", parts] = process.argv.slice(2);
const tools = { random: () => Math.floor(Math.random() * 2 ** 32) };
const options =
  parts === undefined
    ? { segmentBytesMax: 200_000 }
    : (await loadParts(parts))(
        { segmentBytesMax: 200_000, fs: nodeFileSystem(), ...DEFAULT_PARTS },
        tools,
      );
const file = openSync(acknowledgements, "a");
const log = await openLog(directory, options);
writeSync(file, `open ${log.firstOffset} ${log.nextOffset}\n`);

/** @param {number} caller */
async function appendForEver(caller) {
  for (let count = 0; ; count++) {
    const value = `${round} ${caller} ${count} ${"x".repeat((caller * 37 + count) % 300)}`;
    const offset = await log.append(value);
    writeSync(file, `${offset} ${caller} ${count}\n`);
  }
}
await Promise.all(Array.from({ length: 256 }, (_, caller) => appendForEver(caller)));
