import { nodeFileSystem } from "@seglog/fs";
import { groupCommit } from "@seglog/groupcommit";
import { openFileStore } from "@seglog/store";

/**
 * One file that many callers append to durably at the same time.
 *
 * @typedef {object} Logfile
 * @property {(record: Uint8Array) => Promise<number>} append  the position, once it is durable
 * @property {(position: number) => Uint8Array} read
 * @property {() => Generator<Uint8Array>} records  in the order of the file
 * @property {() => import("@seglog/groupcommit").GroupCommitStats} stats
 * @property {() => Promise<void>} close
 */

/**
 * @param {string} path
 * @returns {Promise<Logfile>}
 */
export async function openLogfile(path) {
  const store = await openFileStore({ fs: nodeFileSystem(), path });
  const commits = groupCommit(store); // a store has the two methods that it asks for
  return {
    append: (record) => commits.append(record),
    read: (position) => store.read(position),
    *records() {
      for (let at = 0; at < store.size; at = store.next(at)) yield store.read(at);
    },
    stats: () => commits.stats(),
    async close() {
      await commits.close(); // settles every promise
      await store.close();
    },
  };
}
