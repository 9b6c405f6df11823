import type { KpEntry } from "./kp-entry.js";
import type { KpCache } from "./store.js";

export interface MemoryKpCacheOptions {
  /** Bytes of keypoints that are kept; those asked for least recently go first. Default: no limit. */
  readonly maxBytes?: number | undefined;
}

/** Entries in the memory of this process. */
export function memoryKpCache(options: MemoryKpCacheOptions = {}): KpCache {
  const { maxBytes = Number.POSITIVE_INFINITY } = options;
  /** The entry used last is last. */
  const entries = new Map<string, KpEntry>();
  let bytes = 0;
  const drop = (key: string): KpEntry | undefined => {
    const entry = entries.get(key);
    if (entry && entries.delete(key)) bytes -= entry.keypoint.byteLength;
    return entry;
  };
  const keep = (key: string, entry: KpEntry): void => {
    entries.set(key, entry);
    bytes += entry.keypoint.byteLength;
  };
  return {
    async get(frameDir, { signal } = {}) {
      signal?.throwIfAborted();
      const entry = drop(frameDir);
      if (entry) keep(frameDir, entry);
      return entry;
    },
    async set(frameDir, entry, { signal } = {}) {
      signal?.throwIfAborted();
      if (entry.keypoint.byteLength > maxBytes) return false;
      drop(frameDir);
      keep(frameDir, entry);
      for (const key of entries.keys()) {
        if (bytes <= maxBytes) break;
        drop(key);
      }
      return true;
    },
    async close() {
      entries.clear();
      bytes = 0;
    },
  };
}
