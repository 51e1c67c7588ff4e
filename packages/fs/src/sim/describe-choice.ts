import type { CrashChoice, CrashPlan } from "./crash-choice.ts";
import type { FileChoice, FilePlan } from "./file-plan.ts";

/** A state in words, one line for each pending name and each file with pending bytes. */
export function describeChoice(plan: CrashPlan, { made, tree, files }: CrashChoice): string {
  const lines = plan.names.steps.map((step) => {
    const { kind, path, index } = step.call;
    return `${made.has(step) ? "made" : "lost"}: ${kind} ${path} (operation ${index})`;
  });
  for (const [file, path] of tree.files) {
    const filePlan = plan.files.get(file);
    const choice = files.get(file);
    if (filePlan === undefined || choice === undefined) continue;
    if (filePlan.sizes.length === 1 && filePlan.sectors.length === 0) continue;
    lines.push(describeFile(path, filePlan, choice));
  }
  return lines.length === 0 ? "nothing was pending" : lines.join("\n");
}

function describeFile(path: string, plan: FilePlan, { size, versions }: FileChoice): string {
  const lengths = plan.sizes.map(({ size: bytes }) => bytes).join(", ");
  const sectors = plan.sectors.map(({ sector, versions: all }, i) => {
    const version = versions[i];
    if (version === undefined) return `${sector}: durable`;
    const which = `${all.indexOf(version) + 1} of ${all.length}`;
    return `${sector}: ${which} (${version.call.kind}, operation ${version.call.index})`;
  });
  const list = sectors.length === 0 ? "" : `; sectors ${sectors.join(", ")}`;
  return `${path}: ${size.size} bytes of ${lengths}${list}`;
}
