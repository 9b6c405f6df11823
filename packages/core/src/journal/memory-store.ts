import { checkBounds } from "../source/bounds.js";
import type { JournalStore } from "./store.js";

const FIRST = 1 << 12;

/** A store in memory, optionally with what another one held. It ends with the process. */
export function memoryJournalStore(content: Uint8Array = new Uint8Array(0)): JournalStore {
  let memory = new Uint8Array(content);
  let used = memory.byteLength;
  return {
    name: "the journal",
    get byteLength() {
      return used;
    },
    async read(start, end, options = {}) {
      options.signal?.throwIfAborted();
      checkBounds({ byteLength: used, name: "the journal" }, start, end);
      return memory.slice(start, end);
    },
    async append(bytes) {
      const needed = used + bytes.byteLength;
      if (needed > memory.byteLength) {
        const larger = new Uint8Array(Math.max(needed, 2 * memory.byteLength, FIRST));
        larger.set(memory.subarray(0, used));
        memory = larger;
      }
      memory.set(bytes, used);
      used = needed;
    },
    async truncate(byteLength) {
      used = Math.min(used, byteLength);
    },
    async close() {},
    async remove() {
      memory = new Uint8Array(0);
      used = 0;
    },
  };
}
