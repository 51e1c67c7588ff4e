import type { FileSystem } from "@seglog/fs";

/** Makes `path` hold `bytes` and nothing else. */
export async function putFile(fs: FileSystem, path: string, bytes: Uint8Array): Promise<void> {
  const handle = await fs.open(path, { access: "write", create: "ifMissing" });
  await handle.truncate(0);
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

/** Entries as the file holds them. */
export function encoded(
  entries: readonly (readonly [bigint | number, bigint | number])[],
): Uint8Array {
  const bytes = new Uint8Array(entries.length * 16);
  const words = new DataView(bytes.buffer);
  entries.forEach(([offset, position], n) => {
    words.setBigUint64(n * 16, BigInt(offset));
    words.setBigUint64(n * 16 + 8, BigInt(position));
  });
  return bytes;
}
