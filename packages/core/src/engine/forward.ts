import { NdArray } from "../ndarray/ndarray.js";
import type { WorkOptions } from "../source/source.js";
import type { ArrayNode, GroupNode, Node } from "../tree/node.js";
import { rowBytes, shapeOfRows } from "../tree/rows.js";
import type { Value } from "../value/value.js";

/**
 * A tree for going through a file once: rows of an array that are asked for in order are read one after the other, each
 * entry of the file once, however it is compressed. What is loaded whole is kept, so that it is loaded once too.
 */
export class ForwardTree {
  readonly root: GroupNode;
  readonly #cursors: RowCursor[] = [];
  readonly #options: WorkOptions;

  /** `options` are those of the whole passage; those of single reads end with them. */
  constructor(root: GroupNode, options: WorkOptions = {}) {
    this.#options = options;
    this.root = this.#group(root);
  }

  /** Ends all reading. Nodes are not to be used afterwards. */
  async close(): Promise<void> {
    await Promise.all(this.#cursors.map((cursor) => cursor.close()));
  }

  #node(node: Node): Node {
    if (node.kind === "array") return this.#array(node);
    return node.kind === "group" ? this.#group(node) : node;
  }

  #group(group: GroupNode): GroupNode {
    const children = new Map<string, Promise<Node | undefined>>();
    const child = async (key: string): Promise<Node | undefined> => {
      const node = await group.child(key, this.#options);
      return node && this.#node(node);
    };
    let whole: Promise<Value> | undefined;
    return {
      kind: "group",
      path: group.path,
      keys: group.keys,
      child: (key) => {
        let found = children.get(key);
        if (!found) {
          found = child(key);
          children.set(key, found);
        }
        return found;
      },
      ...(group.load && { load: () => (whole ??= group.load?.(this.#options) as Promise<Value>) }),
    };
  }

  #array(node: ArrayNode): ArrayNode {
    const { path, type, shape, order, array } = node;
    if (array) return node;
    let whole: Promise<NdArray> | undefined;
    const load = (): Promise<NdArray> => (whole ??= node.load(this.#options));
    const same = { kind: "array", path, type, shape, order, load } as const;
    if (!node.rows || !node.chunks) return same;
    const cursor = new RowCursor(node, this.#options);
    this.#cursors.push(cursor);
    return { ...same, rows: (start, stop) => cursor.rows(start, stop) };
  }
}

/** Rows of one array in ascending order, from pieces that are read once. */
class RowCursor {
  readonly #node: ArrayNode;
  readonly #options: WorkOptions;
  readonly #row: number;
  #pieces: AsyncIterator<Uint8Array> | undefined;
  /** What is left of the last piece; it is valid until the next one is asked for. */
  #rest: Uint8Array = new Uint8Array(0);
  #position = 0;

  constructor(node: ArrayNode, options: WorkOptions) {
    this.#node = node;
    this.#options = options;
    this.#row = rowBytes(node);
  }

  async rows(start: number, stop: number): Promise<NdArray> {
    const { type, shape } = this.#node;
    const part = shapeOfRows(shape, start, stop);
    const bytes = new Uint8Array((stop - start) * this.#row);
    if (bytes.byteLength > 0) {
      await this.#moveTo(start * this.#row);
      await this.#take(bytes.byteLength, bytes);
    }
    // The end of the pieces is where checksums are compared.
    if (stop === shape[0]) await this.#finish();
    return NdArray.fromBytes(type, part, bytes);
  }

  async close(): Promise<void> {
    const pieces = this.#pieces;
    this.#pieces = undefined;
    this.#rest = new Uint8Array(0);
    await pieces?.return?.();
  }

  /** Goes to a byte of the array: on from where it is, or from the beginning for one that has passed. */
  async #moveTo(byte: number): Promise<void> {
    if (!this.#pieces || byte < this.#position) {
      await this.close();
      this.#position = 0;
      this.#pieces = (this.#node.chunks as NonNullable<ArrayNode["chunks"]>)(this.#options)[Symbol.asyncIterator]();
    }
    await this.#take(byte - this.#position);
  }

  /** Goes on by `count` bytes, which `target` gets. */
  async #take(count: number, target?: Uint8Array): Promise<void> {
    let done = 0;
    while (done < count) {
      if (this.#rest.byteLength === 0 && !(await this.#next())) throw new Error("an array has fewer bytes than rows");
      const part = this.#rest.subarray(0, count - done);
      target?.set(part, done);
      done += part.byteLength;
      this.#rest = this.#rest.subarray(part.byteLength);
    }
    this.#position += count;
  }

  async #next(): Promise<boolean> {
    const { done, value } = (await this.#pieces?.next()) ?? { done: true, value: undefined };
    this.#rest = done ? new Uint8Array(0) : value;
    return done !== true;
  }

  async #finish(): Promise<void> {
    this.#rest = new Uint8Array(0);
    while (this.#pieces && (await this.#next()));
    this.#pieces = undefined;
  }
}
