import { chatApp } from "./app.mjs";
import { importOnFirstStart } from "./first-start.mjs";
import { openHistory } from "./history.mjs";
import { listen } from "./listen.mjs";
import { openChatLog } from "./log.mjs";
import { parseOptions } from "./options.mjs";
import { settableClock } from "./settable-clock.mjs";

const options = parseOptions(process.argv);
const clock = settableClock();
const log = await openChatLog(options.dir, { clock: clock.now }).catch(refuse);
const history = await openHistory(log);
if (options.importFile !== undefined) {
  await importOnFirstStart(history, options.importFile, clock).catch(refuse);
}

const closing = new AbortController();
const server = await listen(chatApp(history, { closing: closing.signal }), {
  host: options.host,
  port: options.port,
  exactly: options.portGiven,
}).catch(refuse);
console.log(`history  ${options.dir} (${log.committedOffset} messages)`);
console.log(`chat     ${server.url}`);

for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, stop);

async function stop() {
  closing.abort();
  await server.close();
  await log.close();
}

/**
 * Ends with one line instead of a stack: the user's directory, file or port is at fault.
 *
 * @param {Error & { code?: string }} error
 * @returns {never}
 */
function refuse(error) {
  const hint =
    error.code === "ERR_SEGLOG_LOCKED" ? " (another chat server has it open; use --dir)" : "";
  console.error(`cannot start: ${error.message}${hint}`);
  process.exit(1);
}
