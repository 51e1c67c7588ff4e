// How long a durable write takes while another thread sleeps, and while it computes: whether the
// cores of this machine are worth two. node bench/busy-sync.mjs [DIRECTORY]
import { closeSync, constants, fdatasyncSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isMainThread, Worker, workerData } from "node:worker_threads";

const ROUNDS = 10;
const ROUND_MS = 500;
const WRITE_BYTES = 9728;
const FILE_BYTES = 8 * 2 ** 20;
const SPIN_MS = 5;

const IDLE = 0;
const BUSY = 1;
const DONE = 2;

if (isMainThread) compute();
else writeDurably();

/** Spins in the rounds that ask for it. */
function compute() {
  const shared = new SharedArrayBuffer(4);
  const mode = new Int32Array(shared);
  const path = join(process.argv[2] ?? tmpdir(), `busy-sync-${process.pid}`);
  const worker = new Worker(new URL(import.meta.url), { workerData: { shared, path } });
  worker.on("exit", () => Atomics.store(mode, 0, DONE));
  const turn = () => {
    const now = Atomics.load(mode, 0);
    if (now === DONE) return;
    if (now === IDLE) {
      setTimeout(turn, 10);
      return;
    }
    const end = performance.now() + SPIN_MS;
    while (performance.now() < end);
    setImmediate(turn);
  };
  turn();
}

function writeDurably() {
  const { shared, path } = /** @type {{ shared: SharedArrayBuffer, path: string }} */ (workerData);
  const mode = new Int32Array(shared);
  const file = openSync(path, "wx");
  writeSync(file, new Uint8Array(FILE_BYTES).fill(1), 0, FILE_BYTES, 0);
  fdatasyncSync(file);
  closeSync(file);
  const syncing = openSync(path, constants.O_WRONLY | constants.O_DSYNC);
  const bytes = new Uint8Array(WRITE_BYTES).fill(2);
  /** @type {[number[], number[]]} */
  const took = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    const how = round % 2 === 0 ? IDLE : BUSY;
    Atomics.store(mode, 0, how);
    let writes = 0;
    const from = performance.now();
    for (; performance.now() - from < ROUND_MS; writes++) {
      writeSync(
        syncing,
        bytes,
        0,
        WRITE_BYTES,
        (writes * WRITE_BYTES) % (FILE_BYTES - WRITE_BYTES),
      );
    }
    took[how].push(Math.round((1000 * (performance.now() - from)) / writes));
  }
  closeSync(syncing);
  rmSync(path);
  console.log(`a durable write of ${WRITE_BYTES} B, in µs, round by round`);
  console.log(`the other thread sleeps:   ${took[IDLE].join(" ")}`);
  console.log(`the other thread computes: ${took[BUSY].join(" ")}`);
}
