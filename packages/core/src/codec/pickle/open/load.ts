import { FormatError } from "../../../errors.js";
import { NdArray } from "../../../ndarray/ndarray.js";
import type { Source, WorkOptions } from "../../../source/source.js";
import { ByteArray, DefaultDict, Instance, Tuple, type Value } from "../../../value/value.js";
import { decodeLatin1 } from "../latin1.js";
import { blobValue, NOT_LATIN1 } from "../read/blob.js";
import { readFully } from "../read/feeder.js";
import { Blob, LazyArray, type Slot } from "../read/slots.js";
import { isObjectArray, replaceParts } from "../read/values.js";
import { RecordSlot } from "../records/rows.js";
import { arrayAtHome, loadedArray, readArray, readBlob } from "./spans.js";

/** Bytes that are read together, with what lies between them if that is little. */
const BATCH = 1 << 23;
const MAX_GAP = 1 << 16;
/** What is larger is read into memory of its own. */
const ALONE = 1 << 20;
const ALIGNMENT = 16;

type Leaf = LazyArray | Blob;

export interface LoadOptions extends WorkOptions {
  readonly maxLoadBytes?: number | undefined;
}

/** Throws `FormatError` `limit` when an array of that size is not to be read into memory. */
export function checkLoad(bytes: number, limit: number): void {
  if (bytes <= limit) return;
  throw new FormatError("limit", `${bytes} bytes are more than the ${limit} that may be read at once`);
}

/**
 * `root` with everything in it that was left in the file. Shared and cyclic objects stay shared and cyclic; objects are
 * copied only if there is something to load.
 */
export async function loadValue(source: Source, root: Value, options: LoadOptions): Promise<Value> {
  const holder = [root];
  const objects = new Set<object>([holder]);
  const leaves = new Set<Leaf>();
  const records = new Map<object, Map<Value, Value>>();
  for (const object of objects) {
    replaceParts(object as Value, (part) => {
      const slot = part as Slot;
      if (slot instanceof LazyArray || slot instanceof Blob) leaves.add(slot);
      else if (slot instanceof RecordSlot) objects.add(mapOf(slot, records));
      else if (typeof slot === "object" && slot !== null) objects.add(slot);
      return part;
    });
  }
  if (leaves.size === 0 && records.size === 0) return root;
  const loaded = await loadLeaves(source, leaves, options);
  return copyObjects(objects, loaded, records, holder);
}

/** The dict that a record stands for, the same one each time. */
function mapOf(record: RecordSlot, records: Map<object, Map<Value, Value>>): Map<Value, Value> {
  const map = records.get(record) ?? record.map();
  records.set(record, map);
  return map;
}

/** Copies objects with the loaded leaves in their places. */
function copyObjects(
  objects: ReadonlySet<object>,
  copies: Map<object, Value>,
  records: ReadonlyMap<object, Map<Value, Value>>,
  holder: readonly Value[],
): Value {
  for (const object of objects) copies.set(object, emptyCopy(object as Value));
  for (const [record, map] of records) copies.set(record, copies.get(map) as Value);
  const copyOf = (part: Value): Value =>
    typeof part === "object" && part !== null ? (copies.get(part) ?? part) : part;
  for (const object of objects) fill(copies.get(object) as Value, object as Value, copyOf);
  return (copies.get(holder as object) as readonly Value[])[0] as Value;
}

function emptyCopy(object: Value): Value {
  if (object instanceof Tuple) return new Tuple();
  if (Array.isArray(object)) return [];
  if (object instanceof Instance) return new Instance(object.module, object.name);
  if (isObjectArray(object)) {
    const order = object.isContiguous ? "C" : "F";
    const items = new Array<Value>(object.size).fill(null);
    return NdArray.from("object", items, object.shape, { order }) as unknown as NdArray;
  }
  if (object instanceof Set) return new (object.constructor as new () => Set<Value>)();
  if (!(object instanceof Map)) return object;
  const copy = new (object.constructor as new () => Map<Value, Value>)();
  if (object instanceof DefaultDict) (copy as DefaultDict).factory = object.factory;
  return copy;
}

function fill(copy: Value, object: Value, copyOf: (part: Value) => Value): void {
  if (Array.isArray(copy)) for (const item of object as readonly Value[]) copy.push(copyOf(item));
  else if (copy instanceof Set) for (const item of object as Set<Value>) copy.add(copyOf(item));
  else if (copy instanceof Map) fillMap(copy, object as Map<Value, Value>, copyOf);
  else if (copy instanceof Instance) {
    fillMap(copy.items, (object as Instance).items, copyOf);
    copy.state = copyOf((object as Instance).state);
  } else if (isObjectArray(copy)) {
    for (const [index, item] of (object as NdArray<"object">).data.entries()) copy.data[index] = copyOf(item);
  }
}

