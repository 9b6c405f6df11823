import type { DType } from "../../ndarray/dtype.js";
import { NdArray } from "../../ndarray/ndarray.js";
import type { WorkOptions } from "../../source/source.js";
import type { ArrayNode, Node } from "../../tree/node.js";
import { isPlainObject, nodeOfValue } from "../../tree/value-node.js";
import { elementPath, memberPath } from "../../value/path.js";

/** An array that is made when it is written. */
export class DeferredArray {
  readonly type: DType;
  readonly shape: readonly number[];
  /** Rows in C order, piece by piece. */
  readonly pieces: (options: WorkOptions) => AsyncIterable<NdArray>;

  constructor(type: DType, shape: readonly number[], pieces: DeferredArray["pieces"]) {
    this.type = type;
    this.shape = shape;
    this.pieces = pieces;
  }

  node(path: string): ArrayNode {
    const { type, shape, pieces } = this;
    async function* chunks(options: WorkOptions = {}): AsyncGenerator<Uint8Array, void, void> {
      for await (const piece of pieces(options)) yield piece.toBytes();
    }
    const load = async (options: WorkOptions = {}): Promise<NdArray> => {
      const bytes = new Uint8Array(shape.reduce((all, size) => all * size, type.itemSize));
      let at = 0;
      for await (const chunk of chunks(options)) {
        bytes.set(chunk, at);
        at += chunk.byteLength;
      }
      return NdArray.fromBytes(type, shape, bytes) as NdArray;
    };
    return { kind: "array", path, type, shape, order: "C", load, chunks };
  }
}

/** A list whose items are made when they are written, one after the other, as often as the list is gone through. */
export class DeferredList {
  readonly length: number;
  readonly #items: () => AsyncIterable<unknown>;
  #running: AsyncIterator<unknown> | undefined;
  #next = 0;
  #last: unknown;

  constructor(length: number, items: () => AsyncIterable<unknown>) {
    this.length = length;
    this.#items = items;
  }

  /** An item; going back begins anew. */
  async at(index: number): Promise<unknown> {
    if (this.#running && index === this.#next - 1) return this.#last;
    if (!this.#running || index < this.#next) {
      await this.#running?.return?.();
      this.#running = this.#items()[Symbol.asyncIterator]();
      this.#next = 0;
    }
    while (this.#next <= index) {
      const step = await this.#running.next();
      if (step.done) throw new RangeError(`item ${index} of a list of ${this.#next}`);
      this.#last = step.value;
      this.#next++;
    }
    return this.#last;
  }

  node(path: string): Node {
    return {
      kind: "list",
      path,
      length: this.length,
      child: async (index) => deferredTree(await this.at(index), elementPath(path, index)),
    };
  }
}

/** The tree of a value in which arrays and lists are still to be made. */
export function deferredTree(value: unknown, path = ""): Node {
  if (value instanceof DeferredArray || value instanceof DeferredList) return value.node(path);
  if (Array.isArray(value) && Object.getPrototypeOf(value) === Array.prototype)
    return {
      kind: "list",
      path,
      length: value.length,
      child: async (index) => deferredTree(value[index], elementPath(path, index)),
    };
  if (!isPlainObject(value)) return nodeOfValue(value, path);
  return {
    kind: "group",
    path,
    keys: Object.keys(value).filter((key) => value[key] !== undefined),
    child: async (key) =>
      Object.hasOwn(value, key) && value[key] !== undefined
        ? deferredTree(value[key], memberPath(path, key))
        : undefined,
  };
}
