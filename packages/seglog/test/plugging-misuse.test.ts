import type { OpenStoreRequest } from "@seglog/segment";
import { memoryStore, openFileStore, type Store } from "@seglog/store";
import { SeglogError } from "seglog";
import { describe, expect, test } from "vitest";
import { appendTexts, expectHolds, place, textAt } from "./plugging-parts.ts";
import { textOf } from "./temporary.ts";

describe("parts that do not do what they must", () => {
  const broken = new SeglogError("ERR_SEGLOG_UNAVAILABLE", "not today", { what: "a part" });
  const fail = async (): Promise<never> => {
    throw broken;
  };

  test.each(["openStore", "openIndex"] as const)(
    "%s throws: its error, and no lock",
    async (name) => {
      const { open } = place();
      await expect(open({ [name]: fail })).rejects.toBe(broken);
      const log = await open();
      await appendTexts(log, 0, 60);
      await log.close();
      await expect(open({ [name]: fail })).rejects.toBe(broken);
      await expect(open({ [name]: fail, readOnly: true })).rejects.toBe(broken);
      const again = await open();
      expect(again.recovery.clean).toBe(true);
      expect(again.nextOffset).toBe(60);
      await again.close();
    },
  );

  test.each(["openStore", "openIndex"] as const)(
    "%s gives nothing: an error that names it, and no lock",
    async (name) => {
      const { open } = place();
      const nothing = async (): Promise<never> => undefined as never;
      const refused = expect.objectContaining({
        code: "ERR_SEGLOG_INVALID_ARGUMENT",
        context: expect.objectContaining({ name }),
      });
      await expect(open({ [name]: nothing })).rejects.toEqual(refused);
      const log = await open();
      expect(await log.append("x")).toBe(0);
      await log.close();
      await expect(open({ [name]: nothing })).rejects.toEqual(refused);
      await (await open()).close();
    },
  );

  test.each(["openStore", "openIndex"] as const)("%s is no function: named", async (name) => {
    const { open } = place();
    const invalid = expect.objectContaining({ code: "ERR_SEGLOG_INVALID_ARGUMENT" });
    await expect(open({ [name]: "a file" as never })).rejects.toEqual(invalid);
    await expect(open({ [name]: "a file" as never })).rejects.toThrow(name);
    await (await open()).close();
  });

  test("an opener that fails for a new segment: no append is acknowledged that is not kept", async () => {
    const { open } = place();
    let calls = 0;
    const openStore = (request: OpenStoreRequest): Promise<Store> =>
      ++calls > 2 ? fail() : openFileStore(request);
    const log = await open({ openStore });
    let acknowledged = 0;
    const appending = (async () => {
      for (; acknowledged < 100; acknowledged++) await log.append(textAt(acknowledged));
    })();
    await expect(appending).rejects.toThrow();
    expect(acknowledged).toBeGreaterThan(0);
    expect(textOf(log.read(0))).toBe(textAt(0));
    await log.close().catch(() => undefined); // the same failure, or none
    const again = await open();
    expect(again.nextOffset).toBeGreaterThanOrEqual(acknowledged);
    const texts = Array.from({ length: again.nextOffset }, (_, i) => textAt(i));
    await expectHolds(again, 0, texts);
    await again.close();
  });

  test("a store that keeps nothing works until close, and is then told missing", async () => {
    const { open } = place({ openStore: async () => memoryStore() });
    const log = await open();
    const held = await appendTexts(log, 0, 60);
    await expectHolds(log, 0, held);
    await log.close();
    const corrupt = expect.objectContaining({ code: "ERR_SEGLOG_CORRUPT" });
    await expect(open()).rejects.toEqual(corrupt);
    await expect(open()).rejects.toThrow("has lost its segments");
  });
});
