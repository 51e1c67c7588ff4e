import { checkTraits } from "@seglog/errors";
import type { FileSystem } from "../contract.ts";
import type { FixtureCase } from "./fixture.ts";
import { handleCases } from "./handle-cases.ts";
import { lockCases } from "./lock-cases.ts";
import { mappingCases } from "./mapping-cases.ts";
import { misuseCases } from "./misuse-cases.ts";
import { nameCases } from "./name-cases.ts";
import { syncFaultCases } from "./sync-fault-cases.ts";
import { watchCases } from "./watch-cases.ts";

/** One promise of the contract. Its name is the promise; `run` rejects where it is not kept. */
export interface ConformanceCase {
  readonly name: string;
  /** Resolves when the promise holds; rejects with what was found instead. */
  run(): Promise<void>;
}

/** A file system with an empty directory of its own, made anew for every case. */
export interface FileSystemFixture {
  readonly fs: FileSystem;
  /** Path of a directory that is there, is empty, and is nobody else's. */
  readonly directory: string;
  /**
   * Makes every sync of a file fail from now on, as the disk or the system would, that of a durable
   * write too. Needed for {@link FileSystemTraits.failsSyncs} only.
   */
  failSyncs?(): void;
  /** Called once, after the case, however it ended. */
  dispose(): Promise<void>;
}

/** What the fixtures of a factory can do beyond the contract. Each adds cases to the kit. */
export interface FileSystemTraits {
  /**
   * `writeDurably` is a write and a sync of the file, and the fixtures have `failSyncs`. Not for
   * those where it is one call, that fails for its own bytes only.
   */
  readonly failsSyncs?: boolean;
}

/**
 * What every {@link FileSystem} must do, for any test runner: give each case's name and `run` to
 * `test`. What a power cut leaves is not covered: no file system can show that by its contract.
 *
 * @throws ERR_SEGLOG_INVALID_ARGUMENT  an unknown trait
 */
export function fileSystemConformance(
  factory: () => Promise<FileSystemFixture>,
  traits: FileSystemTraits = {},
): ConformanceCase[] {
  checkTraits(traits, { failsSyncs: "boolean" });
  const cases: FixtureCase[] = [
    ...nameCases,
    ...handleCases,
    ...misuseCases,
    ...mappingCases,
    ...lockCases,
    ...watchCases,
    ...(traits.failsSyncs === true ? syncFaultCases : []),
  ];
  return cases.map(({ name, run }) => ({
    name,
    async run() {
      const fixture = await factory();
      try {
        await run(fixture.fs, fixture.directory, fixture);
      } finally {
        await fixture.dispose();
      }
    },
  }));
}
