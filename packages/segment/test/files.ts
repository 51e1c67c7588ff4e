import type { FileSystem } from "@seglog/fs";

/** Makes `path` hold `bytes` and nothing else. */
export async function putFile(fs: FileSystem, path: string, bytes: Uint8Array): Promise<void> {
  if ((await fs.stat(path)) !== undefined) await fs.remove(path);
  const handle = await fs.open(path, { access: "write", create: "exclusive" });
  await handle.write([bytes], 0);
  await handle.close();
}

/** What `path` holds. */
export async function getFile(fs: FileSystem, path: string): Promise<Uint8Array> {
  const handle = await fs.open(path, { access: "read" });
  const bytes = new Uint8Array(await handle.size());
  handle.read(bytes, 0);
  await handle.close();
  return bytes;
}

/** Writes over a part of a file in place, whoever has it open. */
export async function patchFile(
  fs: FileSystem,
  path: string,
  { at, bytes }: { readonly at: number; readonly bytes: Uint8Array },
): Promise<void> {
  const handle = await fs.open(path, { access: "write" });
  await handle.write([bytes], at);
  await handle.close();
}

/** Flips all bits of one byte of a file. */
export async function flipByte(fs: FileSystem, path: string, at: number): Promise<void> {
  const byte = (await getFile(fs, path))[at] as number;
  await patchFile(fs, path, { at, bytes: Uint8Array.of(byte ^ 0xff) });
}

/** Index entries as a file holds them. */
export function encodeEntries(firstOffset: number, positions: readonly number[]): Uint8Array {
  const words = new DataView(new ArrayBuffer(positions.length * 16));
  for (const [n, position] of positions.entries()) {
    words.setBigUint64(n * 16, BigInt(firstOffset + n));
    words.setBigUint64(n * 16 + 8, BigInt(position));
  }
  return new Uint8Array(words.buffer);
}
