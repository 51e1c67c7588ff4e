import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../src/main.mjs", import.meta.url));
const START_MS = 30_000;

export interface ChatServer {
  readonly url: string;
  readonly port: number;
  /** All that it printed so far. */
  output(): string;
  /** As a power cut would: no handler of its runs. Resolves when the process is gone. */
  kill(): Promise<void>;
}

/** Starts the chat server as a process of its own; resolves when it listens. */
export async function startServer(
  dir: string,
  { port = 0, args = [] }: { port?: number | "default"; args?: readonly string[] } = {},
): Promise<ChatServer> {
  const child = spawn(
    process.execPath,
    [MAIN, "--dir", dir, ...(port === "default" ? [] : ["--port", `${port}`]), ...args],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const url = await listening(child, () => output);
  return {
    url,
    port: Number(new URL(url).port),
    output: () => output,
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    },
  };
}

function listening(child: ChildProcess, output: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    const give = (problem: string) => {
      child.kill("SIGKILL");
      reject(new Error(`the chat server ${problem}:\n${output()}`));
    };
    const timer = setTimeout(() => give("did not start"), START_MS);
    child.stdout?.on("data", () => {
      const url = /^chat +(http:\S+)$/m.exec(output())?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    });
    child.once("close", () => {
      clearTimeout(timer);
      give("ended");
    });
  });
}
