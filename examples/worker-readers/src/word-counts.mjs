const SPACE = 0x20;

/** Counts words, which lie between single spaces, of UTF-8 without making a string of each. */
export class WordCounts {
  /** By hash; the words of one hash in a list. @type {Map<number, Counted[]>} */
  #byHash = new Map();

  /** @param {Uint8Array} text  not kept */
  add(text) {
    for (let from = 0; from <= text.length; ) {
      let hash = 0x811c9dc5; // FNV-1a
      let to = from;
      for (; to < text.length && text[to] !== SPACE; to++) {
        hash = Math.imul(hash ^ /** @type {number} */ (text[to]), 0x01000193);
      }
      this.#entry(hash, text, from, to).count++;
      from = to + 1;
    }
  }

  /** @returns {Map<string, number>} */
  toMap() {
    const all = [...this.#byHash.values()].flat();
    return new Map(all.map(({ word, count }) => [Buffer.from(word).toString(), count]));
  }

  /**
   * @param {number} hash
   * @param {Uint8Array} text
   * @param {number} from
   * @param {number} to
   */
  #entry(hash, text, from, to) {
    let entries = this.#byHash.get(hash);
    if (entries === undefined) {
      entries = [];
      this.#byHash.set(hash, entries);
    }
    for (const entry of entries) if (isAt(entry.word, text, from, to)) return entry;
    const entry = { word: text.slice(from, to), count: 0 };
    entries.push(entry);
    return entry;
  }
}

/** @typedef {{ readonly word: Uint8Array, count: number }} Counted */

/**
 * @param {Uint8Array} word
 * @param {Uint8Array} text
 * @param {number} from
 * @param {number} to
 */
function isAt(word, text, from, to) {
  if (word.length !== to - from) return false;
  for (let i = 0; i < word.length; i++) if (word[i] !== text[from + i]) return false;
  return true;
}
