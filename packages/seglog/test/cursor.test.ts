import { expect, test } from "vitest";
import { json, openLog } from "../src/index.ts";
import { collect, temporaryDirectory } from "./temporary.ts";

test("a loop over a cursor goes on behind the last commit, at least once, also live", async () => {
  const directory = temporaryDirectory();
  const codec = json<{ n: number }>();
  const log = await openLog(directory, { codec });
  for (let n = 0; n < 10; n++) await log.append({ n });
  const cursor = await log.cursor("mailer");
  for await (const { offset, value } of cursor) {
    expect(value).toEqual({ n: offset });
    await cursor.commit(offset + 1);
    if (offset === 6) break;
  }
  // done with, but not committed: it comes again
  expect((await collect(cursor.records())).map(({ offset }) => offset)).toEqual([7, 8, 9]);
  await log.close();
  const again = await openLog(directory, { codec });
  const resumed = await again.cursor("mailer");
  const seen: number[] = [];
  for await (const { offset, value } of resumed) {
    expect(value).toEqual({ n: offset });
    seen.push(offset);
    if (offset === 9) await again.append({ n: 10 });
    if (offset === 10) break;
  }
  expect(seen).toEqual([7, 8, 9, 10]);
  expect(await again.cursors()).toEqual([{ name: "mailer", offset: 7 }]);
  const reader = await openLog(directory, { codec, readOnly: true });
  expect((await collect((await reader.cursor("mailer")).records())).length).toBe(4);
  await reader.close();
  await again.removeCursor("mailer");
  expect(await again.cursors()).toEqual([]);
  await again.close();
});
