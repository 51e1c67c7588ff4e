import { SeglogError } from "@seglog/errors";

const NEWLINE = 10;
const RETURN = 13;

export interface LineSplitterOptions {
  /** Longest line. */
  readonly bytesMax: number;
  /** Whether a carriage return before the newline is no part of the line. */
  readonly crlf: boolean;
}

/** Cuts a stream of chunks into lines. A line may be longer than a chunk, or empty. */
export class LineSplitter {
  readonly #bytesMax: number;
  readonly #crlf: boolean;
  /** The beginning of a line whose end has not come: kept apart, so that none is copied twice. */
  #parts: Uint8Array[] = [];
  #partBytes = 0;

  constructor({ bytesMax, crlf }: LineSplitterOptions) {
    this.#bytesMax = bytesMax;
    this.#crlf = crlf;
  }

  /**
   * The lines that end in `chunk`, without their ends. They may be views of it.
   *
   * @throws ERR_SEGLOG_RECORD_TOO_LARGE  without keeping more of the line than `bytesMax`
   */
  *push(chunk: Uint8Array): Generator<Uint8Array, undefined> {
    let from = 0;
    for (;;) {
      const end = chunk.indexOf(NEWLINE, from);
      if (end === -1) break;
      const rest = new Uint8Array(chunk.buffer, chunk.byteOffset + from, end - from);
      from = end + 1;
      yield this.#trimmed(this.#partBytes === 0 ? rest : this.#joined(rest));
    }
    if (from < chunk.length) this.#keep(chunk.subarray(from));
  }

  /** The last line, if the stream ended without a newline. */
  *end(): Generator<Uint8Array, undefined> {
    if (this.#partBytes > 0) yield this.#trimmed(this.#joined(new Uint8Array(0)));
  }

  #keep(part: Uint8Array): void {
    // one more, for a carriage return
    this.#check(this.#partBytes + part.length - 1);
    this.#parts.push(part);
    this.#partBytes += part.length;
  }

  #joined(rest: Uint8Array): Uint8Array {
    const line = Buffer.concat([...this.#parts, rest]);
    this.#parts = [];
    this.#partBytes = 0;
    return line;
  }

  #trimmed(line: Uint8Array): Uint8Array {
    const isCut = this.#crlf && line.at(-1) === RETURN;
    const trimmed = isCut ? line.subarray(0, -1) : line;
    this.#check(trimmed.length);
    return trimmed;
  }

  #check(bytes: number): void {
    if (bytes <= this.#bytesMax) return;
    throw new SeglogError(
      "ERR_SEGLOG_RECORD_TOO_LARGE",
      `a line is longer than the limit of ${this.#bytesMax} bytes (--record-bytes-max)`,
      { bytes, bytesMax: this.#bytesMax },
    );
  }
}
