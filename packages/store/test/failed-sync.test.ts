import { simulatedDisk } from "@seglog/fs/sim";
import { openFileStore } from "@seglog/store";
import { expect, test } from "vitest";

const PATH = "/a.store";
const bytes = (text: string): Uint8Array => Buffer.from(text);

test.each(["nothing", "all"] as const)(
  "what a failed sync left is written again when the store is opened, and survives (effect: %s)",
  async (effect) => {
    const disk = simulatedDisk({ seed: 1 });
    const open = (fs = disk.fs) => openFileStore({ fs, path: PATH, preallocate: false });
    const store = await open();
    store.append(bytes("synced"));
    await store.sync();
    const unsure = store.append(bytes("x".repeat(3000)));
    await store.flush();
    const end = disk.fail({ at: (operation) => operation.kind === "sync", errno: "EIO", effect });
    await expect(store.sync()).rejects.toMatchObject({ code: "ERR_SEGLOG_IO" });
    end();
    await store.close();

    const again = await open(); // the frame is in the OS's memory, and the OS takes it for written
    expect(again.read(unsure)).toHaveLength(3000);
    const behind = again.append(bytes("behind"));
    await again.sync();
    let states = 0;
    for (const state of disk.crashStates({ limit: 200 })) {
      states++;
      const left = await open(state.fs);
      expect(left.read(unsure), state.describe()).toHaveLength(3000);
      expect(Buffer.from(left.read(behind)).toString()).toBe("behind");
      await left.close();
    }
    expect(states).toBeGreaterThan(0);
    await again.close();
  },
);

test("what a truncate dropped stays dropped after a failed sync of it, a reopening, and a power cut", async () => {
  const disk = simulatedDisk({ seed: 1 });
  const open = (fs = disk.fs) => openFileStore({ fs, path: PATH, preallocate: false });
  const store = await open();
  for (let i = 0; i < 4; i++) {
    store.append(bytes("x".repeat(2000)));
    await store.sync();
  }
  const end = disk.fail({ at: ({ kind }) => kind === "sync", errno: "EIO", effect: "nothing" });
  await expect(store.truncate(0)).rejects.toMatchObject({ code: "ERR_SEGLOG_IO" });
  end();
  await store.close();

  const again = await open();
  expect(again.size).toBe(0);
  again.append(bytes("kept"));
  await again.sync();
  again.append(bytes("torn?"));
  void again.sync().catch(() => {});
  let states = 0;
  for (const state of disk.crashStates({ limit: 200 })) {
    states++;
    const left = await open(state.fs);
    expect(Buffer.from(left.read(0)).toString(), state.describe()).toBe("kept");
    expect(left.size).toBeLessThan(100);
    await left.close();
  }
  expect(states).toBeGreaterThan(0);
  await again.close();
});
