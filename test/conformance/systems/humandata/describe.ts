import { type CheckedDict, digest, NdArray, nodeOfValue, Tuple } from "@somakit/core";

/** A value in the notation of the manifest. */
export async function describeValue(value: unknown): Promise<unknown> {
  if (value === undefined) return "nothing";
  const { value: description } = await digest(nodeOfValue(asStored(value)), { container: "value" });
  return description;
}

/** Plain objects as the dicts that files have for them. */
function asStored(value: unknown): unknown {
  if (value instanceof Tuple) return Tuple.of(...[...value].map(asStored));
  if (Array.isArray(value)) return value.map(asStored);
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return new Map(Object.entries(value).map(([key, member]) => [key, asStored(member)]));
}

/** What expected files say about an object of upstream's class. */
export interface DictState {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly order: readonly string[];
  readonly items: Readonly<Record<string, unknown>>;
  readonly padded?: Readonly<Record<string, unknown>>;
}

const ATTRIBUTES: Readonly<Record<string, string>> = {
  key_strict: "__key_strict__",
  data_len: "__data_len__",
  keypoints_compressed: "__keypoints_compressed__",
};

export function attributesOf(dict: CheckedDict<object>): Readonly<Record<string, unknown>> {
  const attributes: Record<string, unknown> = { class: dict.layout.title };
  for (const [name, key] of Object.entries(ATTRIBUTES)) attributes[name] = dict.get(key);
  if (dict.layout.title === "MultiHumanData") attributes["instance_num"] = dict.get("__instance_num__");
  return attributes;
}

/** Attributes, order and stored items; what a padded read makes of those that are packed. */
export async function stateOf(dict: CheckedDict<object>): Promise<DictState> {
  const items: Record<string, unknown> = {};
  const padded: Record<string, unknown> = {};
  for (const [key, stored] of dict.rawEntries()) {
    items[key] = await describeValue(stored);
    const value = dict.packed && stored instanceof NdArray ? dict.get(key) : stored;
    if (value !== stored) padded[key] = await describeValue(value);
  }
  const state = { attributes: attributesOf(dict), order: [...dict.keys()], items };
  return Object.keys(padded).length > 0 ? { ...state, padded } : state;
}
