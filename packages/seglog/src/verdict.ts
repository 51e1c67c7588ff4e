import type { Verification } from "@seglog/segment";

/** What a verification comes to, in words. */
export type Verdict =
  | "sound"
  | "sound but for lost records"
  | "of a later release, not judged"
  | "damaged";

export function verdictOf({ damages }: Pick<Verification, "damages">): Verdict {
  const harmful = damages.filter(({ harmless }) => !harmless);
  if (harmful.length === 0) return "sound";
  const others = harmful.filter(({ kind }) => kind !== "lost record");
  if (others.length === 0) return "sound but for lost records";
  const isLater = others.every(({ kind }) => kind === "later version");
  return isLater ? "of a later release, not judged" : "damaged";
}
