import { memoryFileSystem } from "@seglog/fs";
import { openFileStore, type Store } from "@seglog/store";
import { expect, test, vi } from "vitest";

const BLOCK_BYTES = 2 ** 20;
const RECORD = new Uint8Array(BLOCK_BYTES / 2 - 100);

const openStore = (bufferBytes: number): Promise<Store> =>
  openFileStore({ fs: memoryFileSystem(), path: "/a.store", bufferBytes });

/** How many blocks were made new while so many were staged in a store, written and sealed. */
async function blocksMade(staged: number): Promise<number> {
  const made = vi.spyOn(Buffer, "allocUnsafeSlow");
  const store = await openStore(BLOCK_BYTES);
  for (let i = 0; i < 2 * staged; i++) store.append(RECORD);
  await store.seal();
  await store.close();
  const blocks = made.mock.calls.filter(([bytes]) => bytes === BLOCK_BYTES).length;
  made.mockRestore();
  return blocks;
}

test("a store goes on with the staging memory of the stores before it, up to 16 MiB", async () => {
  await blocksMade(16);
  expect(await blocksMade(16)).toBe(0);
  expect(await blocksMade(20)).toBe(4);
  expect(await blocksMade(20)).toBe(4);
});

test("a record larger than a block leaves the memory that is kept alone", async () => {
  await blocksMade(16);
  const store = await openStore(BLOCK_BYTES);
  store.append(new Uint8Array(3 * BLOCK_BYTES));
  await store.flush();
  await store.close();
  expect(await blocksMade(16)).toBe(0);
});

test("blocks of another size take the place of those that are kept", async () => {
  await blocksMade(16);
  const other = await openStore(4096);
  other.append(new Uint8Array(1000));
  await other.close();
  expect(await blocksMade(3)).toBe(3);
  expect(await blocksMade(3)).toBe(0);
});
