import type { Input, OpenOptions, Sink, WriteOptions } from "@somakit/core";
import { FormatError } from "@somakit/core/errors";
import { NdArray } from "@somakit/core/ndarray";
import { nodeOfValue } from "@somakit/core/tree";
import { open, write } from "./cache.gen.js";
import { HumanDataDict } from "./humandata.js";
import type { PersonDict } from "./person-dict.js";

/** Everything that a cache file holds, as mmhuman3d's `get_sliced_cache` gives it. */
export interface SlicedCache {
  readonly writer: {
    readonly slice_size: number;
    /** Masks and conventions of keypoints, which all slices share. */
    readonly keypoints_info: Readonly<Record<string, unknown>>;
    readonly data_len: number;
    /** What has no rows: whole values, and members of dicts others of which have rows. */
    readonly non_sliced_data: Readonly<Record<string, unknown>>;
    readonly key_strict: boolean;
  };
  /** Rows `k * slice_size` and following, by the number `k`: values as stored. */
  readonly slices: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface CacheOptions {
  /** Rows of a slice; 10 when left out. */
  readonly sliceSize?: number | undefined;
}

type Dict = Readonly<Record<string, unknown>>;

/** Cuts data into slices. Throws `RangeError` for a slice size below 1, `FormatError` `unwritable` for MultiHumanData. */
export function slicedCache(data: HumanDataDict, { sliceSize = 10 }: CacheOptions = {}): SlicedCache {
  if (!Number.isSafeInteger(sliceSize) || sliceSize < 1) throw new RangeError(`a slice of ${sliceSize} rows`);
  if (!(data instanceof HumanDataDict)) {
    const title = (data as PersonDict<object>).layout.title;
    throw new FormatError("unwritable", `slices of rows do not follow the images of ${title}`);
  }
  const length = Math.max(0, data.dataLen);
  // Nothing is left of what has rows; everything else is the very same value.
  const probe = data.slice([0, 0]);
  const info: Record<string, unknown> = {};
  const constant: Record<string, unknown> = {};
  for (const [key, value] of data.rawEntries()) {
    const rest = constantPart(value, probe.getRaw(key));
    if (rest !== undefined) (/keypoints.*_(mask|convention)$/.test(key) ? info : constant)[key] = rest;
  }
  const slices: Record<string, Dict> = {};
  for (let start = 0; start < length; start += sliceSize)
    slices[String(start / sliceSize)] = slicedPart(data, data.slice([start, start + sliceSize]));
  const { strict: key_strict } = data;
  const writer = {
    slice_size: sliceSize,
    keypoints_info: info,
    data_len: length,
    non_sliced_data: constant,
    key_strict,
  };
  return { writer, slices };
}

/** What of a value has no rows; undefined when there is nothing. */
function constantPart(value: unknown, cut: unknown): unknown {
  if (cut === value) return value;
  const [whole, left] = [membersOf(value), membersOf(cut)];
  if (!whole || !left) return undefined;
  const members = [...whole].filter(([key, member]) => left.get(key) === member);
  return members.length > 0 || whole.size === 0 ? Object.fromEntries(members) : undefined;
}

function slicedPart(data: HumanDataDict, slice: HumanDataDict): Dict {
  const part: Record<string, unknown> = {};
  for (const [key, cut] of slice.rawEntries()) {
    const value = data.getRaw(key);
    if (cut === value) continue;
    const [whole, left] = [membersOf(value), membersOf(cut)];
    const members = whole && left && [...left].filter(([name, member]) => whole.get(name) !== member);
    if (!members) part[key] = cut;
    else if (members.length > 0) part[key] = Object.fromEntries(members);
  }
  return part;
}

function membersOf(value: unknown): ReadonlyMap<unknown, unknown> | undefined {
  if (value instanceof Map) return value;
  const isRecord = typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
  return isRecord ? new Map(Object.entries(value)) : undefined;
}

/** Writes a cache that mmhuman3d's `HumanDataCacheReader` opens. Throws what {@link slicedCache} throws. */
export async function writeCache(
  sink: Sink,
  data: HumanDataDict,
  { sliceSize, ...options }: CacheOptions & Omit<WriteOptions, "form" | "container"> = {},
): Promise<void> {
  let members: ReadonlyMap<string, unknown>;
  try {
    members = cacheMembers(slicedCache(data, { sliceSize }));
  } catch (error) {
    await sink.abort();
    throw error;
  }
  await write(sink, members as never, options);
}

/** In upstream's order. A map: an object would put the numbers of slices first. */
function cacheMembers({ writer, slices }: SlicedCache): ReadonlyMap<string, unknown> {
  const { slice_size, data_len, ...rest } = writer;
  return new Map<string, unknown>([...Object.entries({ slice_size, data_len, ...rest }), ...Object.entries(slices)]);
}

export interface ItemOptions {
  /** Keys of values without rows that the item is to have as well. */
  readonly required?: readonly string[] | undefined;
}

type CacheFile = Awaited<ReturnType<typeof open>>;

/** An open cache file. Only the slice that is asked for is read. */
export class HumanDataCache {
  readonly sliceSize: number;
  /** Rows of all slices. */
  readonly dataLen: number;
  readonly #file: CacheFile;
  #info: Promise<Dict> | undefined;
  #constant: Promise<ReadonlyMap<unknown, unknown>> | undefined;

