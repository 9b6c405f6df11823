import { FormatError } from "../../errors.js";
import { NdArray } from "../../ndarray/ndarray.js";
import type { WorkOptions } from "../../source/source.js";
import type { ArrayNode } from "../../tree/node.js";
import { arrayNode } from "../../tree/value-node.js";

/**
 * Rows of an array that can only be read from its beginning on, such as a compressed one: those asked for in ascending order take
 * one pass, of which no more than they is in memory. Going back begins anew.
 */
export class RowStream {
  readonly #node: ArrayNode;
  readonly #rowBytes: number;
  #pieces: AsyncIterator<Uint8Array> | undefined;
  /** What was read and not asked for yet, and the byte of the array that it begins at. */
  #left: Uint8Array = new Uint8Array(0);
  #at = 0;

  private constructor(node: ArrayNode) {
    this.#node = node;
    this.#rowBytes = node.shape.slice(1).reduce((all, size) => all * size, node.type.itemSize);
  }

  /** Undefined for an array whose rows do not lie one after the other, or that cannot be read in pieces. */
  static of(node: ArrayNode): RowStream | undefined {
    return node.chunks &&
      node.order === "C" &&
      node.shape.length > 0 &&
      !node.type.fields &&
      node.type.name !== "object"
      ? new RowStream(node)
      : undefined;
  }

  /** Rows `start` to `stop`, as they are stored. */
  async node(start: number, stop: number, options: WorkOptions): Promise<ArrayNode> {
    const { type, shape, path } = this.#node;
    const [from, to] = [start * this.#rowBytes, stop * this.#rowBytes];
    if (!this.#pieces || from < this.#at) await this.#restart(options);
    const bytes = new Uint8Array(to - from);
    while (this.#at < to) {
      if (this.#left.byteLength === 0 && !(await this.#next())) break;
      const end = this.#at + this.#left.byteLength;
      const [first, last] = [Math.max(this.#at, from), Math.min(end, to)];
      if (first < last) bytes.set(this.#left.subarray(first - this.#at, last - this.#at), first - from);
      const used = Math.min(end, to) - this.#at;
      this.#left = this.#left.subarray(used);
      this.#at += used;
    }
    if (this.#at < to) throw new FormatError("truncated", `it has fewer than ${stop} rows`, { path: this.#node.path });
    if (stop >= (shape[0] as number)) await this.close();
    return arrayNode(NdArray.fromBytes(type, [stop - start, ...shape.slice(1)], bytes) as NdArray, path);
  }

  async #next(): Promise<boolean> {
    const step = await this.#pieces?.next();
    if (!step || step.done) return false;
    this.#left = step.value;
    return true;
  }

  async #restart(options: WorkOptions): Promise<void> {
    await this.close();
    this.#pieces = this.#node.chunks?.(options)[Symbol.asyncIterator]();
    this.#at = 0;
  }

  /** Lets go of what is read from; later rows begin anew. */
  async close(): Promise<void> {
    await this.#pieces?.return?.();
    this.#pieces = undefined;
    this.#left = new Uint8Array(0);
  }
}
