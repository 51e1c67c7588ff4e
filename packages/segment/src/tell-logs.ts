import { type Damage, damageOf } from "./damage.ts";
import type { InspectDirectoryOptions } from "./directory-finding.ts";
import type { FoundFiles, FoundStore } from "./find-segments.ts";
import type { InspectedState } from "./inspect-state.ts";
import { SegmentScanner } from "./segment-scanner.ts";

interface ToldLogs {
  readonly files: FoundFiles;
  readonly state: InspectedState;
  /** 0 where no file says it. */
  readonly logId: number;
}

/**
 * Finds out which log this is, and takes what is of another for no segment, or for no state.
 *
 * State and stores have one voice each. Where that leaves a choice, an index decides that fits a
 * store, for it is of the same log; and where there is none, the state does.
 */
export async function tellLogs(
  options: InspectDirectoryOptions,
  { files, state, damages }: Pick<ToldLogs, "files" | "state"> & { readonly damages: Damage[] },
): Promise<ToldLogs> {
  const logId = await logIdOf(options, files, state);
  const stores = files.stores.map((store): FoundStore => {
    const { header, path, baseOffset } = store;
    if (header === undefined || header.logId === logId) return store;
    // a proven header may have lost its id
    if (header.logId === 0) {
      return store.kind === "proven" ? { ...store, header: { ...header, logId } } : store;
    }
    const own = damages.findIndex(({ kind, path: at }) => kind === "bad header" && at === path);
    if (own !== -1) damages.splice(own, 1);
    const message = `${path} belongs to another log`;
    damages.push(damageOf("stray segment", { path, baseOffset, message, from: baseOffset }));
    return { ...store, kind: "stray", header: undefined };
  });
  const isForeign = state.kind === "good" && state.logId !== 0 && state.logId !== logId;
  return { files: { ...files, stores }, state: isForeign ? { kind: "foreign" } : state, logId };
}

async function logIdOf(
  options: InspectDirectoryOptions,
  { stores }: FoundFiles,
  state: InspectedState,
): Promise<number> {
  const voices = new Map<number, number>();
  const ofState = state.kind === "good" ? state.logId : 0;
  for (const id of [ofState, ...stores.map(({ header }) => header?.logId ?? 0)]) {
    if (id !== 0) voices.set(id, (voices.get(id) ?? 0) + 1);
  }
  const most = Math.max(...voices.values());
  const likely = [...voices.keys()].filter((id) => voices.get(id) === most);
  if (likely.length < 2) return likely[0] ?? 0;
  for (const store of stores) {
    const id = store.header?.logId ?? 0;
    if (likely.includes(id) && (await hasItsIndex(options, store))) return id;
  }
  return likely[0] as number; // the state's, if it is one of them
}

async function hasItsIndex(options: InspectDirectoryOptions, store: FoundStore): Promise<boolean> {
  // nothing is done yet: the store is read again
  const turn: typeof options.turn = (told) => options.turn({ ...told, bytesDone: 0 });
  const { bytes: bytesTotal } = store;
  const scanner = new SegmentScanner({ ...options, turn }, { bytesTotal, refusals: [] });
  return (await scanner.scan(store, undefined, []))?.hasOwnIndex === true;
}
