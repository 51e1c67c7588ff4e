import { KeyValueStore } from "./key-value-store.mjs";

// Changes keys, many at a time, and says so once each is acknowledged; until somebody kills it.
const [directory = ""] = process.argv.slice(2);
const store = await KeyValueStore.open(directory);
const CALLERS = 16;
const KEYS_EACH = 5;

/** @param {number} caller */
async function change(caller) {
  for (let n = 1; ; n++) {
    const key = `key ${caller}.${n % KEYS_EACH}`;
    const before = store.get(key) ?? "0";
    await store.set(key, `${Number(before) + 1}`);
    // a line is given to the pipe in one piece, and outlives the process
    process.stdout.write(`${key}=${store.get(key)}\n`);
  }
}

for (let caller = 0; caller < CALLERS; caller++) void change(caller);
setInterval(() => store.compact(), 50);
