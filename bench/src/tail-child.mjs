import { fillStore } from "./load-store.mjs";
import { peers } from "./peers/peers.mjs";
import { seglog } from "./peers/seglog.mjs";

// Opens the store of a peer, makes some more records durable, and is killed without closing it.
const [id = "", directory = "", count = "0", recordBytes = "0"] = process.argv.slice(2);
const peer = [seglog, ...peers].find((each) => each.id === id);
if (peer === undefined) throw new Error(`no peer ${id}`);
const store = await peer.open(directory, "open", Number(recordBytes));
await fillStore(store, Number(count), Number(recordBytes));
process.kill(process.pid, "SIGKILL");