  private constructor(file: CacheFile, sliceSize: number, dataLen: number) {
    this.#file = file;
    this.sliceSize = sliceSize;
    this.dataLen = dataLen;
  }

  /** Opens a cache; `FormatError` `corrupt` when its sizes make no sense. Close it when done. */
  static async open(input: Input, options?: OpenOptions): Promise<HumanDataCache> {
    const file = await open(input, options);
    try {
      const [sliceSize, dataLen] = [await file.get("slice_size"), await file.get("data_len")];
      for (const [path, value, least] of [
        ["slice_size", sliceSize, 1],
        ["data_len", dataLen, 0],
      ] as const)
        if (!Number.isSafeInteger(value) || (value as number) < least)
          throw new FormatError("corrupt", `${String(value)} is no size`, { path });
      return new HumanDataCache(file, sliceSize as number, dataLen as number);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Masks and conventions of keypoints. */
  keypointsInfo(): Promise<Dict> {
    this.#info ??= this.#file.get("keypoints_info") as Promise<Dict>;
    return this.#info;
  }

  /**
   * The whole slice that holds row `index` (at `index % sliceSize`), with keypoints as packed as they are stored. Throws
   * `RangeError` for rows that the cache has not, `FormatError` `missing` for required keys that it has not.
   */
  async getItem(index: number, { required = [] }: ItemOptions = {}): Promise<HumanDataDict> {
    if (!Number.isInteger(index) || index < 0 || index >= this.dataLen)
      throw new RangeError(`row ${index} of ${this.dataLen}`);
    const number = String(Math.floor(index / this.sliceSize));
    const slice = membersOf(await this.#file.get(number));
    if (!slice) throw new FormatError("missing", "there is no such slice", { path: number });
    const info = await this.keypointsInfo();
    const members = new Map<unknown, unknown>([...slice, ...Object.entries(info)]);
    for (const key of required) members.set(key, merged(members.get(key), await this.getNonSlicedData(key)));
    members.set("__key_strict__", (await this.#file.get("key_strict")) === true);
    members.set("__keypoints_compressed__", isPacked(slice, info));
    return new HumanDataDict().loadTree(nodeOfValue(members));
  }

  /** A value without rows. Throws `FormatError` `missing` when there is none. */
  async getNonSlicedData(key: string): Promise<unknown> {
    this.#constant ??= this.#file.get("non_sliced_data") as Promise<ReadonlyMap<unknown, unknown>>;
    const constant = await this.#constant;
    if (!constant.has(key)) throw new FormatError("missing", `there is no ${key}`, { path: "non_sliced_data" });
    return constant.get(key);
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

/** Members of both for dicts, else the second. */
function merged(sliced: unknown, constant: unknown): unknown {
  const [a, b] = [membersOf(sliced), membersOf(constant)];
  return a && b ? new Map([...a, ...b]) : constant;
}

/** The file does not say it: keypoints are packed when there are as many joints as their mask has ones, and no more. */
function isPacked(slice: ReadonlyMap<unknown, unknown>, info: Dict): boolean {
  const pairs = [...slice].flatMap(([key, value]) => {
    const mask = info[`${String(key)}_mask`];
    return value instanceof NdArray && mask instanceof NdArray ? [{ joints: value.shape[1], mask }] : [];
  });
  const isWhole = ({ joints, mask }: (typeof pairs)[number]): boolean => {
    const ones = [...mask].filter((element) => Number(element) === 1).length;
    return joints === mask.size && ones !== mask.size;
  };
  return pairs.length > 0 && !pairs.some(isWhole);
}
