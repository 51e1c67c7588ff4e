import { goalTexts, short, spread } from "../format.mjs";

/** @typedef {import("../contract.ts").BenchResult} BenchResult */
/** @typedef {import("../contract.ts").CaseResult} CaseResult */
/** @typedef {import("../contract.ts").ContenderResult} ContenderResult */
/** @typedef {import("../contract.ts").DurabilityCheck} DurabilityCheck */
/** @typedef {import("../contract.ts").WorkloadResult} WorkloadResult */
/** @typedef {{ result: BenchResult, durability: DurabilityCheck }} Source */

/** What the root README shows: workload, case, and which of ours. */
const OVERVIEW = Object.freeze([
  ["write", "128-single", "seglog"],
  ["durable", "1", "seglog"],
  ["durable", "64", "seglog"],
  ["durable", "1024", "seglog"],
  ["stream", "1024", "seglog"],
  ["logfile", "all", "seglog"],
  ["read", "128", "seglog"],
  ["scan", "forward", "seglog"],
  ["open", "clean", "seglog"],
  ["open", "killed", "seglog"],
]);

/**
 * @param {string} name  as between the markers of a page
 * @param {Source} source
 * @returns {string} Markdown
 * @throws when there is no such block
 */
export function blockNamed(name, source) {
  const workload = source.result.workloads.find(({ id }) => `workload ${id}` === name);
  if (workload !== undefined) return workloadBlock(workload);
  if (name.startsWith("workload ")) return "Not measured in this run.";
  const block = blocks[name];
  if (block === undefined) throw new Error(`no block "${name}"`);
  return block(source);
}

/** @type {Readonly<Record<string, (source: Source) => string>>} */
const blocks = Object.freeze({ machine, overview, goals, settings, durability });

/** @param {Source} source */
function machine({ result }) {
  const { cpu, cores, memoryBytes, kernel, platform } = result.machine;
  const { name, rounds, roundMs, scale } = result.options.sizes;
  const only = result.options.only.length > 0 ? `, only ${result.options.only.join(", ")}` : "";
  const slice =
    scale === 1
      ? ""
      : "\n\n**A run with small sizes, which shows that all of it works and no more: " +
        "do not quote its figures.**";
  return (
    `Measured on ${result.date.slice(0, 10)} at commit ${result.commit.slice(0, 12)}` +
    `${result.dirty ? " with changes" : ""}: ${cores} x ${cpu}, ` +
    `${short(memoryBytes / 2 ** 30)} GiB, ${platform}, kernel ${kernel}, Node ${result.node}, ` +
    `${result.directory.fileSystem} on ${result.directory.device}; sizes \`${name}\`, ` +
    `${rounds} rounds, ${roundMs} ms for a measurement by time${only}.${slice}`
  );
}

/** @param {Source} source */
function overview(source) {
  const rows = OVERVIEW.flatMap(([workloadId, caseId, id]) => {
    const workload = source.result.workloads.find((each) => each.id === workloadId);
    const found = workload?.cases.find((each) => each.id === caseId);
    const mine = found?.contenders.find((each) => each.id === id);
    if (workload === undefined || found === undefined || mine?.status !== "measured") return [];
    return [overviewRow(workload, found, mine)];
  });
  const chart = (/** @type {string} */ name) => `![${name}](bench/charts/${name}.svg)`;
  return [
    machine(source),
    "",
    ...table(["workload", "seglog", "x raw", "best peer", "x best peer"], rows),
    "",
    chart("durable"),
    "",
    chart("read"),
  ].join("\n");
}

/**
 * @param {WorkloadResult} workload
 * @param {CaseResult} found
 * @param {ContenderResult} mine
 */
function overviewRow({ title }, { title: caseTitle, metrics, contenders, ratios }, mine) {
  const [metric = ""] = Object.keys(metrics);
  const { unit = "" } = metrics[metric] ?? {};
  const own = ratios.filter(({ of }) => of === mine.id);
  const ratioTo = (/** @type {string | undefined} */ id) => own.find(({ to }) => to === id)?.median;
  const raw = contenders.find(({ role, status }) => role === "baseline" && status === "measured");
  const [rival] = contenders
    .filter(({ role, durable, status }) => role === "peer" && durable && status === "measured")
    .sort((a, b) => (ratioTo(a.id) ?? 0) - (ratioTo(b.id) ?? 0));
  const times = (/** @type {number | undefined} */ value) =>
    value === undefined ? "" : `${short(value)} x`;
  return [
    `${title}: ${caseTitle}`,
    `${short(mine.summary[metric]?.median ?? Number.NaN)} ${unit}`,
    times(ratioTo(raw?.id)),
    rival === undefined
      ? ""
      : `${rival.name}, ${short(rival.summary[metric]?.median ?? Number.NaN)} ${unit}`,
    times(ratioTo(rival?.id)),
  ];
}

