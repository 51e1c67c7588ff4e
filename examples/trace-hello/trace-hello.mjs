import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { COLOURS, PLAIN, wantsColour } from "./src/palette.mjs";
import { traceHello } from "./src/trace-hello.mjs";

const directory = await mkdtemp(join(tmpdir(), "seglog-trace-"));
try {
  const palette = wantsColour(process.stdout, process.env) ? COLOURS : PLAIN;
  for await (const line of traceHello(directory, palette)) console.log(line);
} finally {
  await rm(directory, { recursive: true, force: true });
}
