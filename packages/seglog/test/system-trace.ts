/** One call of the system, by the lines of a trace at which it began and ended. */
export interface SystemCall {
  readonly name: string;
  readonly args: string;
  /** What the call is about: the path of its first descriptor, or of the file that it opened. */
  readonly path: string;
  /** The descriptor: its first argument, or what it returned. */
  readonly fd: number;
  /** Flags with which the descriptor was opened, `""` where that came before the trace. */
  readonly flags: string;
  readonly result: number;
  readonly began: number;
  readonly ended: number;
}

/** Bytes `[from, to)` of a file that hold a record, and text that only this record has. */
export interface WrittenRecord {
  readonly path: string;
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** Reads what `strace -f -y` wrote; a call of one thread may be cut in two by those of others. */
export function parseTrace(trace: string): SystemCall[] {
  const calls: SystemCall[] = [];
  const pending = new Map<string, { readonly text: string; readonly began: number }>();
  const flagsOf = new Map<number, string>();
  for (const [at, line] of trace.split("\n").entries()) {
    const [, thread = "", text = ""] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
    const unfinished = / <unfinished \.\.\.>$/.exec(text);
    if (unfinished !== null) {
      pending.set(thread, { text: text.slice(0, unfinished.index), began: at });
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>/.exec(text);
    const start = resumed === null ? undefined : pending.get(thread);
    const whole = resumed === null ? text : `${start?.text ?? ""}${text.slice(resumed[0].length)}`;
    const parts = /^(\w+)\((.*)\)\s+= (-?\d+)(<[^>]*>)?/.exec(whole);
    if (parts === null) continue;
    const [, name = "", args = "", result = "", opened = ""] = parts;
    const fd = Number(name === "openat" ? result : /^\d+/.exec(args)?.[0]);
    if (name === "openat" && fd >= 0) flagsOf.set(fd, /O_[A-Z_|]+/.exec(args)?.[0] ?? "");
    calls.push({
      name,
      args,
      path: name === "openat" ? opened.slice(1, -1) : (/^\d+<([^>]*)>/.exec(args)?.[1] ?? ""),
      fd,
      flags: flagsOf.get(fd) ?? "",
      result: Number(result),
      began: start?.began ?? at,
      ended: at,
    });
  }
  return calls;
}

/** The line of a trace at which `text` was written to the standard output; -1 when it never was. */
export function markedAt(calls: readonly SystemCall[], text: string): number {
  const isMark = (call: SystemCall): boolean =>
    call.name === "write" && call.fd === 1 && call.args.includes(`"${text}\\n"`);
  return calls.find(isMark)?.began ?? -1;
}

/**
 * What is wrong with an acknowledgement given at line `at` of a trace: all bytes of the record
 * must have been written to its file, and each of these writes must have been followed by an
 * `fdatasync` of its descriptor that ended well, or have gone through a descriptor opened with
 * `O_DSYNC`.
 */
export function notDurableAt(
  calls: readonly SystemCall[],
  { path, from, to, text }: WrittenRecord,
  at: number,
): string[] {
  const all = writesTo(calls, path).filter((write) => write.from < to && write.to > from);
  const writes = all.filter(({ call }) => call.ended < at);
  if (!writes.some(({ call }) => call.args.includes(text))) return [`${text} was not written`];
  const gap = firstGap(writes, { from, to });
  if (gap < to) return [`byte ${gap} of ${path} was not written`];
  return writes
    .filter(({ call }) => !isSynced(calls, call, at))
    .map(({ call }) => `the write at line ${call.began} was not synced`);
}

interface Write {
  readonly call: SystemCall;
  readonly from: number;
  readonly to: number;
}

/** Writes of data, in the order in which they began; zeros put ahead are none. */
export function writesTo(calls: readonly SystemCall[], path: string): Write[] {
  return calls.flatMap((call) => {
    if (!/^p?writev?(64|2)?$/.test(call.name) || call.path !== path || call.result <= 0) return [];
    if (/^\d+<[^>]*>, (\[\{iov_base=)?"(\\0)+"/.test(call.args)) return [];
    const from = Number(/, (\d+)$/.exec(call.args)?.[1]);
    return [{ call, from, to: from + call.result }];
  });
}

function firstGap(writes: readonly Write[], range: { readonly from: number; readonly to: number }) {
  let end = range.from;
  for (const write of writes.toSorted((a, b) => a.from - b.from)) {
    if (write.from > end) break;
    end = Math.max(end, write.to);
  }
  return Math.min(end, range.to);
}

function isSynced(calls: readonly SystemCall[], write: SystemCall, at: number): boolean {
  if (/O_D?SYNC/.test(write.flags)) return true;
  return calls.some(
    ({ name, fd, path, result, began, ended }) =>
      (name === "fdatasync" || name === "fsync") &&
      fd === write.fd &&
      path === write.path &&
      result === 0 &&
      began > write.ended &&
      ended < at,
  );
}
