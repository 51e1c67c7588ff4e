import { memoryFileSystem } from "@seglog/fs";
import { openFileStore } from "@seglog/store";
import { expect, test, vi } from "vitest";

const BLOCK_BYTES = 2 ** 20;
const RECORD = new Uint8Array(BLOCK_BYTES / 2 - 100);

/** How many blocks were made new while so many were staged in a store, written and sealed. */
async function blocksMade(staged: number): Promise<number> {
  const made = vi.spyOn(Buffer, "allocUnsafeSlow");
  const path = `/store-${Math.random()}`;
  const store = await openFileStore({ fs: memoryFileSystem(), path, bufferBytes: BLOCK_BYTES });
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
  const store = await openFileStore({
    fs: memoryFileSystem(),
    path: "/s",
    bufferBytes: BLOCK_BYTES,
  });
  store.append(new Uint8Array(3 * BLOCK_BYTES));
  await store.flush();
  await store.close();
  expect(await blocksMade(16)).toBe(0);
});
