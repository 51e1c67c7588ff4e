import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fillAndReopen } from "./src/fill-and-reopen.mjs";

const directory = await mkdtemp(join(tmpdir(), "seglog-custom-index-"));
try {
  const { records, segments, rebuilt, files } = await fillAndReopen(directory);
  console.log(`${records} records in ${segments} segments, read again at random`);
  console.log(`${rebuilt} indexes made anew from their stores at opening`);
  console.log(files.join("\n"));
} finally {
  await rm(directory, { recursive: true, force: true });
}
