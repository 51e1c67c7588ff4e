import type { DiskCall } from "./machine.ts";
import { PAGE_BYTES, SECTORS_PER_PAGE } from "./paged-image.ts";

/** What a sector held after a call had changed it. */
export interface SectorVersion {
  readonly at: number;
  readonly call: DiskCall;
  readonly bytes: Uint8Array;
  /** A failed sync covered it: no later one makes it durable. */
  doubtful: boolean;
}

/** The length after a call had changed it, or had relied on one that is not durable. */
export interface SizeVersion {
  readonly at: number;
  readonly call: DiskCall;
  readonly from: number;
  readonly size: number;
  /** A `truncate`, which comes whole; a growing write passes every page. */
  readonly whole: boolean;
  doubtful: boolean;
}

/** Pages that a call put blocks behind. */
export interface BlockRange {
  readonly call: DiskCall;
  readonly fromPage: number;
  readonly toPage: number;
}

/** Whether a change dropped bytes. */
export function isCut({ whole, from, size }: SizeVersion): boolean {
  return whole && size < from;
}

/** Whether a cut took the block of a sector away. */
export function frees({ size }: SizeVersion, sector: number): boolean {
  return Math.floor(sector / SECTORS_PER_PAGE) >= Math.ceil(size / PAGE_BYTES);
}

export type Covered = (version: { readonly call: DiskCall; readonly doubtful: boolean }) => boolean;

/** Whether a sync that began at `begunAt` makes a version durable. */
export function isCovered(begunAt: number): Covered {
  return ({ call, doubtful }) => call.finishedAt < begunAt && !doubtful;
}
