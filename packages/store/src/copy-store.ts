import { invariant } from "@seglog/errors";
import type { FileHandle } from "@seglog/fs";
import { CheckedFrames, withoutBatchFlag } from "./checked-frames.ts";
import { crc32 } from "./crc32.ts";
import { multiply, zeroBytes } from "./crc32-shift.ts";
import { FRAME_HEADER_BYTES, STORE_HEADER_BYTES } from "./format.ts";
import type { FrameCodec } from "./frame-codec.ts";
import { framesOf } from "./frames-of.ts";
import type { CopyStoreOptions, FilledSpan, FillFrame } from "./inspect-contract.ts";
import { encodeStoreHeader } from "./store-header.ts";

/**
 * Writes a copy of a store file in which some spans hold other frames; all other frames are byte
 * for byte where they were. Durable, but for its name, when this resolves. On failure the copy
 * may be there in part.
 *
 * @throws ERR_SEGLOG_IO  a file cannot be read or written
 */
export async function copyStore(options: CopyStoreOptions): Promise<void> {
  const { fs, from, to, mode } = options;
  const source = from === undefined ? undefined : await fs.open(from, { access: "read" });
  try {
    const target = await fs.open(to, {
      access: "write",
      create: "ifMissing",
      ...(mode === undefined ? {} : { mode }),
    });
    try {
      await target.truncate(0);
      await writeAll(source, target, options);
      await target.sync();
    } finally {
      await target.close();
    }
  } finally {
    await source?.close();
  }
}

async function writeAll(
  source: FileHandle | undefined,
  target: FileHandle,
  { header, spans, end, endBatchAt, turn }: CopyStoreOptions,
): Promise<void> {
  const out = new CopyOutput(target, turn);
  out.put(encodeStoreHeader(header));
  const frames = framesOf(header);
  let position = 0;
  for (const span of [...spans, { from: end, to: end, frames: [] }]) {
    invariant(span.from >= position && span.to <= end, "spans rise and end before the copy");
    if (source !== undefined) await copyBytes(source, out, { from: position, to: span.from });
    await fill(out, frames, span);
    position = span.to;
  }
  await out.flush();
  if (endBatchAt === undefined) return;
  const at = STORE_HEADER_BYTES + endBatchAt + 4;
  const byte = new Uint8Array(1);
  source?.read(byte, at);
  await target.write([Uint8Array.of(withoutBatchFlag(byte[0] as number))], at);
}

async function copyBytes(
  source: FileHandle,
  out: CopyOutput,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<void> {
  for (let at = from; at < to; ) {
    const part = new Uint8Array(Math.min(to - at, COPY_BYTES));
    const read = source.read(part, STORE_HEADER_BYTES + at);
    invariant(read === part.length, "a file does not shrink while it is copied");
    out.put(part);
    if (out.staged >= COPY_BYTES) await out.flush();
    at += read;
  }
}

async function fill(out: CopyOutput, codec: FrameCodec, span: FilledSpan): Promise<void> {
  let position = span.from;
  for (const frame of span.frames) {
    out.put(sealed(codec, frame, position));
    if (out.staged >= COPY_BYTES) await out.flush();
    let zeros = frame.payloadBytes - frame.head.length;
    for (; zeros > 0; zeros -= COPY_BYTES) {
      out.put(new Uint8Array(Math.min(zeros, COPY_BYTES)));
      if (out.staged >= COPY_BYTES) await out.flush();
    }
    position += FRAME_HEADER_BYTES + frame.payloadBytes;
  }
  invariant(position === span.to, "frames fill their span");
}

/** The frame's bytes up to its zeros; the checksum covers those too, without making them. */
function sealed(codec: FrameCodec, frame: FillFrame, position: number): Uint8Array {
  const { head, payloadBytes, generation } = frame;
  const bytes = new Uint8Array(FRAME_HEADER_BYTES + head.length);
  bytes.set(head, FRAME_HEADER_BYTES);
  codec.seal(bytes, 0, position, head.length, generation);
  const zeros = payloadBytes - head.length;
  if (zeros === 0) return bytes;
  const fields = new DataView(bytes.buffer);
  if (!(codec instanceof CheckedFrames)) {
    fields.setUint32(4, payloadBytes);
    return bytes;
  }
  fields.setUint32(4, ((bytes[4] as number) & 0xf0) * 2 ** 24 + payloadBytes);
  const sum = crc32(bytes, 4, bytes.length, codec.seed(position));
  fields.setUint32(0, ~multiply(zeroBytes(zeros), ~sum) >>> 0);
  return bytes;
}

/** Collects small parts, so that a copy costs few writes. */
class CopyOutput {
  staged = 0;
  readonly #target: FileHandle;
  readonly #turn: (() => void) | undefined;
  readonly #buffer = new Uint8Array(2 * COPY_BYTES);
  #position = 0;

  constructor(target: FileHandle, turn: (() => void) | undefined) {
    this.#target = target;
    this.#turn = turn;
  }

  /** Of at most {@link COPY_BYTES}, where no more than that is staged. */
  put(bytes: Uint8Array): void {
    this.#buffer.set(bytes, this.staged);
    this.staged += bytes.length;
  }

  async flush(): Promise<void> {
    this.#turn?.();
    if (this.staged === 0) return;
    await this.#target.write([this.#buffer.subarray(0, this.staged)], this.#position);
    this.#position += this.staged;
    this.staged = 0;
  }
}

const COPY_BYTES = 1 << 20;
