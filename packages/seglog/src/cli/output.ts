import type { Writable } from "node:stream";
import { streamError } from "./stream-error.ts";

const BUFFER_BYTES = 1 << 18;

/**
 * What a command prints. Collects, and hands on when asked: whoever prints much awaits
 * {@link Output.flush} now and then, and so goes no faster than who reads it.
 */
export class Output {
  readonly #stream: Writable;
  readonly #name: string;
  readonly #columns: number | undefined;
  readonly #hasColors: boolean;
  #buffer = new Uint8Array(BUFFER_BYTES);
  #length = 0;
  #spare: Uint8Array<ArrayBuffer> | undefined;
  #writing: Promise<void> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;

  /** @param name  of the stream, for errors: "standard output" */
  constructor(
    stream: Writable & { isTTY?: boolean; columns?: number; hasColors?(): boolean },
    name: string,
  ) {
    this.#stream = stream;
    this.#name = name;
    this.#columns = stream.isTTY === true ? (stream.columns ?? 80) : undefined;
    // hasColors heeds NO_COLOR, and TERM=dumb
    this.#hasColors = stream.isTTY === true && stream.hasColors?.() === true;
    // also of a write that nobody awaits, which would end the process
    stream.on("error", (cause) => this.#fail(cause));
  }

  /** What a library writes to by itself, on a terminal. */
  get stream(): Writable {
    return this.#stream;
  }

  /** Whether a person looks at it, on a terminal. */
  get isTerminal(): boolean {
    return this.#columns !== undefined;
  }

  /** Width of the terminal; `undefined` where it is none. */
  get columns(): number | undefined {
    return this.#columns;
  }

  get hasColors(): boolean {
    return this.#hasColors;
  }

  /** Whether so much is collected that it is time to flush. */
  get isFull(): boolean {
    return this.#length >= BUFFER_BYTES / 2;
  }

  put(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  text(text: string): void {
    this.#reserve(text.length * 3); // UTF-8 takes at most 3 bytes for a UTF-16 unit
    const room = this.#buffer.subarray(this.#length);
    this.#length += new TextEncoder().encodeInto(text, room).written;
  }

  line(text = ""): void {
    this.text(`${text}\n`);
  }

  json(value: unknown): void {
    this.line(JSON.stringify(value));
  }

  /**
   * Resolves when what was collected is handed on. After a failure it is the same failure again.
   *
   * @throws EPIPE  nobody reads it any more
   * @throws ERR_SEGLOG_IO  the system refused it
   */
  async flush(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure.error;
    if (this.#length > 0) this.#writing = this.#write(this.#writing);
    await this.#writing;
  }

  /** What is put meanwhile goes to another buffer. */
  async #write(before: Promise<void>): Promise<void> {
    const buffer = this.#buffer;
    const bytes = buffer.subarray(0, this.#length);
    this.#buffer = this.#spare ?? new Uint8Array(BUFFER_BYTES);
    this.#spare = undefined;
    this.#length = 0;
    await before;
    await new Promise<void>((resolve, reject) => {
      this.#stream.write(bytes, (cause) => (cause == null ? resolve() : reject(this.#fail(cause))));
    });
    if (buffer.length === BUFFER_BYTES) this.#spare = buffer;
  }

  /** @returns the first failure: later ones follow from it */
  #fail(cause: unknown): unknown {
    this.#failure ??= { error: streamError("write", { path: this.#name, cause }) };
    return this.#failure.error;
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#buffer.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.#buffer.length));
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = larger;
  }
}
