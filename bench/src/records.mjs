/** Different first bytes, so that a read of the wrong record shows. */
const KINDS = 26;

/**
 * Text, since one of the peers takes nothing else.
 *
 * @param {number} bytes
 * @returns {Uint8Array[]} record `i` of a load is the `i % 26`th of them
 */
export function makeRecords(bytes) {
  return Array.from({ length: KINDS }, (_, kind) =>
    Buffer.from(String.fromCharCode(97 + kind) + "x".repeat(bytes - 1)),
  );
}

/** Text is what some peers store; a caller who has it does not pay for making it. */
const texts = new WeakMap();

/**
 * @param {Uint8Array} record
 * @returns {string}
 */
export function textOf(record) {
  let text = texts.get(record);
  if (text === undefined) {
    text = Buffer.from(record.buffer, record.byteOffset, record.length).toString("latin1");
    texts.set(record, text);
  }
  return text;
}

/**
 * @param {number} number
 * @returns {number} of that record
 */
export function firstByteOf(number) {
  return 97 + (number % KINDS);
}

/**
 * @param {import("./contract.ts").Seen} seen
 * @param {import("./contract.ts").Seen} expected
 * @throws when a workload did not get what it asked for
 */
export function checkSeen(seen, expected) {
  for (const key of /** @type {const} */ (["records", "bytes", "sum"])) {
    if (seen[key] !== expected[key]) {
      throw new Error(`${key} seen: ${seen[key]}, expected ${expected[key]}`);
    }
  }
}

/**
 * @param {number} count
 * @param {number} recordBytes
 * @returns {import("./contract.ts").Seen} of a scan of so many records
 */
export function seenOfAll(count, recordBytes) {
  let sum = 0;
  for (let number = 0; number < count; number++) sum += firstByteOf(number);
  return { records: count, bytes: count * recordBytes, sum };
}

/**
 * @param {Uint32Array} numbers
 * @param {number} recordBytes
 * @returns {import("./contract.ts").Seen} of reading these records
 */
export function seenOf(numbers, recordBytes) {
  let sum = 0;
  for (const number of numbers) sum += firstByteOf(number);
  return { records: numbers.length, bytes: numbers.length * recordBytes, sum };
}

/**
 * The same numbers each time: a round differs from the next by the machine only.
 *
 * @param {number} count
 * @param {number} below
 * @param {number} [seed]
 */
export function randomNumbers(count, below, seed = 1) {
  const numbers = new Uint32Array(count);
  let state = seed >>> 0;
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    numbers[i] = Math.floor((state / 2 ** 32) * below);
  }
  return numbers;
}
