import { isMethod } from "./api-text.mjs";

/** @typedef {import("./api.mjs").Api} Api */
/** @typedef {import("./api.mjs").Entry} Entry */
/** @typedef {import("./api.mjs").Declared} Declared */

/**
 * Where names are explained: `docs/api/` of this repository, one page for each package.
 *
 * @typedef {Map<string, string>} Places  link by name; members as `Store.append`
 */

const INDEX_TEXT = [
  "Every name that the packages export. How to use them is said by each package's README; what a",
  "layer promises in full stands in its `src/contract.ts`, from which these pages are made.",
].join("\n");

const NOTE = "<!-- Made of the docstrings by `pnpm api`; a test compares. Not to be edited. -->";

/**
 * The pages of `docs/api/`, by file name.
 *
 * @param {readonly Api[]} apis
 * @returns {Map<string, string>}
 */
export function apiPages(apis) {
  const pages = new Map([["README.md", indexPage(apis)]]);
  for (const api of apis) pages.set(`${api.directory}.md`, packagePage(api, apis));
  return pages;
}

/** @param {readonly Api[]} apis */
function indexPage(apis) {
  const rows = apis.flatMap(({ directory, entries }) =>
    entries.map(({ specifier, names }) => {
      const links = names.map(
        ({ name }) => `[\`${name}\`](${directory}.md#${anchorOf(specifier, name)})`,
      );
      const entry = `[\`${specifier}\`](${directory}.md#${anchorOf(specifier)})`;
      return `| ${entry} | ${links.join(" · ")} |`;
    }),
  );
  return [
    "# API",
    NOTE,
    INDEX_TEXT,
    ["| import | names |", "|---|---|", ...rows].join("\n"),
    "",
  ].join("\n\n");
}

/**
 * @param {Api} api
 * @param {readonly Api[]} apis
 */
function packagePage(api, apis) {
  const { name, directory, entries } = api;
  const places = placesFor(api, apis);
  const parts = [
    `# ${name}`,
    NOTE,
    `[README](../../packages/${directory}/README.md) · [all packages](README.md)`,
    ...entries.flatMap((entry) => entryParts(entry, places)),
    "",
  ];
  return parts.join("\n\n").replace(/\n{3,}$/, "\n");
}

/**
 * @param {Entry} entry
 * @param {Places} places
 */
function entryParts({ specifier, names, passedOn }, places) {
  const rows = names.map(
    ({ name, docs }) =>
      `| [\`${name}\`](#${anchorOf(specifier, name)}) | ${linked(firstSentence(docs), places)} |`,
  );
  const others = passedOn.map(({ name, from }) => `${places.get(name) ?? `\`${name}\``} (${from})`);
  return [
    `<a id="${anchorOf(specifier)}"></a>\n\n## \`${specifier}\``,
    ...(rows.length === 0 ? [] : [["| name | |", "|---|---|", ...rows].join("\n")]),
    ...(others.length === 0 ? [] : [`Passed on: ${others.join(" · ")}.`]),
    ...names.map((declared) => namePart(specifier, declared, places)),
  ];
}

/**
 * @param {string} specifier
 * @param {Declared} declared
 * @param {Places} places
 */
function namePart(specifier, { name, docs, signature, members }, places) {
  const explained = members.filter((member) => member.docs !== "");
  return [
    `<a id="${anchorOf(specifier, name)}"></a>\n\n### ${name}`,
    rendered(docs, places),
    // another word than `ts`, which has a block run
    `\`\`\`typescript\n${signature}\n\`\`\``,
    explained.map((member) => memberPart(member, places)).join("\n"),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

/**
 * @param {Declared} member
 * @param {Places} places
 */
function memberPart({ name, docs, signature }, places) {
  const text = rendered(docs, places).replaceAll("\n", "\n  ").replaceAll(/^ +$/gm, "");
  return `- **\`${name}${isMethod(signature) ? "()" : ""}\`** ${text}`;
}

/**
 * A docstring as Markdown: its tags become a list.
 *
 * @param {string} docs
 * @param {Places} places
 */
function rendered(docs, places) {
  const [text = "", ...tags] = docs.split(/^@/m);
  const lines = tags.map((tag) => {
    const [, word = "", rest = ""] = /^(\w+)\s*(.*)$/s.exec(tag.trim()) ?? [];
    return `- ${tagged(word, rest.replaceAll(/\n\s*/g, " "))}`;
  });
  const list = lines.length === 0 ? "" : `\n\n${lines.join("\n")}`;
  return linked(`${text.trim()}${list}`.trim(), places);
}

/**
 * @param {string} word
 * @param {string} rest
 */
function tagged(word, rest) {
  if (word === "param") return rest.replace(/^(\S+)\s+(?:- )?/, "`$1`: ");
  if (word === "returns") return `returns ${rest}`;
  if (word !== "throws") return `${word} ${rest}`;
  const codes = rest.replaceAll(/\bERR_SEGLOG_\w+/g, "`$&`");
  return `throws ${codes.replace(/^((?:`\w+`(?: \| )?)+)\s+/, "$1: ").replaceAll(" | ", " or ")}`;
}

/**
 * `{@link Store.append}` as a link, where there is a page for it.
 *
 * @param {string} text
 * @param {Places} places
 */
function linked(text, places) {
  return text.replaceAll(/\{@link (?:import\([^)]*\)\.)?([\w.]+)\}/g, (_all, name) => {
    const [owner = ""] = name.split(".");
    const link = places.get(owner);
    return link === undefined ? `\`${name}\`` : link.replace(`\`${owner}\``, `\`${name}\``);
  });
}

/**
 * @param {Api} api  whose names come first
 * @param {readonly Api[]} apis
 * @returns {Places}
 */
function placesFor(api, apis) {
  const places = new Map();
  for (const { directory, entries } of [...apis.filter((other) => other !== api), api]) {
    const page = directory === api.directory ? "" : `${directory}.md`;
    // the first entry is the package itself, and has the last word
    for (const { specifier, names } of entries.toReversed()) {
      for (const { name } of names) {
        places.set(name, `[\`${name}\`](${page}#${anchorOf(specifier, name)})`);
      }
    }
  }
  return places;
}

/**
 * @param {string} specifier
 * @param {string} [name]
 */
function anchorOf(specifier, name) {
  const [, path = ""] = /^(?:@seglog\/)?[^/]+\/?(.*)$/.exec(specifier) ?? [];
  return ["api", path, name].filter((part) => part).join("-");
}

/** @param {string} docs */
function firstSentence(docs) {
  const [text = ""] = docs.split(/\n\n|\n- |^@/m);
  const flat = text.replaceAll("\n", " ").trim();
  if (flat === "" && docs !== "") return rendered(docs, new Map()).replace(/^- /, "");
  const [sentence = flat] = /^.*?[.:](?= |$)/.exec(flat) ?? [];
  return sentence.replace(/:$/, ".").replaceAll("|", "\\|");
}
