import type { ReadOptions } from "@somakit/core";
import type { KpEntry, KpKey } from "./kp-entry.js";

/** Where the skeletons of clips are kept, of which an annotation file holds only the table of contents. */
export interface KpStore {
  /** The entry of a clip; `undefined` when there is none. Rejects with the signal's reason when aborted. */
  get(clip: KpKey, options?: ReadOptions): Promise<KpEntry | undefined>;
  /** Frees what the store holds open. */
  close?(): Promise<void>;
}

/** Entries by identifier alone, to be filled from elsewhere: memory, or memcached. */
export interface KpCache {
  get(frameDir: string, options?: ReadOptions): Promise<KpEntry | undefined>;
  /** False when the entry is larger than the cache takes. */
  set(frameDir: string, entry: KpEntry, options?: ReadOptions): Promise<boolean>;
  close?(): Promise<void>;
}

/** Entries with their identifiers, as they come from a kpfile or an annotation file. */
export type KpEntries = AsyncIterable<readonly [frameDir: string, entry: KpEntry]>;
