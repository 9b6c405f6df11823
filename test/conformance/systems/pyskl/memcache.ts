import { digest as digestOf, nodeOfValue, readPickle, type Value } from "@somakit/core";
import { fileFolder } from "@somakit/core/node";
import {
  cachedKpStore,
  fillKpCache,
  type KpEntries,
  KpFiles,
} from "../../../../packages/formats/src/pyskl/kinetics/index.js";
import { memcachedKpCache } from "../../../../packages/formats/src/pyskl/kinetics/node/memcached.js";
import { itemsIn, Replay } from "../../../support/memcached-replay.js";
import { differences } from "../../compare.js";
import type { Fixtures } from "../../fixtures.js";
import type { Check, Difference } from "../../system.js";
import { common } from "./notation.js";

interface Turn {
  readonly from: "client" | "server";
  readonly file: string;
}

/** What a client does in each recorded conversation. */
const DEEDS: Readonly<Record<string, (port: number, fixtures: Fixtures) => Promise<unknown>>> = {
  hit: async (port) => using(port, (cache) => cache.get("zero_based")),
  miss: async (port, fixtures) =>
    using(port, async (cache) => {
      const store = cachedKpStore(cache, new KpFiles(await fileFolder(fixtures.path("k400"))));
      const entry = await store.get({ frame_dir: "zero_based", raw_file: "data/k400/kpfiles/part_1.pkl" });
      await store.close?.();
      return entry;
    }),
  prefill: async (port, fixtures) =>
    using(port, async (cache) => {
      const files = new KpFiles(await fileFolder(fixtures.path("k400")));
      const count = await fillKpCache(cache, firstOf(files.entries("data/k400/kpfiles/part_0.pkl")));
      await files.close();
      return count;
    }),
};

async function using<T>(
  port: number,
  deed: (cache: Awaited<ReturnType<typeof memcachedKpCache>>) => Promise<T>,
): Promise<T> {
  const cache = await memcachedKpCache({ host: "127.0.0.1", port });
  try {
    return await deed(cache);
  } finally {
    await cache.close?.();
  }
}

async function* firstOf(entries: KpEntries): KpEntries {
  for await (const entry of entries) {
    yield entry;
    return;
  }
}

/** The conversation with the recorded server: our client says the same, but for how it pickles. */
export function conversationChecks(
  path: string,
  transcript: unknown,
  values: unknown,
  fixtures: Fixtures,
): readonly Check[] {
  const turns = transcript as readonly Turn[];
  const bytes = (from: Turn["from"]): Uint8Array =>
    Buffer.concat(turns.filter((turn) => turn.from === from).map(({ file }) => fixtures.bytes(`memcache/${file}`)));
  return [
    { name: "transcript", run: async () => replayed(path, bytes("client"), bytes("server"), fixtures) },
    { name: "values", run: async () => valuesIn(values, bytes("client"), bytes("server")) },
  ];
}

async function replayed(
  path: string,
  asked: Uint8Array,
  answers: Uint8Array,
  fixtures: Fixtures,
): Promise<readonly Difference[]> {
  const deed = DEEDS[path.slice(path.lastIndexOf("/") + 1)];
  if (!deed) return [{ path: "", expected: "a known conversation", found: path }];
  const server = await Replay.start(answers);
  try {
    await deed(server.port, fixtures);
    const found = await server.ended();
    return differences(await described(asked), await described(found));
  } finally {
    await server.stop();
  }
}

/** Commands without the sizes, which depend on the pickler, and with what the values mean. */
async function described(conversation: Uint8Array): Promise<readonly unknown[]> {
  return Promise.all(
    itemsIn(conversation).map(async ({ line, value }) => ({
      line: line.replace(/^(set \S+ \d+ \d+) \d+/, "$1 -").replace(/^(VALUE \S+ \d+) \d+/, "$1 -"),
      value: value && common((await digestOf(nodeOfValue(readPickle(value)), { container: "pickle" }))["pickle"]),
    })),
  );
}

async function valuesIn(expected: unknown, ...conversations: readonly Uint8Array[]): Promise<readonly Difference[]> {
  const found: Record<string, unknown[]> = {};
  for (const { line, value } of conversations.flatMap(itemsIn)) {
    if (!value) continue;
    const [op, key = "", flags] = line.split(" ");
    const { pickle } = await digestOf(nodeOfValue(readPickle(value)), { container: "pickle" });
    const item = { op, flags: Number(flags), bytes: value.length, pickle_protocol: value[1], value: common(pickle) };
    found[key] = [...(found[key] ?? []), item];
  }
  return differences(expected as Value, found);
}