/** @param {Source} source */
function goals({ result }) {
  const rows = result.goals.map((goal) => Object.values(goalTexts(goal)));
  return table(["goal", "measured", ""], rows).join("\n");
}

/** @param {Source} source */
function settings({ result }) {
  /** @type {Map<string, { name: string, used: Map<string, string[]> }>} */
  const byContender = new Map();
  for (const { id: workload, cases } of result.workloads) {
    for (const { contenders } of cases) {
      for (const { id, name, settings: text } of contenders) {
        if (text === "" || workload === "growth") continue;
        const known = byContender.get(id) ?? { name, used: new Map() };
        byContender.set(id, known);
        known.used.set(text, [...new Set([...(known.used.get(text) ?? []), workload])]);
      }
    }
  }
  const rows = [...byContender.values()].flatMap(({ name, used }) =>
    [...used].map(([text, workloads]) => [name, workloads.join(", "), text]),
  );
  const versions = Object.entries(result.versions).map(([name, version]) => `${name} ${version}`);
  return [...table(["", "in", "settings"], rows), "", `Versions: ${versions.join(", ")}.`].join(
    "\n",
  );
}

/** @param {Source} source */
function durability({ durability: check }) {
  const { appends, callers, results, date, node, kernel, versions } = check;
  const rows = results.map(({ name, settings: text, alone, together, calls, verdict, reason }) => [
    name,
    text,
    alone === undefined ? "" : String(alone),
    together === undefined ? "" : String(together),
    Object.entries(calls)
      .map(([call, count]) => `${count} ${call}`)
      .join(", "),
    verdict === "not available" ? `not available: ${reason}` : verdict,
  ]);
  const heads = [
    "",
    "settings",
    `of ${appends}, alone`,
    `of ${appends * callers}, ${callers} at once`,
  ];
  const list = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    ...table([...heads, "syncs of the first", ""], rows),
    "",
    `Traced on ${date.slice(0, 10)}, Node ${node}, kernel ${kernel}; ${list.join(", ")}.`,
  ].join("\n");
}

/** @param {WorkloadResult} workload */
function workloadBlock({ id, about, cases }) {
  const parts = cases.map((each) => [`**${each.title}**`, "", ...caseTable(each)].join("\n"));
  return [about, "", `![${id}](charts/${id}.svg)`, "", parts.join("\n\n")].join("\n");
}

/** @param {CaseResult} result */
function caseTable({ metrics, contenders, ratios }) {
  const names = Object.entries(metrics);
  const heads = names.map(([name, { unit }], n) => (n === 0 ? unit : `${name}, ${unit}`));
  const ours = contenders.filter(({ role, status }) => role === "ours" && status === "measured");
  const rows = [...contenders]
    .sort((a, b) => Number(b.durable) - Number(a.durable))
    .map((contender) => {
      const { id, durable, status, reason, summary } = contender;
      const name = durable ? contender.name : `*${contender.name}: not durable*`;
      if (status !== "measured") {
        return [
          name,
          `not available: ${reason}`,
          ...names.slice(1).map(() => ""),
          ...ours.map(() => ""),
        ];
      }
      const cells = names.map(([metric], n) => {
        const found = summary[metric];
        if (found === undefined) return "";
        return n === 0 ? spread(found) : short(found.median);
      });
      const against = ours.map((mine) => {
        const ratio = ratios.find(({ of, to }) => of === mine.id && to === id);
        return ratio === undefined ? "" : `${spread(ratio)} x`;
      });
      return [name, ...cells, ...against];
    });
  return table(["", ...heads, ...ours.map(({ name }) => `${name} against it`)], rows);
}

/**
 * @param {readonly string[]} heads
 * @param {readonly (readonly string[])[]} rows
 */
function table(heads, rows) {
  const line = (/** @type {readonly string[]} */ cells) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(heads), `|${heads.map(() => "---").join("|")}|`, ...rows.map(line)];
}
