import { frees, isCut, type SectorVersion, type SizeVersion } from "./file-versions.ts";
import type { InFlightWrite } from "./in-flight-write.ts";
import type { DiskCall } from "./machine.ts";
import { PAGE_BYTES, type PagedImage, SECTOR_BYTES } from "./paged-image.ts";
import type { SimFile } from "./sim-file.ts";

/** A length that a file may have after a power cut. */
export interface SizeOption {
  /** Of the call that gave it; 0 for the durable one. */
  readonly at: number;
  readonly call: DiskCall | undefined;
  readonly size: number;
}

/** A content that a sector may have. */
export type VersionOption = Pick<SectorVersion, "at" | "call" | "bytes">;

export interface SectorPlan {
  readonly sector: number;
  /** From the oldest on, without the durable one. */
  readonly versions: readonly VersionOption[];
}

/** What a file may hold after a power cut, taken at one moment. */
export interface FilePlan {
  /** The durable bytes; not to be written to. */
  readonly image: PagedImage;
  /** The durable length first. */
  readonly sizes: readonly SizeOption[];
  /** Sectors with more than one content, in ascending order. */
  readonly sectors: readonly SectorPlan[];
  /** Pending calls that dropped bytes. */
  readonly cuts: readonly SizeVersion[];
}

/** One of the states of a file; `versions[i]` belongs to `sectors[i]`, `undefined` is durable. */
export interface FileChoice {
  readonly size: SizeOption;
  readonly versions: readonly (VersionOption | undefined)[];
}

/** Most writes in flight on one sector of which every subset is tried. */
const SUBSETS_OF_MAX = 3;

/** `now` is later than every call of the file. */
export function planFile(file: SimFile, now: number): FilePlan {
  const image = file.shareDurable();
  const sectors = new Map<number, readonly VersionOption[]>(
    [...file.sectors].map(([sector, versions]) => [sector, [...versions]]),
  );
  const cuts = file.sizes.filter(isCut);
  for (const [sector, versions] of inFlightVersions(file, now)) {
    sectors.set(sector, [...(sectors.get(sector) ?? []), ...versions]);
  }
  return {
    image,
    sizes: sizeOptions(file, image.length, now),
    sectors: [...sectors]
      .map(([sector, versions]) => ({ sector, versions }))
      .sort((a, b) => a.sector - b.sector),
    cuts,
  };
}

/**
 * Contents that a sector may have where the file has the length `size`. The first is the oldest;
 * `undefined` is what the durable image holds after the cuts before `size`.
 */
export function versionsAt(
  plan: FilePlan,
  { sector, versions }: SectorPlan,
  size: SizeOption,
): readonly (VersionOption | undefined)[] {
  if (sector * SECTOR_BYTES >= size.size) return [undefined];
  if (plan.cuts.length === 0) return [undefined, ...versions];
  const before = plan.cuts.findLast((cut) => cut.at <= size.at && reaches(cut, sector));
  const next = plan.cuts.find((cut) => cut.at > size.at && frees(cut, sector));
  const until = next?.at ?? Number.POSITIVE_INFINITY;
  const valid = versions.filter(({ at }) => at < until);
  if (before === undefined) return [undefined, ...valid];
  const later = valid.filter(({ at }) => at > before.at);
  if (frees(before, sector)) return [undefined, ...later];
  // of a page that the cut went through: its zeros are on the disk before the length is
  return [valid.findLast(({ at }) => at <= before.at), ...later];
}

/** The bytes of a file in one of its states; the plan's own where it is the durable one. */
export function imageOf(plan: FilePlan, { size, versions }: FileChoice): PagedImage {
  if (size === plan.sizes[0] && versions.every((version) => version === undefined)) {
    return plan.image;
  }
  const image = plan.image.clone();
  for (const cut of plan.cuts) {
    if (cut.at <= size.at && cut.size < image.length) image.resize(cut.size);
  }
  versions.forEach((version, i) => {
    const { sector } = plan.sectors[i] as SectorPlan;
    if (version !== undefined && sector * SECTOR_BYTES < size.size) {
      image.setSector(sector, version.bytes);
    }
  });
  image.resize(size.size);
  return image;
}

function reaches({ size }: SizeVersion, sector: number): boolean {
  return sector >= Math.floor(size / SECTOR_BYTES);
}

function sizeOptions(file: SimFile, durable: number, now: number): readonly SizeOption[] {
  const options: SizeOption[] = [{ at: 0, call: undefined, size: durable }];
  let life = 0;
  const seen = new Set([`${life} ${durable}`]);
  const add = (option: SizeOption): void => {
    const key = `${life} ${option.size}`;
    if (!seen.has(key)) options.push(option);
    seen.add(key);
  };
  for (const version of file.sizes) {
    const { at, call, from, size, whole } = version;
    if (isCut(version)) life += 1;
    for (const step of whole ? [size] : stepsOf(from, size)) add({ at, call, size: step });
  }
  for (const { call, position, byteCount } of file.inFlight) {
    const end = position + byteCount;
    if (end <= file.length || byteCount === 0) continue;
    for (const size of stepsOf(file.length, end)) add({ at: now, call, size });
  }
  return options;
}

/** Lengths that a file passes while a write grows it. */
function stepsOf(from: number, to: number): number[] {
  const steps: number[] = [];
  const first = (Math.floor(from / PAGE_BYTES) + 1) * PAGE_BYTES;
  for (let size = first; size < to; size += PAGE_BYTES) steps.push(size);
  steps.push(to);
  return steps;
}

/** What sectors hold when writes reach the disk that were begun and are not in the file yet. */
function inFlightVersions(file: SimFile, now: number): Map<number, VersionOption[]> {
  const writesOf = new Map<number, InFlightWrite[]>();
  for (const write of file.inFlight) {
    if (write.byteCount === 0) continue;
    const last = Math.floor((write.position + write.byteCount - 1) / SECTOR_BYTES);
    for (let s = Math.floor(write.position / SECTOR_BYTES); s <= last; s += 1) {
      writesOf.set(s, [...(writesOf.get(s) ?? []), write]);
    }
  }
  const found = new Map<number, VersionOption[]>();
  for (const [sector, writes] of writesOf) {
    const options = subsetsOf(writes).map((some) => {
      const bytes = file.image.sector(sector).slice();
      for (const write of some) overlay(bytes, sector, write);
      return { at: now, call: (some.at(-1) as InFlightWrite).call, bytes };
    });
    const old = file.image.sector(sector);
    const changed = options.filter(({ bytes }) => Buffer.compare(bytes, old) !== 0);
    if (changed.length > 0) found.set(sector, changed);
  }
  return found;
}

/** Every subset but the empty one; of many, each alone, and those that begin with the first. */
function subsetsOf(writes: readonly InFlightWrite[]): InFlightWrite[][] {
  if (writes.length > SUBSETS_OF_MAX) {
    return [...writes.map((one) => [one]), ...writes.map((_, i) => writes.slice(0, i + 1))];
  }
  const subsets: InFlightWrite[][] = [];
  for (let mask = 1; mask < 2 ** writes.length; mask += 1) {
    subsets.push(writes.filter((_, i) => (mask & (1 << i)) !== 0));
  }
  return subsets;
}

function overlay(target: Uint8Array, sector: number, write: InFlightWrite): void {
  const from = write.position - sector * SECTOR_BYTES;
  const bytes = write.bytes();
  if (from >= 0) target.set(bytes.subarray(0, SECTOR_BYTES - from), from);
  else target.set(bytes.subarray(-from, SECTOR_BYTES - from));
}
