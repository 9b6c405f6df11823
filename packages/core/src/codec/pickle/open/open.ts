import { FormatError } from "../../../errors.js";
import type { NdArray } from "../../../ndarray/ndarray.js";
import { readAhead } from "../../../source/read-ahead.js";
import type { Source, WorkOptions } from "../../../source/source.js";
import type { ArrayNode, GroupNode, ListNode, Node } from "../../../tree/node.js";
import { rowBytes, shapeOfRows } from "../../../tree/rows.js";
import { membersOf } from "../../../tree/value-node.js";
import { elementPath, memberPath } from "../../../value/path.js";
import { Instance, Tuple, type Value } from "../../../value/value.js";
import { visibleShape } from "../array-layout.js";
import { type ReadPickleFromOptions, scan } from "../read/read.js";
import { LazyArray, type Slot } from "../read/slots.js";
import { isObjectArray } from "../read/values.js";
import { RecordSlot } from "../records/rows.js";
import { checkLoad, loadValue } from "./load.js";
import { type NodeMaker, RecordNode, singleValue, storedBytes } from "./record-node.js";
import { arrayAtHome, arrayChunks, hasChunks, hasRows, readArray, readRows } from "./spans.js";

export interface OpenPickleOptions extends ReadPickleFromOptions {
  /** Bytes of one array that may be read into memory at once; a larger one is a `limit` error. */
  readonly maxLoadBytes?: number | undefined;
}

/**
 * Opens a pickle: the stream is read once to its end, arrays and large bytes are left in the file until somebody loads
 * them. The source must stay open as long as nodes are used.
 *
 * - A dict whose keys are all strings is a group. So is an instance of a listed class: its attributes, then its dict
 *   entries; `load` gives the `Instance`.
 * - A list or tuple is a list.
 * - Anything else is a scalar and in memory when its node is there. That includes dicts with other keys, with all arrays
 *   in them.
 *
 * Rejects with `FormatError` as `readPickle` throws it. Text that stands for an array's bytes is only checked when the
 * array is loaded.
 */
export async function openPickle(source: Source, options: OpenPickleOptions = {}): Promise<Node> {
  const root = await scan(source, options);
  return new Tree(source, options.maxLoadBytes).node(root, "", options);
}

class Tree implements NodeMaker {
  readonly #source: Source;

  readonly #maxLoadBytes: number;

  constructor(source: Source, maxLoadBytes = Number.POSITIVE_INFINITY) {
    this.#source = readAhead(source);
    this.#maxLoadBytes = maxLoadBytes;
  }

  async node(value: Value, path: string, options: WorkOptions = {}): Promise<Node> {
    return this.#nodeNow(value, path) ?? { kind: "scalar", path, value: await this.load(value, path, options) };
  }

  /** The node of what has children or elements, and of single values. */
  #nodeNow(value: Value, path: string): Node | undefined {
    const slot = value as Slot;
    if (typeof value !== "object" || value === null) return { kind: "scalar", path, value };
    if (slot instanceof RecordSlot) return slot.keys && new RecordNode(this, slot, path);
    if (slot instanceof LazyArray) return this.#array(slot, path);
    if (isObjectArray(value)) return this.#objects(value, path);
    if (value instanceof Instance) return this.#group(value, membersOf(value) as ReadonlyMap<string, Value>, path);
    if (value instanceof Map && hasOnlyStrings(value)) return this.#group(value, value, path);
    return Array.isArray(value) ? this.#list(value, path) : undefined;
  }

  async load(value: Value, path: string, options: WorkOptions = {}): Promise<Value> {
    return atPath(path, () => loadValue(this.#source, value, { ...options, maxLoadBytes: this.#maxLoadBytes }));
  }

  #group(value: Value, items: ReadonlyMap<Value, Value>, path: string): GroupNode {
    return {
      kind: "group",
      path,
      keys: [...items.keys()] as string[],
      child: async (key, options) => {
        const item = items.get(key);
        return item === undefined ? undefined : this.node(item, memberPath(path, key), options);
      },
      valueNow: (key) => singleValue(items.get(key)),
      storedBytes: (key) => storedBytes(items.get(key)),
      load: (options) => this.load(value, path, options),
    };
  }

  #list(items: readonly Value[], path: string): ListNode {
    return {
      kind: "list",
      path,
      length: items.length,
      form: items instanceof Tuple ? "tuple" : "list",
      child: async (index, options) => {
        const item = items[index];
        if (item === undefined) throw new RangeError(`no element ${index} in a list of ${items.length}`);
        return this.node(item, elementPath(path, index), options);
      },
      childNow: (index) => {
        const item = items[index];
        return item === undefined ? undefined : this.#nodeNow(item, elementPath(path, index));
      },
      load: (options) => this.load(items, path, options),
    };
  }

  #array(lazy: LazyArray, path: string): ArrayNode {
    const { layout, blob } = lazy;
    const shape = visibleShape(layout);
    const reversed = layout.axes?.every((axis, index) => axis === shape.length - 1 - index) ?? false;
    const order = reversed ? (layout.order === "C" ? "F" : "C") : layout.order;
    const array = blob.home && blob.encoding === "raw" ? arrayAtHome(lazy) : undefined;
    const node = { kind: "array", path, type: layout.type, shape, order, ...(array ? { array } : {}) } as const;
    const load = (options: WorkOptions = {}): Promise<NdArray> =>
      atPath(path, async () => {
        checkLoad(layout.byteLength, this.#maxLoadBytes);
        return arrayAtHome(lazy) ?? readArray(this.#source, lazy, options);
      });
    const rows = hasRows(lazy) && {
      rows: (start: number, stop: number, options: WorkOptions = {}) => this.#rows(lazy, path, start, stop, options),
    };
    if ((layout.axes && !reversed) || !hasChunks(lazy)) return { ...node, load, ...rows };
    return { ...node, load, ...rows, chunks: (options = {}) => arrayChunks(this.#source, lazy, options) };
  }

  #rows(lazy: LazyArray, path: string, start: number, stop: number, options: WorkOptions): Promise<NdArray> {
    return atPath(path, async () => {
      const shape = shapeOfRows(visibleShape(lazy.layout), start, stop);
      checkLoad(rowBytes({ type: lazy.layout.type, shape }) * (stop - start), this.#maxLoadBytes);
      return readRows(this.#source, lazy, start, stop, options);
    });
  }

  #objects(array: NdArray<"object">, path: string): ArrayNode {
    return {
      kind: "array",
      path,
      type: array.type,
      shape: array.shape,
      order: array.isContiguous ? "C" : "F",
      load: async (options) => (await this.load(array as unknown as NdArray, path, options)) as NdArray,
    };
  }
}

function hasOnlyStrings(items: ReadonlyMap<Value, Value>): boolean {
  for (const key of items.keys()) if (typeof key !== "string") return false;
  return true;
}

/** Errors of loading name the place of the value. */
async function atPath<T>(path: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (!(error instanceof FormatError) || error.path !== "") throw error;
    throw new FormatError(error.code, error.reason, { path, offset: error.offset, cause: error });
  }
}
