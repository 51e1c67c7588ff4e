import type { ScanSpace, ScanWishes, SplitRecords, StoreScan } from "./contract.ts";
import { FRAME_HEADER_BYTES } from "./format.ts";

/** The result of a scan while it is made: one slab of frames after the other. */
export class GrowingScan implements StoreScan {
  positions: number[] = [];
  records: Uint8Array[] = [];
  split: SplitRecords | undefined;
  next: number;
  readonly #headBytes: number;
  readonly #into: ScanSpace | undefined;

  constructor(from: number, { into, headBytes = 0 }: ScanWishes) {
    this.next = from;
    this.#into = into;
    this.#headBytes = headBytes;
  }

  /** Where the next slab may be put. */
  get space(): Uint8Array | undefined {
    return this.records.length === 0 ? this.#into?.bytes : undefined;
  }

  /** Adds `count` frames, one behind the other in `slab`, of which `ends` holds where each ends. */
  add(slab: Uint8Array, ends: readonly number[], count: number): void {
    if (this.split !== undefined) this.#join(this.split.headBytes);
    const isFirst = this.records.length === 0;
    const headBytes = isFirst && isLongEnough(ends, count, this.#headBytes) ? this.#headBytes : 0;
    const { views, starts } = this.#viewsFor(slab, count);
    const positions = new Array<number>(count);
    const { buffer, byteOffset } = slab;
    let start = 0;
    for (let i = 0; i < count; i++) {
      const from = start + FRAME_HEADER_BYTES + headBytes;
      positions[i] = this.next + start;
      start = ends[i] as number;
      const length = start - from;
      const known = views[i];
      // a view's own `byteOffset` would cost 15 ns
      if (known === undefined || starts[i] !== from || known.length !== length) {
        views[i] = new Uint8Array(buffer, byteOffset + from, length);
        starts[i] = from;
      }
    }
    this.next += start;
    this.positions = isFirst ? positions : this.positions.concat(positions);
    this.records = isFirst ? views : this.records.concat(views);
    if (headBytes > 0) this.split = { bytes: slab, starts, headBytes };
  }

  /** Views to be made, or to be used again: those of the space, where the slab lies there. */
  #viewsFor(slab: Uint8Array, count: number): { views: Uint8Array[]; starts: number[] } {
    const into = this.#into;
    if (into === undefined || slab.buffer !== into.bytes.buffer) {
      return { views: new Array<Uint8Array>(count), starts: new Array<number>(count) };
    }
    const { views, starts } = into;
    if (views.length > count) views.length = count;
    return { views, starts };
  }

  /** Makes the records whole again: in more than one slab, they lie in no one array of bytes. */
  #join(headBytes: number): void {
    this.split = undefined;
    this.records = this.records.map(
      ({ buffer, byteOffset, length }) =>
        new Uint8Array(buffer, byteOffset - headBytes, length + headBytes),
    );
  }
}

function isLongEnough(ends: readonly number[], count: number, headBytes: number): boolean {
  let start = 0;
  for (let i = 0; i < count; i++) {
    const end = ends[i] as number;
    if (end - start < FRAME_HEADER_BYTES + headBytes) return false;
    start = end;
  }
  return true;
}
