import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A directory of its own for one test, removed when the test's scope ends. */
export interface Fixture extends Disposable {
  readonly root: string;
  /** Writes a file, and makes the directories above it. */
  write(path: string, text: string): void;
}

export function fixture(files: Readonly<Record<string, string>> = {}): Fixture {
  const root = mkdtempSync(join(tmpdir(), "seglog-tools-"));
  const made: Fixture = {
    root,
    write(path, text) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    },
    [Symbol.dispose]() {
      rmSync(root, { recursive: true, force: true });
    },
  };
  for (const [path, text] of Object.entries(files)) made.write(path, text);
  return made;
}
