import type { ReadOptions } from "@somakit/core";
import { FormatError } from "@somakit/core/errors";
import { unlessAborted } from "./abortable.js";
import type { KpFiles } from "./file-store.js";
import type { KpEntry, KpKey } from "./kp-entry.js";
import type { KpCache, KpEntries, KpStore } from "./store.js";

/**
 * A cache in front of kpfiles, as upstream uses memcached: a clip that is not in it makes the whole kpfile be read and
 * every entry of it be put into the cache. Closing closes both.
 */
export function cachedKpStore(cache: KpCache, files: KpFiles): KpStore {
  /** Kpfiles that are being put into the cache, so that clips of the same one wait for that. */
  const filling = new Map<string, Promise<void>>();

  async function fill(path: string): Promise<void> {
    for await (const [frameDir, entry] of files.entries(path)) await cache.set(frameDir, entry);
  }

  async function get(clip: KpKey, options: ReadOptions = {}): Promise<KpEntry | undefined> {
    const cached = await cache.get(clip.frame_dir, options);
    if (cached) return cached;
    const path = files.pathOf(clip);
    if (path === undefined) return undefined;
    const work = filling.get(path) ?? fill(path).finally(() => filling.delete(path));
    filling.set(path, work);
    await unlessAborted(work, options.signal);
    // Not from the cache, which may have had no room for it.
    return files.get(clip, options);
  }

  return {
    get,
    async close() {
      await Promise.allSettled(filling.values());
      await Promise.all([cache.close?.(), files.close()]);
    },
  };
}

/** How often an entry is asked for after it was set, before that counts as failure. */
const TRIES = 3;

/**
 * Puts entries into a cache and asks for each until it comes back. Returns how many there were. Rejects with
 * `FormatError` `limit`, naming the clip, when one does not come back: it is too large, or the cache is full.
 */
export async function fillKpCache(cache: KpCache, entries: KpEntries, options: ReadOptions = {}): Promise<number> {
  let count = 0;
  for await (const [frameDir, entry] of entries) {
    options.signal?.throwIfAborted();
    if (!(await comesBack(cache, frameDir, entry, options)))
      throw new FormatError("limit", "the cache does not keep this clip", { path: frameDir });
    count++;
  }
  return count;
}

async function comesBack(cache: KpCache, frameDir: string, entry: KpEntry, options: ReadOptions): Promise<boolean> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    if (!(await cache.set(frameDir, entry, options))) return false;
    if (await cache.get(frameDir, options)) return true;
  }
  return false;
}
