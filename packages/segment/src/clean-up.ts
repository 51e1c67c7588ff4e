import { hasCode } from "@seglog/errors";
import type { FileSystem } from "@seglog/fs";

/** Waits for a clean-up whose failure would hide the failure that led to it. */
export async function quietly(cleanUp: Promise<void> | undefined): Promise<void> {
  await cleanUp?.catch(() => undefined);
}

/** Removes a file, or does nothing where there is none. */
export async function removeIfThere(fs: FileSystem, path: string): Promise<void> {
  try {
    await fs.remove(path);
  } catch (error) {
    if (!hasCode(error, "ERR_SEGLOG_NOT_FOUND")) throw error;
  }
}
