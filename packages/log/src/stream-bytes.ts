/** Takes exact numbers of bytes from a stream of chunks of any size. */
export class StreamBytes {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #chunks: Uint8Array[] = [];
  #buffered = 0;
  #position = 0;
  #ended = false;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
  }

  /** Bytes taken so far. */
  get position(): number {
    return this.#position;
  }

  /** The next `length` bytes, left in place; `undefined` when the stream ends before. */
  async peek(length: number): Promise<Uint8Array | undefined> {
    while (this.#buffered < length && (await this.#fetch()));
    if (this.#buffered < length) return undefined;
    const first = this.#chunks[0];
    if (first === undefined) return new Uint8Array(0);
    if (first.length >= length) return first.subarray(0, length);
    const joined = new Uint8Array(this.#buffered);
    let at = 0;
    for (const chunk of this.#chunks) {
      joined.set(chunk, at);
      at += chunk.length;
    }
    this.#chunks = [joined];
    return joined.subarray(0, length);
  }

  /** The next `length` bytes; `undefined` when the stream ends before. */
  async take(length: number): Promise<Uint8Array | undefined> {
    const bytes = await this.peek(length);
    if (bytes === undefined) return undefined;
    const first = this.#chunks[0];
    if (first !== undefined) {
      if (first.length === length) this.#chunks.shift();
      else this.#chunks[0] = first.subarray(length);
    }
    this.#buffered -= length;
    this.#position += length;
    return bytes;
  }

  /** Whether no byte is left. */
  async isAtEnd(): Promise<boolean> {
    return (await this.peek(1)) === undefined;
  }

  /** Tells the source that nothing more is wanted. */
  async cancel(): Promise<void> {
    // the stream may have failed already, which the reader of it was told
    await this.#reader.cancel().catch(() => {});
  }

  async #fetch(): Promise<boolean> {
    if (this.#ended) return false;
    const { done, value } = await this.#reader.read();
    this.#ended = done;
    if (value !== undefined && value.length > 0) {
      this.#chunks.push(value);
      this.#buffered += value.length;
    }
    return !done;
  }
}
