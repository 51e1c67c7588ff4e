import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ledger } from "./src/ledger.mjs";

const directory = await mkdtemp(join(tmpdir(), "seglog-event-sourcing-"));
try {
  const ledger = await Ledger.open(directory);
  for (const account of ["ada", "bob"]) await ledger.execute({ type: "open", account });
  await ledger.execute({ type: "deposit", account: "ada", amount: 100 });
  const transfers = Array.from({ length: 7 }, () =>
    ledger.execute({ type: "transfer", from: "ada", to: "bob", amount: 15 }),
  );
  for (const [n, { status }] of (await Promise.allSettled(transfers)).entries()) {
    console.log(`transfer ${n + 1} of 15: ${status}`);
  }
  await ledger.close();

  for (const how of ["from its events", "from a snapshot"]) {
    const again = await Ledger.open(directory);
    const [ada, bob] = [again.balance("ada"), again.balance("bob")];
    console.log(`${how}: ada ${ada}, bob ${bob}; ${again.replayed} events read`);
    await again.snapshot();
    await again.close();
  }
} finally {
  await rm(directory, { recursive: true, force: true });
}
