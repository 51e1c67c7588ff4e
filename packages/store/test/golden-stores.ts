import { memoryFileSystem } from "@seglog/fs";
import { type FrameFormat, openFileStore } from "@seglog/store";
import { fileContent } from "./places.ts";

/** The bytes of the store that FORMAT.md shows, as the code of today writes them. */
export async function goldenStore(frameFormat: FrameFormat): Promise<Uint8Array> {
  const fs = memoryFileSystem();
  const store = await openFileStore({
    fs,
    path: "/golden.store",
    frameFormat,
    baseOffset: 1000,
    logId: 0x10c01ded,
    random: () => 0x5e610600,
  });
  store.append(textOf("hello"));
  await store.sync();
  store.append(textOf("world"), { batchContinues: true });
  store.append(textOf("foo"));
  await store.close();
  return fileContent(fs, "/golden.store");
}

function textOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
