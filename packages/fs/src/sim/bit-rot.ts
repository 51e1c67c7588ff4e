import { checkInteger, SeglogError } from "@seglog/errors";
import { checkBytes, checkPath, checkRange } from "../checks.ts";
import { findNode } from "../names/name-tree.ts";
import type { DiskCore } from "./disk-core.ts";
import { PagedImage, SECTOR_BYTES } from "./paged-image.ts";
import type { SimFile } from "./sim-file.ts";

/** The file at `path`, as programs see it. */
export function fileAt({ names }: DiskCore, path: string): SimFile {
  checkPath("path", path);
  const { node } = findNode(names.root, path, "open");
  if (node.kind === "file") return node;
  throw new SeglogError("ERR_SEGLOG_NOT_FOUND", `${path} is a directory`, { path });
}

export function contentsOf(file: SimFile): Uint8Array {
  const bytes = new Uint8Array(file.length);
  file.image.read(bytes, 0);
  return bytes;
}

export function corrupt(file: SimFile, position: number, xor: number): void {
  checkInteger("position", position, { min: 0, max: file.length - 1 });
  checkInteger("xor", xor, { min: 1, max: 255 });
  const flip = (bytes: Uint8Array): void => {
    const at = position % SECTOR_BYTES;
    bytes[at] = (bytes[at] as number) ^ xor;
  };
  file.rot(flip, [Math.floor(position / SECTOR_BYTES)]);
}

export function zeroRange(file: SimFile, from: number, to: number): void {
  checkRange(from, to);
  checkInteger("to", to, { min: from, max: file.length });
  const clear = (bytes: Uint8Array, sector: number): void => {
    const start = sector * SECTOR_BYTES;
    bytes.fill(0, Math.max(0, from - start), Math.min(SECTOR_BYTES, to - start));
  };
  const sectors: number[] = [];
  for (let s = Math.floor(from / SECTOR_BYTES); s * SECTOR_BYTES < to; s += 1) sectors.push(s);
  file.rot(clear, sectors);
}

export function replace(file: SimFile, bytes: Uint8Array): void {
  checkBytes("bytes", bytes);
  const image = new PagedImage();
  for (let at = 0; at < bytes.length; at += SECTOR_BYTES) {
    image.set(bytes.subarray(at, at + SECTOR_BYTES), at);
  }
  image.resize(bytes.length);
  file.become(image);
}
