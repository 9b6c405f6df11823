import type { Value } from "@somakit/core";
import { FormatError } from "@somakit/core/errors";
import { NdArray } from "@somakit/core/ndarray";
import { memberPath } from "@somakit/core/value";

/**
 * What a store has of a clip: `keypoint` [N, V, 3] of any float type, one row (x, y, score) for each skeleton and
 * keypoint, and whatever else was stored with it.
 */
export interface KpEntry {
  readonly keypoint: NdArray;
  readonly [key: string]: Value;
}

/** What names a clip: its identifier, and the kpfile that its annotation names. */
export interface KpKey {
  readonly frame_dir: string;
  readonly raw_file?: string | undefined;
}

/** `value` as an entry, from a dict with string keys. Throws `FormatError` `mismatch` or `missing` when it is none. */
export function entryOf(value: Value, path: string): KpEntry {
  if (!(value instanceof Map)) throw new FormatError("mismatch", "a dict with a keypoint array expected", { path });
  const keypoint = value.get("keypoint");
  if (keypoint === undefined) throw new FormatError("missing", "no keypoint array", { path });
  if (!(keypoint instanceof NdArray))
    throw new FormatError("mismatch", "array expected", { path: memberPath(path, "keypoint") });
  for (const key of value.keys())
    if (typeof key !== "string") throw new FormatError("mismatch", "a key is no text", { path });
  return Object.fromEntries(value as ReadonlyMap<string, Value>) as unknown as KpEntry;
}

/** The dict that an entry is stored as. */
export function dictOf(entry: KpEntry): ReadonlyMap<string, Value> {
  return new Map(Object.entries(entry));
}
