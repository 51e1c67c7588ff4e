import {
  type BlockRange,
  isCovered,
  isCut,
  type SectorVersion,
  type SizeVersion,
} from "./file-versions.ts";
import type { InFlightWrite } from "./in-flight-write.ts";
import type { DiskCall } from "./machine.ts";
import { foldPending, makeRangeDurable, type Pending, piecesOf } from "./make-durable.ts";
import { PAGE_BYTES, PagedImage, SECTOR_BYTES, SECTORS_PER_PAGE } from "./paged-image.ts";

/** One file: what programs see, what is durable, and what is pending between the two. */
export class SimFile implements Pending {
  readonly kind = "file" as const;
  /** Whether somebody holds the file's lock. */
  locked = false;
  /** Handles and mappings. */
  openings = 0;
  /** Lengths of the open mappings. */
  readonly mappings: Set<{ readonly length: number }> = new Set();
  readonly inFlight: Set<InFlightWrite> = new Set();
  readonly sectors: Map<number, SectorVersion[]> = new Map();
  readonly sizes: SizeVersion[] = [];
  readonly blocks: BlockRange[] = [];
  #volatile: PagedImage;
  /** `undefined` while it is the same as the volatile image. */
  #durable: PagedImage | undefined;
  /** Others hold the durable image: a copy is to be changed. */
  #shared: boolean;

  /** A file whose bytes are durable; `image` may be others' too and is left as it is. */
  constructor(image: PagedImage = new PagedImage()) {
    this.#volatile = image;
    this.#shared = true;
  }

  get length(): number {
    return this.#volatile.length;
  }

  /** What programs see. Not to be written to. */
  get image(): PagedImage {
    return this.#volatile;
  }

  /** What is durable, for good: the file goes on with a copy. */
  shareDurable(): PagedImage {
    this.#shared = true;
    return this.#durable ?? this.#volatile;
  }

  /**
   * Writes as far as there is room for blocks.
   *
   * @returns how many bytes were written
   */
  write(
    call: DiskCall,
    at: number,
    data: { readonly bytes: Uint8Array; readonly position: number; readonly roomBlocks: number },
  ): number {
    const { bytes, position } = data;
    if (bytes.length === 0) return 0;
    const image = this.#prepare();
    const end = this.#takeBlocks(call, position, data);
    if (end === position) return 0;
    const before = image.length;
    if (end > before) image.resize(end);
    if (end > before || this.#reliesOnGrowth(end)) {
      this.sizes.push({
        at,
        call,
        from: before,
        size: image.length,
        whole: false,
        doubtful: false,
      });
    }
    for (const { sector, at: inSector, part } of piecesOf(
      bytes.subarray(0, end - position),
      position,
    )) {
      const old = image.sector(sector).subarray(inSector, inSector + part.length);
      // the same bytes again make a page dirty, and so what a failed sync left in doubt is written
      const inDoubt = this.sectors.get(sector)?.at(-1)?.doubtful === true;
      if (inDoubt || Buffer.compare(old, part) !== 0) {
        image.set(part, sector * SECTOR_BYTES + inSector);
        this.#note(sector, { at, call });
      }
    }
    return end - position;
  }

  /** Whether a store to `[position, position + 8)` finds blocks; puts them where `fill` says so. */
  fillHoles(call: DiskCall, position: number, roomBlocks: number): boolean {
    const image = this.#prepare();
    const first = Math.floor(position / PAGE_BYTES);
    const last = Math.floor((position + 7) / PAGE_BYTES);
    let room = roomBlocks;
    for (let page = first; page <= last; page += 1) {
      if (image.hasBlock(page)) continue;
      if (room < 1) return false;
      room -= 1;
      image.addBlock(page);
      this.blocks.push({ call, fromPage: page, toPage: page + 1 });
    }
    return true;
  }

  /** Stores 8 bytes of a mapped page that has its block. */
  store(call: DiskCall, at: number, data: { bytes: Uint8Array; position: number }): void {
    const { bytes, position } = data;
    this.write(call, at, { bytes, position, roomBlocks: 0 });
  }

  /** Cuts or extends. The caller has looked at the mappings. */
  truncate(call: DiskCall, at: number, size: number): void {
    const image = this.#prepare();
    const before = image.length;
    if (size === before && this.sizes.length === 0) return;
    if (size < before) {
      const tailFrom = Math.floor(size / SECTOR_BYTES);
      const tailTo = Math.ceil(size / PAGE_BYTES) * SECTORS_PER_PAGE;
      const old: [number, Uint8Array][] = [];
      for (let s = tailFrom; s < tailTo; s += 1) old.push([s, image.sector(s).slice()]);
      image.resize(size);
      for (const [sector, bytes] of old) {
        if (Buffer.compare(bytes, image.sector(sector)) !== 0) this.#note(sector, { at, call });
      }
    } else image.resize(size);
    this.sizes.push({ at, call, from: before, size, whole: true, doubtful: false });
  }

