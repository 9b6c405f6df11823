import { forgetWarnedKeys, type LogEntry, readWith, setLogger } from "@somakit/core";
import { fileSource } from "@somakit/core/node";
import { cache, HumanDataDict, multi } from "@somakit/formats/humandata";
import { differences } from "../../compare.js";
import type { Difference } from "../../system.js";
import { type DictState, describeValue, stateOf } from "./describe.js";
import { layoutOf } from "./open.js";
import type { Dict } from "./trace-replay.js";
import { logDifferences } from "./traces.js";

type Expected = Readonly<Record<string, unknown>>;

interface Loaded {
  readonly dict: Dict;
  readonly log: readonly LogEntry[];
}

/** A file loaded as a dict, with what was logged on the way. */
async function loadDict(path: string, title: string): Promise<Loaded> {
  const log: LogEntry[] = [];
  forgetWarnedKeys();
  setLogger((entry) => log.push(entry));
  try {
    const dictClass = title === "MultiHumanData" ? multi.MultiHumanDataDict : HumanDataDict;
    return { dict: (await dictClass.fromFile(await fileSource(path))) as Dict, log };
  } finally {
    setLogger(undefined);
    forgetWarnedKeys();
  }
}

/** Upstream's words while it loads a file. */
export async function loadLog(path: string, title: string, expected: unknown): Promise<readonly Difference[]> {
  return logDifferences(expected as readonly unknown[], (await loadDict(path, title)).log);
}

/**
 * The state of a dict that a file was loaded into. An item is what upstream has, or, where that is an outdated form, what
 * reading the file brings it up to.
 */
export async function dictDifferences(
  path: string,
  state: Partial<DictState> & { readonly orderIsUnspecified?: boolean },
  recommended: Partial<DictState> = {},
): Promise<readonly Difference[]> {
  const title = String(state.attributes?.["class"]);
  const { dict } = await loadDict(path, title);
  const found = await stateOf(dict);
  const record = await readWith<Record<string, unknown>>(await layoutOf(title), await fileSource(path));
  const items: Expected = { ...state.items, ...recommended.items };
  const order = [...(recommended.order ?? state.order ?? [])].filter((key) => key !== "__temporal_len__");
  const out = [
    ...differences({ ...state.attributes, ...recommended.attributes }, found.attributes, "attributes"),
    ...(state.orderIsUnspecified
      ? differences(order.sort(), [...found.order].sort(), "order")
      : differences(order, found.order, "order")),
    ...differences(state.padded ?? {}, found.padded ?? {}, "padded", { order: false }),
  ];
  for (const key of found.order) {
    const wanted = differences(items[key] ?? "nothing", found.items[key], key, { scalars: "plain" });
    const current = found.padded?.[key] ?? found.items[key];
    if (wanted.length > 0 && differences(await describeValue(record[key]), current, key).length > 0)
      out.push(...wanted);
  }
  return out;
}

interface CacheItem {
  readonly index: number;
  readonly keys: readonly string[];
  readonly result: CacheResult;
}

type CacheResult = DictState | { readonly error: unknown };

/** Items that a cache gives by row; rows that it has not are out of range (Q65), where upstream takes another or fails. */
export async function cacheItems(
  path: string,
  items: Readonly<Record<string, CacheResult>>,
): Promise<readonly Difference[]> {
  const out: Difference[] = [];
  for (const [index, result] of Object.entries(items)) {
    out.push(...(await cacheItem(path, { index: Number(index), keys: [], result })));
  }
  return out;
}

export async function cacheItem(path: string, { index, keys, result }: CacheItem): Promise<readonly Difference[]> {
  const file = await cache.HumanDataCache.open(await fileSource(path));
  try {
    if (index < 0 || index >= file.dataLen) return await outOfRange(file, index);
    const found = await stateOf(await file.getItem(index, { required: keys }));
    return differences(result, found, String(index), { scalars: "plain", order: false });
  } finally {
    await file.close();
  }
}

async function outOfRange(file: cache.HumanDataCache, index: number): Promise<readonly Difference[]> {
  const error = await file.getItem(index).catch((reason: unknown) => reason);
  return error instanceof RangeError ? [] : [{ path: String(index), expected: "RangeError", found: String(error) }];
}
