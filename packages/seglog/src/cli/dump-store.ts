import { payloadKind, RECORD_HEAD_BYTES, readTime } from "@seglog/segment";
import {
  FRAME_HEADER_BYTES,
  type FrameVisitor,
  type InspectedEnd,
  type InspectedFrame,
  inspectStore,
  type StoreHeader,
  type StoreInspection,
} from "@seglog/store";
import type { DumpRequest } from "./dump-index.ts";
import type { Output } from "./output.ts";
import { isoTime } from "./record-writers.ts";

/** Lists the header of a store file, its frames, what is none, and how it ends. */
export async function dumpStore(request: DumpRequest): Promise<void> {
  const { fs, path, output, json } = request;
  const store = await inspectStore({ fs, path });
  try {
    const { header: found, fileBytes } = store;
    if (json) output.json({ kind: "header", fileBytes, header: found });
    if (found.kind !== "good") {
      if (!json) output.line(`store: ${fileBytes} bytes, header ${found.kind}`);
      return;
    }
    const { header } = found;
    if (!json) {
      const { frameFormat, baseOffset, logId } = header;
      const parts = [`base offset ${baseOffset}`, frameFormat, `log ${hex(logId)}`];
      output.line(`store: ${fileBytes} bytes, ${parts.join(", ")}, salt ${hex(header.salt)}`);
      output.line("position\tbytes\toffset\ttime\tgeneration");
    }
    const end = await listFrames(store, header, request);
    if (end === undefined) return;
    const { position, rest, verdict } = end;
    if (json) output.json({ kind: "end", position, rest, verdict });
    else output.line(`end: ${position}, then ${rest}; opening would ${VERDICTS[verdict]}`);
  } finally {
    await store.close();
  }
}

const VERDICTS: Readonly<Record<InspectedEnd["verdict"], string>> = Object.freeze({
  keep: "keep all",
  cut: "cut a torn tail",
  cutBatch: "cut an unfinished batch",
  corrupt: "refuse it as corrupt",
});

/**
 * In pages, so that who reads the output is waited for: a walk itself waits for nobody.
 *
 * @returns how the store ends; `undefined` where the limit came first
 */
async function listFrames(
  store: StoreInspection,
  header: StoreHeader,
  { output, json = false, signal, from = 0, limit = Number.MAX_SAFE_INTEGER }: DumpRequest,
): Promise<InspectedEnd | undefined> {
  const lister = new FrameLister(output, { json, header, from, framesLeft: limit });
  for (let isFirst = true; ; isFirst = false) {
    try {
      const end = await store.walk(lister, { header, from: lister.next });
      if (isFirst && from === 0) return end;
      // what the end makes of the store depends on all that is before it
      return await store.walk(SILENT, { header });
    } catch (error) {
      if (error !== PAUSE) throw error;
    }
    await output.flush();
    signal.throwIfAborted();
    if (lister.framesLeft === 0) return undefined;
  }
}

/** Thrown to end a walk between two frames. */
const PAUSE: unique symbol = Symbol("pause");

const SILENT: FrameVisitor = Object.freeze({
  frame: () => true,
  bad: () => undefined,
  turn: () => {},
});

class FrameLister implements FrameVisitor {
  /** Where the next page begins. */
  next: number;
  framesLeft: number;
  readonly #output: Output;
  readonly #json: boolean;
  /** Offset of the next frame, where it can be told. */
  #offset: number | undefined;

  constructor(
    output: Output,
    {
      json,
      header,
      from,
      framesLeft,
    }: {
      readonly json: boolean;
      readonly header: StoreHeader;
      readonly from: number;
      readonly framesLeft: number;
    },
  ) {
    this.#output = output;
    this.#json = json;
    this.next = from;
    this.framesLeft = framesLeft;
    this.#offset = from === 0 ? header.baseOffset : undefined;
  }

  frame(frame: InspectedFrame): boolean {
    // before it is listed: the next page begins with it
    if (this.framesLeft === 0 || this.#output.isFull) throw PAUSE;
    const { position, frameBytes, bytes, at, generation, batchContinues } = frame;
    const payloadBytes = frameBytes - FRAME_HEADER_BYTES;
    const offset = this.#tell({ bytes, at, payloadBytes });
    const kind = payloadKind({ bytes, at, payloadBytes }, offset ?? 0);
    const isRecord = payloadBytes >= RECORD_HEAD_BYTES && kind !== "lost";
    const time = isRecord ? readTime(bytes, at) : undefined;
    if (this.#json) {
      const lost = kind === "lost";
      const what = { kind: "frame", position, frameBytes, offset, time, lost };
      this.#output.json({ ...what, generation, batchContinues });
    } else {
      const cells = [position, frameBytes, offset ?? "?", time === undefined ? "-" : isoTime(time)];
      const notes = `${generation}${batchContinues ? " batch goes on" : ""}`;
      this.#output.line([...cells, `${notes}${kind === "lost" ? " lost record" : ""}`].join("\t"));
    }
    this.next = position + frameBytes;
    this.framesLeft--;
    return true;
  }

  bad({ from, to, last }: { from: number; to: number; last: boolean }): undefined {
    if (this.#json) this.#output.json({ kind: "bad", from, to, last });
    else this.#output.line(`${from}\t${to - from}\tno valid frame`);
    this.next = to;
  }

  turn(): void {}

  /** A record tells its number: its offset modulo 65,536. */
  #tell(head: {
    readonly bytes: Uint8Array;
    readonly at: number;
    readonly payloadBytes: number;
  }): number | undefined {
    const expected = this.#offset;
    if (expected === undefined) return undefined;
    let offset = expected;
    if (payloadKind(head, expected) === "wrong") {
      const number = ((head.bytes[head.at] as number) << 8) | (head.bytes[head.at + 1] as number);
      offset = expected + ((number - expected) & 0xffff);
    }
    this.#offset = offset + 1;
    return offset;
  }
}

function hex(value: number): string {
  return value.toString(16).padStart(8, "0");
}
