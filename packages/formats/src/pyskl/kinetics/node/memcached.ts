import type { Value } from "@somakit/core";
import { readPickle, writePickle } from "@somakit/core/codec/pickle";
import { FormatError } from "@somakit/core/errors";
import { unlessAborted } from "../abortable.js";
import { dictOf, entryOf } from "../kp-entry.js";
import type { KpCache } from "../store.js";

export interface MemcachedOptions {
  /** Default `localhost`. */
  readonly host?: string | undefined;
  /** Default 22077, where upstream starts its server. */
  readonly port?: number | undefined;
  /** Largest value, in either direction. Default 6 MiB, as upstream starts its server (`-I 6m`). */
  readonly maxItemBytes?: number | undefined;
  /** Milliseconds for connecting, and for every answer. Default 5000. */
  readonly timeout?: number | undefined;
  /** Of the pickles that are written; Python programs that read them must know it. Default 4 (Python 3.4). */
  readonly protocol?: 2 | 3 | 4 | 5 | undefined;
}

/** Flags of pymemcache's serializer for pickles. */
const PICKLE = 1;

/**
 * Entries in memcached as upstream keeps them, so that both can use one server: the key is the identifier, the value a
 * pickled dict, marked as such. Needs the package `memcache-client`; only for Node.
 *
 * Connects when first used, so that this never fails. `get` rejects with `FormatError` `corrupt` or `limit` for bad
 * answers and as `readPickle` for bad values (a value that is no pickle or no dict is not there, as upstream), with the
 * client's errors when the server does not answer; both with `unwritable` for identifiers that cannot be keys.
 */
export async function memcachedKpCache(options: MemcachedOptions = {}): Promise<KpCache> {
  const { host = "localhost", port = 22077, maxItemBytes: maxBytes = 6 << 20, timeout = 5000, protocol = 4 } = options;
  const { RawClient } = await import("./raw-client.js");
  const client = new RawClient({ server: `${host}:${port}`, timeout, maxBytes });
  return {
    async get(frameDir, { signal } = {}) {
      const item = await unlessAborted(client.item(keyOf(frameDir)), signal);
      if (item?.flags !== PICKLE) return undefined;
      const value: Value = readPickle(item.bytes, { path: frameDir });
      return value instanceof Map ? entryOf(value, frameDir) : undefined;
    },
    async set(frameDir, entry, { signal } = {}) {
      const key = keyOf(frameDir);
      const bytes = writePickle(dictOf(entry), { protocol });
      if (bytes.length > maxBytes) return false;
      await unlessAborted(client.sendItem(key, { flags: PICKLE, bytes }), signal);
      return true;
    },
    async close() {
      client.shutdown();
    },
  };
}

/** Throws `FormatError` `unwritable` for what memcached, or upstream's client, takes for no key. */
function keyOf(frameDir: string): string {
  if (/^[!-~]{1,250}$/.test(frameDir)) return frameDir;
  const reason = "a memcached key is 1 to 250 characters of ASCII without blanks";
  throw new FormatError("unwritable", reason, { path: frameDir.slice(0, 300) });
}
