/** Ids remembered, the newest ones; a send repeated later than that is stored a second time. */
const IDS_MAX = 100_000;

/**
 * Makes a repeated send harmless. A page that lost its connection cannot know whether its message
 * was stored, so it sends again under the same id and is told the offset of the first.
 */
export function sentIds() {
  /** Insertion order is age. @type {Map<string, number>} */
  const offsets = new Map();
  /** Sends that are not durable yet. @type {Map<string, Promise<number>>} */
  const underWay = new Map();

  /** @param {string} id @param {number} offset */
  const add = (id, offset) => {
    offsets.set(id, offset);
    if (offsets.size <= IDS_MAX) return;
    for (const oldest of offsets.keys()) {
      offsets.delete(oldest);
      break;
    }
  };

  return {
    add,

    /**
     * Runs `append` unless `id` was sent before. A failed one may be tried again.
     *
     * @param {string} id
     * @param {() => Promise<number>} append
     * @returns {Promise<{ offset: number, duplicate: boolean }>}
     */
    async once(id, append) {
      const known = offsets.get(id) ?? underWay.get(id);
      if (known !== undefined) return { offset: await known, duplicate: true };
      const appending = append();
      underWay.set(id, appending);
      try {
        const offset = await appending;
        add(id, offset);
        return { offset, duplicate: false };
      } finally {
        underWay.delete(id);
      }
    },
  };
}
