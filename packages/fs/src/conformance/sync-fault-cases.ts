import { hasCode } from "@seglog/errors";
import { bytesOf, expectEqual, type FixtureCase, newFile } from "./fixture.ts";

/** What a file system promises of a sync that fails, where a fixture can make one fail. */
export const syncFaultCases: readonly FixtureCase[] = [
  {
    name: "a durable write whose sync fails is told as a failed sync, of one part or many",
    async run(fs, directory, fixture) {
      if (fixture.failSyncs === undefined) throw new Error("the fixture has no failSyncs");
      const parts = [[bytesOf("a")], [bytesOf("b"), bytesOf("c")]];
      // before the first and after others: what it writes through may be opened by the first
      const fresh = await newFile(fs, `${directory}/fresh`);
      const used = await newFile(fs, `${directory}/used`);
      for (const each of parts) await used.writeDurably(each, 0);
      fixture.failSyncs();
      for (const handle of [fresh, used]) {
        for (const each of parts) {
          await isFailedSync(`writeDurably of ${each.length}`, () => handle.writeDurably(each, 0));
        }
        await isFailedSync("sync", () => handle.sync());
        await handle.close();
      }
    },
  },
];

async function isFailedSync(what: string, call: () => Promise<void>): Promise<void> {
  const failure = await call().then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!hasCode(failure, "ERR_SEGLOG_IO")) {
    throw new Error(`${what}: not ERR_SEGLOG_IO but ${String(failure)}`, { cause: failure });
  }
  expectEqual(failure.context.operation, "sync", `operation of ${what}`);
}
