import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TimeTravelStore } from "./src/time-travel-store.mjs";
import { initial, reduce } from "./src/todo.mjs";

const directory = await mkdtemp(join(tmpdir(), "seglog-time-travel-"));
try {
  const store = await TimeTravelStore.open(directory, { reduce, initial });
  await store.dispatch({ type: "add", text: "write the log" });
  await store.dispatch({ type: "add", text: "read it back" });
  await store.dispatch({ type: "toggle", at: 0 });
  await store.dispatch({ type: "clear" });
  await store.close();

  const again = await TimeTravelStore.open(directory, { reduce, initial });
  again.subscribe(() => {
    const todos = again.getState().map(({ text, done }) => `[${done ? "x" : " "}] ${text}`);
    console.log(`${again.position} of ${again.length}: ${todos.join("   ") || "nothing"}`);
  });
  for (let actions = 0; actions <= again.length; actions++) again.scrub(actions);
  again.scrub(2);
  again.resume();
  await again.close();
} finally {
  await rm(directory, { recursive: true, force: true });
}
