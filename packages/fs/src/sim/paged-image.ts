/** What a drive writes whole, in bytes. */
export const SECTOR_BYTES = 512;
/** What a system writes back at once, and backs with a block, in bytes. */
export const PAGE_BYTES = 4096;
export const SECTORS_PER_PAGE: number = PAGE_BYTES / SECTOR_BYTES;

type Page = Uint8Array<ArrayBuffer>;

// shared, and so never to be written to
const ZERO_PAGE: Page = new Uint8Array(PAGE_BYTES);
const ZERO_SECTOR: Page = ZERO_PAGE.subarray(0, SECTOR_BYTES);

/**
 * The bytes of one file, in pages that copies share until one of them is written to. A page that
 * is not there has no block behind it and reads as zeros. Bytes behind the length are zeros.
 */
export class PagedImage {
  #length = 0;
  #pages: (Page | undefined)[] = [];
  /** Pages that no copy shares. */
  #owned = new Set<number>();
  #blockCount = 0;

  get length(): number {
    return this.#length;
  }

  /** Pages that have a block. */
  get blockCount(): number {
    return this.#blockCount;
  }

  /** Costs a reference for every page; either may be written to afterwards. */
  clone(): PagedImage {
    const copy = new PagedImage();
    copy.#length = this.#length;
    copy.#pages = this.#pages.slice();
    copy.#blockCount = this.#blockCount;
    this.#owned.clear();
    return copy;
  }

  read(target: Uint8Array, position: number): number {
    const end = Math.min(position + target.length, this.#length);
    for (let at = position; at < end; ) {
      const inPage = at % PAGE_BYTES;
      const count = Math.min(PAGE_BYTES - inPage, end - at);
      target.set(
        this.page(Math.floor(at / PAGE_BYTES)).subarray(inPage, inPage + count),
        at - position,
      );
      at += count;
    }
    return Math.max(0, end - position);
  }

  /** Not to be written to. */
  page(index: number): Uint8Array<ArrayBuffer> {
    return this.#pages[index] ?? ZERO_PAGE;
  }

  /** Not to be written to. */
  sector(index: number): Uint8Array<ArrayBuffer> {
    const page = this.#pages[Math.floor(index / SECTORS_PER_PAGE)];
    if (page === undefined) return ZERO_SECTOR;
    const from = (index % SECTORS_PER_PAGE) * SECTOR_BYTES;
    return page.subarray(from, from + SECTOR_BYTES);
  }

  hasBlock(page: number): boolean {
    return this.#pages[page] !== undefined;
  }

  /** Puts a block of zeros behind a page that has none. */
  addBlock(page: number): void {
    if (this.hasBlock(page)) return;
    this.#place(page, ZERO_PAGE);
    this.#blockCount += 1;
  }

  /** The page, to be written to until the next {@link PagedImage.clone}. */
  writablePage(index: number): Uint8Array<ArrayBuffer> {
    const page = this.#pages[index];
    if (page !== undefined && this.#owned.has(index)) return page;
    const own = page === undefined ? new Uint8Array(PAGE_BYTES) : page.slice();
    if (page === undefined) this.#blockCount += 1;
    this.#place(index, own);
    this.#owned.add(index);
    return own;
  }

  /** Sets bytes within one sector or page, from `position` of the file. */
  set(bytes: Uint8Array, position: number): void {
    this.writablePage(Math.floor(position / PAGE_BYTES)).set(bytes, position % PAGE_BYTES);
  }

  setSector(index: number, bytes: Uint8Array): void {
    this.set(bytes, index * SECTOR_BYTES);
  }

  /** Extends without blocks, or cuts: the pages wholly behind `length` lose their blocks. */
  resize(length: number): void {
    const pageCount = Math.ceil(length / PAGE_BYTES);
    for (let page = this.#pages.length - 1; page >= pageCount; page -= 1) {
      if (this.#pages[page] !== undefined) this.#blockCount -= 1;
      this.#owned.delete(page);
    }
    if (this.#pages.length > pageCount) this.#pages.length = pageCount;
    const tail = length % PAGE_BYTES;
    const last = tail === 0 ? undefined : this.#pages[pageCount - 1];
    if (last !== undefined && Buffer.compare(last.subarray(tail), ZERO_PAGE.subarray(tail)) !== 0) {
      this.writablePage(pageCount - 1).fill(0, tail);
    }
    this.#length = length;
  }

  #place(index: number, page: Page): void {
    while (this.#pages.length < index) this.#pages.push(undefined); // keeps the array dense
    this.#pages[index] = page;
  }
}