  /** Makes durable what calls did that had finished before `begunAt`. */
  fold(begunAt: number): void {
    if (this.#durable === undefined) return;
    foldPending(this, { durable: this.#ownDurable(), volatile: this.#volatile }, begunAt);
    this.#forgetWhatIsSame();
  }

  /** A sync failed that had begun at `begunAt`: what it covered stays pending for ever. */
  doubt(begunAt: number): void {
    const covered = isCovered(begunAt);
    for (const version of [...this.sizes, ...[...this.sectors.values()].flat()]) {
      if (covered(version)) version.doubtful = true;
    }
  }

  /** Makes durable what `call` has just written, and what was done before a cut that is pending. */
  makeDurable(call: DiskCall, bytes: Uint8Array, position: number): void {
    if (this.sizes.some(isCut)) this.fold(call.begunAt);
    if (this.#durable === undefined) return;
    makeRangeDurable(this, this.#ownDurable(), { call, bytes, position });
    this.#forgetWhatIsSame();
  }

  /** A call that was to be durable has failed: what it wrote stays pending for ever. */
  doubtCall(call: DiskCall): void {
    for (const version of [...this.sizes, ...[...this.sectors.values()].flat()]) {
      if (version.call === call) version.doubtful = true;
    }
  }

  /** Applies the same change to every state of some sectors. Changes no length. */
  rot(change: (bytes: Uint8Array, sector: number) => void, sectors: Iterable<number>): void {
    const image = this.#prepare();
    const durable = this.#ownDurable();
    for (const sector of sectors) {
      for (const each of [image, durable]) {
        const bytes = each.sector(sector).slice();
        change(bytes, sector);
        each.setSector(sector, bytes);
      }
      const versions = this.sectors.get(sector)?.map((version) => {
        const bytes = version.bytes.slice();
        change(bytes, sector);
        return { ...version, bytes };
      });
      if (versions !== undefined) this.sectors.set(sector, versions);
    }
    this.#forgetWhatIsSame();
  }

  /** Takes the contents of another file, as durable. */
  become(image: PagedImage): void {
    this.#volatile = image;
    this.#durable = undefined;
    this.#shared = true;
    this.sectors.clear();
    this.sizes.length = 0;
    this.blocks.length = 0;
  }

  /** Exchanges contents and pending changes with another file. */
  swap(other: SimFile): void {
    [this.#volatile, other.#volatile] = [other.#volatile, this.#volatile];
    [this.#durable, other.#durable] = [other.#durable, this.#durable];
    [this.#shared, other.#shared] = [other.#shared, this.#shared];
    const [mine, theirs] = [[...this.sectors], [...other.sectors]];
    this.sectors.clear();
    other.sectors.clear();
    for (const [sector, versions] of theirs) this.sectors.set(sector, versions);
    for (const [sector, versions] of mine) other.sectors.set(sector, versions);
    const sizes = this.sizes.splice(0, this.sizes.length, ...other.sizes);
    other.sizes.splice(0, other.sizes.length, ...sizes);
    const blocks = this.blocks.splice(0, this.blocks.length, ...other.blocks);
    other.blocks.splice(0, other.blocks.length, ...blocks);
  }

  /** To be called before any change of the volatile image. */
  #prepare(): PagedImage {
    if (this.#durable === undefined) {
      this.#durable = this.#volatile;
      this.#volatile = this.#volatile.clone();
    }
    return this.#volatile;
  }

  #ownDurable(): PagedImage {
    const durable = this.#durable ?? this.#volatile;
    this.#durable = this.#shared ? durable.clone() : durable;
    this.#shared = false;
    return this.#durable;
  }

  /** @returns where the room for blocks ends */
  #takeBlocks(
    call: DiskCall,
    position: number,
    data: { readonly bytes: Uint8Array; readonly roomBlocks: number },
  ): number {
    const image = this.#volatile;
    const end = position + data.bytes.length;
    const fromPage = Math.floor(position / PAGE_BYTES);
    const lastPage = Math.floor((end - 1) / PAGE_BYTES);
    let room = data.roomBlocks;
    let page = fromPage;
    let added = false;
    for (; page <= lastPage; page += 1) {
      if (image.hasBlock(page)) continue;
      if (room < 1) break;
      room -= 1;
      image.addBlock(page);
      added = true;
    }
    if (added) this.blocks.push({ call, fromPage, toPage: page });
    return Math.max(position, Math.min(end, page * PAGE_BYTES));
  }

  /** Whether bytes up to `end` are in the file by a growth that the next sync may not cover. */
  #reliesOnGrowth(end: number): boolean {
    return this.sizes.some(
      ({ from, call, doubtful }) =>
        from < end && (doubtful || call.finishedAt === Number.POSITIVE_INFINITY),
    );
  }

  #note(sector: number, { at, call }: { at: number; call: DiskCall }): void {
    const bytes = this.#volatile.sector(sector).slice();
    const versions = this.sectors.get(sector);
    const version = { at, call, bytes, doubtful: false };
    if (versions === undefined) this.sectors.set(sector, [version]);
    else versions.push(version);
  }

  /** Where nothing is pending, one image serves for both, and a copy of a state costs nothing. */
  #forgetWhatIsSame(): void {
    if (this.sectors.size > 0 || this.sizes.length > 0 || this.blocks.length > 0) return;
    this.#durable = undefined;
    this.#shared = true;
  }
}
