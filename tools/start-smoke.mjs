// Starts the chat application as the README says, fetches its page, and stops it.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as setTimeoutPromise } from "node:timers/promises";

const root = resolve(import.meta.dirname, "..");
const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const dir = mkdtempSync(join(tmpdir(), "seglog-start-"));
const port = await freePort();

// a group of its own, so that everything it starts ends with it
const child = spawn(
  "npx",
  ["-y", packageManager, "start", "--port", String(port), "--dir", join(dir, "log")],
  { cwd: root, detached: true, stdio: ["ignore", "pipe", "inherit"] },
);
const late = setTimeout(() => signalAll("SIGKILL"), 120_000);
try {
  const page = await fetch(await printedUrl());
  const text = await page.text();
  if (page.status !== 200 || !text.includes("<html")) {
    throw new Error(`the page is not one: ${page.status}\n${text.slice(0, 500)}`);
  }
  console.log(`start: ${page.url} answers with a page of ${text.length} characters`);
} finally {
  await stopAll();
  clearTimeout(late);
  rmSync(dir, { recursive: true, force: true });
}

async function printedUrl() {
  for await (const line of createInterface({ input: child.stdout })) {
    console.log(line);
    const [url] = /http:\/\/[^\s"')]+/.exec(line) ?? [];
    if (url !== undefined && new URL(url).port === String(port)) return url;
  }
  throw new Error("it ended without printing the URL of its page");
}

/** Asks everything to end, and ends by force what has not after 10 s. */
async function stopAll() {
  let left = signalAll("SIGTERM");
  for (let waited = 0; left && waited < 10_000; waited += 100) {
    await setTimeoutPromise(100);
    left = signalAll(0);
  }
  if (left) signalAll("SIGKILL");
}

/**
 * @param {NodeJS.Signals | 0} signal  0 only asks
 * @returns {boolean} whether anything was left to receive it
 */
function signalAll(signal) {
  try {
    return process.kill(-(/** @type {number} */ (child.pid)), signal);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "ESRCH") return false;
    throw error;
  }
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  server.close();
  return port;
}
