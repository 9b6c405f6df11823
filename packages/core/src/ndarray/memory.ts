import { FormatError } from "../errors.js";
import type { DType, DTypeName } from "./dtype.js";
import { type DataOf, elementAt } from "./elements.js";
import { decodeElement, decodeElements, isDecodedSingly } from "./storage.js";

/** Bytes of an array as a file stores them, or how to get them when first needed. */
export type Stored = Uint8Array | (() => Uint8Array);

/** Shared memory of views: bytes as stored until someone asks for native data. */
export class Memory<D extends DTypeName> {
  readonly #type: DType;
  readonly #count: number;
  #stored: Stored | undefined;
  #data: DataOf[D] | undefined;

  constructor(type: DType, stored: Stored | undefined, count: number) {
    this.#type = type;
    this.#stored = stored;
    this.#count = count;
  }

  static of<D extends DTypeName>(type: DType, data: DataOf[D]): Memory<D> {
    const perElement = type.name === "complex64" || type.name === "complex128" ? 2 : 1;
    const memory = new Memory<D>(type, undefined, data.length / perElement);
    memory.#data = data;
    return memory;
  }

  get byteLength(): number {
    return this.#count * this.#type.itemSize;
  }

  /**
   * Part of the stored bytes, as long as nobody can have written to a native copy of them. (Not all of them to cut from:
   * memory of wider elements can be longer than a byte array may be.)
   */
  stored(start: number, byteLength: number): Uint8Array | undefined {
    // An empty view may start outside the memory.
    if (byteLength === 0) return new Uint8Array(0);
    if (this.#data) {
      if (!ArrayBuffer.isView(this.#data) || this.#type.byteOrder === ">") return undefined;
      return new Uint8Array(this.#data.buffer as ArrayBuffer, this.#data.byteOffset + start, byteLength);
    }
    const bytes = this.#bytes();
    return byteLength === bytes.byteLength ? bytes : bytes.subarray(start, start + byteLength);
  }

  /** The bytes of the element at an index, of a type that is decoded singly and as long as nobody asked for `data`. */
  elementBytes(position: number): Uint8Array | undefined {
    if (this.#data || !isDecodedSingly(this.#type)) return undefined;
    const { itemSize } = this.#type;
    return this.#bytes().subarray(position * itemSize, (position + 1) * itemSize);
  }

  /** The element at an index, without making all the others. */
  at(position: number): unknown {
    const bytes = this.elementBytes(position);
    return bytes ? decodeElement(this.#type, bytes) : elementAt(this.#type, this.data(), position);
  }

  data(): DataOf[D] {
    if (!this.#data) {
      this.#data = decodeElements(this.#type, this.#bytes(), this.#count) as DataOf[D];
      this.#stored = undefined;
    }
    return this.#data;
  }

  #bytes(): Uint8Array {
    if (typeof this.#stored === "function") {
      const bytes = this.#stored();
      const needed = this.#count * this.#type.itemSize;
      if (bytes.byteLength !== needed)
        throw new FormatError("corrupt", `${needed} array bytes expected, ${bytes.byteLength} found`);
      this.#stored = bytes;
    }
    return this.#stored as Uint8Array;
  }
}
