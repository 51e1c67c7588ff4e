/**
 * One command of a `console` block, and the lines that it must print. `…` in a line stands for any
 * text within it, and a line of `…` alone for any number of lines.
 *
 * @typedef {{ command: string, expected: readonly string[] }} ConsoleStep
 */

const PROMPT = "$ ";
/** No command prints it: tells where the output of one ends. */
const END = "\u001e";

/**
 * @param {string} code
 * @returns {ConsoleStep[]}
 */
export function consoleSteps(code) {
  /** @type {{ command: string, expected: string[] }[]} */
  const steps = [];
  for (const line of code.replace(/\n$/, "").split("\n")) {
    const last = steps.at(-1);
    if (line.startsWith(PROMPT)) {
      steps.push({ command: line.slice(PROMPT.length), expected: [] });
    } else if (last === undefined) {
      throw new Error(`a console block begins with "${PROMPT}", not with ${JSON.stringify(line)}`);
    } else {
      last.expected.push(line);
    }
  }
  return steps;
}

/**
 * A script for bash that carries the commands out, one after another, in one shell.
 *
 * @param {readonly ConsoleStep[]} steps
 */
export function consoleScript(steps) {
  return ["exec 2>&1", ...steps.flatMap(({ command }) => [command, `printf '${END}'`])].join("\n");
}

/**
 * @param {readonly ConsoleStep[]} steps
 * @param {string} output  of their {@link consoleScript}
 * @returns {string[]} one text for each command that printed something else
 */
export function consoleProblems(steps, output) {
  const outputs = output.split(END);
  return steps.flatMap(({ command, expected }, n) => {
    const printed = (outputs[n] ?? "(it did not come to that)").replace(/\n$/, "");
    if (pattern(expected).test(printed)) return [];
    return [`$ ${command}\nprinted\n${printed}\nand not\n${expected.join("\n")}`];
  });
}

/** @param {readonly string[]} expected */
function pattern(expected) {
  const lines = expected.map((line) =>
    line === "…" ? "[^]*" : line.split("…").map(escaped).join(".*"),
  );
  return new RegExp(`^${lines.join("\n")}$`);
}

/** @param {string} text */
function escaped(text) {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
