import { fileURLToPath } from "node:url";
import { nodeFileSystem } from "@seglog/fs";

export interface PageFile {
  readonly type: string;
  readonly bytes: Uint8Array;
}

const TYPES: Readonly<Record<string, string>> = Object.freeze({
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
});

/** Published as they are, in `src`; the way there is the same from `dist/inspector`. */
const DIRECTORY = fileURLToPath(new URL("../../src/inspector/page", import.meta.url));

/**
 * The files of the page by the path that asks for each. All are read at once: no path of a request
 * ever reaches the disk.
 */
export async function readPageFiles(): Promise<ReadonlyMap<string, PageFile>> {
  const fs = nodeFileSystem({ mapper: "read-through" });
  const files = new Map<string, PageFile>();
  for (const name of await fs.list(DIRECTORY)) {
    const type = TYPES[name.split(".").at(-1) as string];
    if (type === undefined) continue;
    const handle = await fs.open(`${DIRECTORY}/${name}`, { access: "read" });
    try {
      const bytes = new Uint8Array(await handle.size());
      handle.read(bytes, 0);
      files.set(name === "index.html" ? "/" : `/${name}`, { type, bytes });
    } finally {
      await handle.close();
    }
  }
  return files;
}
