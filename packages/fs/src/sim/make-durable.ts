import {
  type BlockRange,
  type Covered,
  frees,
  isCovered,
  isCut,
  type SectorVersion,
  type SizeVersion,
} from "./file-versions.ts";
import type { DiskCall } from "./machine.ts";
import { PAGE_BYTES, type PagedImage, SECTOR_BYTES } from "./paged-image.ts";

/** What was done to a file and is not durable. */
export interface Pending {
  readonly sectors: Map<number, SectorVersion[]>;
  readonly sizes: SizeVersion[];
  readonly blocks: BlockRange[];
}

/** The part of some bytes that lies in one sector, `at` bytes from its beginning. */
export interface SectorPiece {
  readonly sector: number;
  readonly at: number;
  readonly part: Uint8Array;
}

/** A file's images: the durable one is changed here, what programs see is not. */
export interface Images {
  readonly durable: PagedImage;
  readonly volatile: PagedImage;
}

/** Makes durable what calls did that had finished before `begunAt`. */
export function foldPending(pending: Pending, images: Images, begunAt: number): void {
  const covered = isCovered(begunAt);
  const cuts = foldSizes(pending, images.durable, covered);
  foldSectors(pending, images.durable, { covered, cuts });
  foldBlocks(pending, images, begunAt);
}

/**
 * Makes durable what `call` has just written, and only that: what is pending of other calls may
 * be there or not, but never in the place of these bytes. No cut may be pending.
 */
export function makeRangeDurable(
  { sectors, sizes, blocks }: Pending,
  durable: PagedImage,
  { call, bytes, position }: { call: DiskCall; bytes: Uint8Array; position: number },
): void {
  const end = position + bytes.length;
  if (durable.length < end) durable.resize(end);
  // the file is no shorter than this any more
  const longer = sizes.filter(({ size }) => size > end);
  const raised = longer.map((each) => ({ ...each, from: Math.max(each.from, end) }));
  sizes.splice(0, sizes.length, ...raised);
  for (const { sector, at, part } of piecesOf(bytes, position)) {
    durable.set(part, sector * SECTOR_BYTES + at);
    const changed = (sectors.get(sector) ?? []).map((version) => {
      const own = version.bytes.slice();
      own.set(part, at);
      return { ...version, bytes: own };
    });
    const isNews = ({ bytes: own }: SectorVersion): boolean =>
      Buffer.compare(own, durable.sector(sector)) !== 0;
    const from = changed.findIndex(isNews);
    if (from < 0) sectors.delete(sector);
    else sectors.set(sector, changed.slice(from));
  }
  const own = blocks.filter((range) => range.call === call);
  for (const { fromPage, toPage } of own) {
    for (let page = fromPage; page < toPage; page += 1) durable.addBlock(page);
  }
  blocks.splice(0, blocks.length, ...blocks.filter((range) => range.call !== call));
}

/** Cuts bytes at `position` of a file where sectors end. */
export function* piecesOf(bytes: Uint8Array, position: number): Generator<SectorPiece> {
  const end = position + bytes.length;
  for (let from = position; from < end; ) {
    const sector = Math.floor(from / SECTOR_BYTES);
    const to = Math.min(end, (sector + 1) * SECTOR_BYTES);
    const part = bytes.subarray(from - position, to - position);
    yield { sector, at: from % SECTOR_BYTES, part };
    from = to;
  }
}

/** @returns the covered cuts */
function foldSizes(
  { sizes }: Pending,
  durable: PagedImage,
  covered: Covered,
): readonly SizeVersion[] {
  const last = sizes.findLastIndex(covered);
  const folded = sizes.splice(0, last + 1);
  for (const { size } of folded) durable.resize(size);
  return folded.filter(isCut);
}

function foldSectors(
  { sectors }: Pending,
  durable: PagedImage,
  { covered, cuts }: { readonly covered: Covered; readonly cuts: readonly SizeVersion[] },
): void {
  for (const [sector, versions] of sectors) {
    const freedAt = cuts.findLast((cut) => frees(cut, sector))?.at ?? 0;
    const last = versions.findLastIndex(covered);
    const version = versions[last];
    if (version !== undefined && version.at > freedAt) durable.setSector(sector, version.bytes);
    const kept = versions.filter(({ at }, i) => i > last && at > freedAt);
    if (kept.length === 0) sectors.delete(sector);
    else sectors.set(sector, kept);
  }
}

function foldBlocks({ blocks }: Pending, { durable, volatile }: Images, begunAt: number): void {
  const isDone = ({ call }: BlockRange) => call.finishedAt < begunAt;
  for (const { fromPage, toPage } of blocks.filter(isDone)) {
    const to = Math.min(toPage, Math.ceil(durable.length / PAGE_BYTES));
    for (let page = fromPage; page < to; page += 1) {
      if (volatile.hasBlock(page)) durable.addBlock(page);
    }
  }
  blocks.splice(0, blocks.length, ...blocks.filter((range) => !isDone(range)));
}
