import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Command, InvalidArgumentError } from "commander";

const DATA = fileURLToPath(new URL("../data", import.meta.url));

/**
 * @typedef {object} Options
 * @property {string} host
 * @property {number} port
 * @property {boolean} portGiven
 * @property {string} dir
 * @property {string | undefined} importFile
 */

/**
 * Reads the command line; ends the process with a usage text where it is wrong.
 *
 * @param {readonly string[]} argv
 * @returns {Options}
 */
export function parseOptions(argv) {
  const command = new Command("chat-app")
    .description("A chat whose history is a seglog directory.")
    .option("-p, --port <number>", "port; without it, the next free one from 3000", port, 3000)
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option("-d, --dir <directory>", "where the history is kept", DATA)
    .option("--import <file>", "NDJSON history, read when the log is still empty")
    .allowExcessArguments(false)
    .parse(argv);
  const given = command.opts();
  return {
    host: given["host"],
    port: given["port"],
    portGiven: command.getOptionValueSource("port") === "cli",
    dir: fromUser(given["dir"]),
    importFile: given["import"] === undefined ? undefined : fromUser(given["import"]),
  };
}

/** @param {string} text */
function port(text) {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= 65_535) return value;
  throw new InvalidArgumentError("a port is a whole number from 0 to 65535.");
}

/**
 * A path as the user meant it: pnpm starts scripts in the package, not where the user is.
 *
 * @param {string} path
 */
function fromUser(path) {
  return resolve(process.env["INIT_CWD"] ?? process.cwd(), path);
}
