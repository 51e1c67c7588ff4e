/**
 * @typedef {object} Promised
 * @property {string} promise  the row's first cell
 * @property {string[]} commands  what stands between backticks in its second and begins with `pnpm`
 */

/**
 * The rows of the first table of a document, each with its commands.
 *
 * @param {string} text
 * @returns {Promised[]}
 */
export function promisedRows(text) {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => line.startsWith("|"));
  const after = lines.findIndex((line, i) => i > start && !line.startsWith("|"));
  return lines.slice(start + 2, after).map((line) => {
    const [, promise = "", tested = ""] = line.split(" | ").length === 2 ? cells(line) : [];
    return { promise, commands: commandsIn(tested) };
  });
}

/** @param {string} line */
function cells(line) {
  return /^\| (.*) \| (.*) \|$/.exec(line) ?? [];
}

/**
 * Every command of a text, wherever it stands.
 *
 * @param {string} text
 * @returns {string[]}
 */
export function commandsIn(text) {
  return [...text.matchAll(/`(pnpm [^`]+)`/g)].map(([, command = ""]) => command);
}

/**
 * What is wrong with a command that a document names.
 *
 * @param {string} command
 * @param {object} repository
 * @param {(path: string) => boolean} repository.exists  of a path from its root
 * @param {ReadonlyMap<string, readonly string[]>} repository.campaigns  options by name
 * @returns {string[]}
 */
export function problemsOfCommand(command, { exists, campaigns }) {
  const words = command.split(" ").slice(1);
  const begins = (/** @type {string} */ start) => words.join(" ").startsWith(start);
  if (begins("exec vitest run ")) {
    return words.slice(3).flatMap((path) => {
      return path.endsWith(".test.ts") && exists(path) ? [] : [`${path} is no test file`];
    });
  }
  if (begins("run campaign ")) {
    const [name = "", ...rest] = words.slice(2);
    const options = campaigns.get(name);
    if (options === undefined) return [`${name} is no campaign`];
    const unknown = rest.filter((word) => word.startsWith("-") && !options.includes(word));
    return unknown.map((option) => `${name} has no ${option}`);
  }
  if (begins("bench --only ") && words.length === 3) {
    const name = words[2] ?? "";
    return exists(`bench/src/workloads/${name}.mjs`) ? [] : [`${name} is no workload`];
  }
  return [`"${command}" is of no known kind`];
}
