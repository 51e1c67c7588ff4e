import { MUTANTS } from "./mutants.mjs";

/** The rows of MUTANTS.md. */
export function mutantsTable() {
  return [
    "| name | bug | file | caught by |",
    "|---|---|---|---|",
    ...MUTANTS.map(({ name, bug, edits, campaign, seed }) => {
      const files = [...new Set(edits.map(({ file }) => `\`${file.replace("packages/", "")}\``))];
      return `| ${name} | ${bug} | ${files.join(", ")} | ${campaign}${seed === undefined ? "" : `, seed ${seed}`} |`;
    }),
  ].join("\n");
}
