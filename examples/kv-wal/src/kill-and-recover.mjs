import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { KeyValueStore } from "./key-value-store.mjs";

const WRITER = fileURLToPath(new URL("writer.mjs", import.meta.url));

/**
 * Lets another process change keys, kills it in the midst of it, opens the store, and compares it
 * with what that process had said.
 *
 * @param {string} directory
 * @param {number} changes  acknowledged before the kill, at least
 */
export async function killAndRecover(directory, changes) {
  const writer = spawn(process.execPath, [WRITER, directory], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const gone = once(writer, "exit");
  /** The last acknowledged value of each key. @type {Map<string, number>} */
  const said = new Map();
  let acknowledged = 0;
  for await (const line of createInterface({ input: writer.stdout })) {
    const [key = "", value] = line.split("=");
    said.set(key, Number(value));
    if (++acknowledged === changes) writer.kill("SIGKILL");
  }
  const [, signal] = await gone;
  if (signal !== "SIGKILL") throw new Error(`the writer ended before it was killed`);

  const store = await KeyValueStore.open(directory);
  // values count up: a later one may be there that nobody was told of
  const lost = [...said].filter(([key, value]) => !(Number(store.get(key)) >= value));
  const { size: keys, records } = store;
  await store.close();
  return { acknowledged, lost, keys, records };
}
