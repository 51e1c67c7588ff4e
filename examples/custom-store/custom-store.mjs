import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compareSizes } from "./src/compare-sizes.mjs";

const directory = await mkdtemp(join(tmpdir(), "seglog-custom-store-"));
try {
  const { plainBytes, compressedBytes, records } = await compareSizes(directory);
  console.log(`${records} log lines: ${plainBytes} bytes in file stores`);
  console.log(`${" ".repeat(`${records}`.length)} compressed: ${compressedBytes} bytes`);
} finally {
  await rm(directory, { recursive: true, force: true });
}