/** Keys hold nothing to load, but a tuple may be a key here and a value there. */
function fillMap(copy: Map<Value, Value>, map: ReadonlyMap<Value, Value>, copyOf: (part: Value) => Value): void {
  for (const [key, item] of map) copy.set(copyOf(key), copyOf(item));
}

/** Reads leaves in the order in which they lie in the file, neighbours at once. */
async function loadLeaves(
  source: Source,
  leaves: ReadonlySet<Leaf>,
  options: LoadOptions,
): Promise<Map<object, Value>> {
  const loaded = new Map<object, Value>();
  const away: Leaf[] = [];
  for (const leaf of leaves) {
    checkLoad(
      leaf instanceof LazyArray ? leaf.layout.byteLength : leaf.length,
      options.maxLoadBytes ?? Number.POSITIVE_INFINITY,
    );
    const value = atHome(leaf);
    if (value === undefined) away.push(leaf);
    else loaded.set(leaf, value);
  }
  away.sort((a, b) => blobOf(a).at - blobOf(b).at);
  let done = 0;
  for (const batch of batches(away)) {
    options.signal?.throwIfAborted();
    await loadBatch(source, batch, loaded, options);
    done += batch.length;
    options.onProgress?.({ stage: "read arrays", done, total: away.length, unit: "arrays" });
  }
  return loaded;
}

function blobOf(leaf: Leaf): Blob {
  return leaf instanceof Blob ? leaf : leaf.blob;
}

function atHome(leaf: Leaf): Value | undefined {
  if (leaf instanceof LazyArray) return arrayAtHome(leaf);
  return leaf.home || leaf.bytes ? blobValue(leaf) : undefined;
}

function* batches(leaves: readonly Leaf[]): Iterable<Leaf[]> {
  let batch: Leaf[] = [];
  let start = 0;
  let end = 0;
  for (const leaf of leaves) {
    const { at, length } = blobOf(leaf);
    const joins = batch.length > 0 && length <= ALONE && at - end <= MAX_GAP && at + length - start <= BATCH;
    if (!joins) {
      if (batch.length > 0) yield batch;
      batch = [];
      start = at;
    }
    batch.push(leaf);
    end = Math.max(end, at + length);
  }
  if (batch.length > 0) yield batch;
}

async function loadBatch(
  source: Source,
  batch: readonly Leaf[],
  loaded: Map<object, Value>,
  options: WorkOptions,
): Promise<void> {
  const [leaf] = batch as [Leaf];
  const first = blobOf(leaf);
  if (batch.length === 1) {
    loaded.set(leaf, await readLeaf(source, leaf, options));
    return;
  }
  const end = batch.reduce((last, leaf) => Math.max(last, blobOf(leaf).at + blobOf(leaf).length), 0);
  const memory = new Uint8Array(end - first.at);
  await readFully(source, memory, first.at, options);
  let used = 0;
  // By position: one piece of the file can be the bytes of several leaves, and is only moved once.
  const seen = new Map<number, Uint8Array>();
  for (const leaf of batch) {
    const blob = blobOf(leaf);
    let bytes = seen.get(blob.at);
    if (!bytes) {
      bytes = pack(memory, blob, blob.at - first.at, used);
      if (bytes.buffer === memory.buffer) used = bytes.byteOffset + bytes.byteLength;
      seen.set(blob.at, bytes);
    }
    loaded.set(leaf, finished(leaf, bytes));
  }
}

/** Moves a blob's bytes down to the next aligned place, decoded: typed arrays are then views. */
function pack(memory: Uint8Array, blob: Blob, start: number, used: number): Uint8Array {
  const at = Math.ceil(used / ALIGNMENT) * ALIGNMENT;
  const { length, encoding } = blob;
  if (at > start || (encoding !== "raw" && encoding !== "utf8")) {
    const copy = new Blob(memory.slice(start, start + length), 0, length, encoding);
    return blobValue(copy);
  }
  if (encoding === "raw") {
    memory.copyWithin(at, start, start + length);
    return memory.subarray(at, at + length);
  }
  const size = decodeLatin1(memory, start, start + length, memory, at);
  if (size < 0) throw new FormatError("corrupt", NOT_LATIN1);
  return memory.subarray(at, at + size);
}

async function readLeaf(source: Source, leaf: Leaf, options: WorkOptions): Promise<Value> {
  if (leaf instanceof LazyArray) return readArray(source, leaf, options);
  return finished(leaf, await readBlob(source, leaf, options));
}

function finished(leaf: Leaf, bytes: Uint8Array): Value {
  if (leaf instanceof LazyArray) return loadedArray(leaf.layout, bytes);
  return leaf.mutable ? new ByteArray(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength) : bytes;
}
