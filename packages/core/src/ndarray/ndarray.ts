import { FormatError } from "../errors.js";
import type { Value } from "../value/value.js";
import { type Descr, type DType, type DTypeName, dtype, isGapless, littleEndian } from "./dtype.js";
import { type DataOf, type ElementOf, setElement } from "./elements.js";
import { gather } from "./gather.js";
import { Memory, type Stored } from "./memory.js";
import { type AxisRange, resolveRange } from "./range.js";
import { encodeElements, isDecodedSingly, packStruct, swapBytes } from "./storage.js";
import { columnMajorStrides, positions, rowMajorStrides, sizeOf } from "./strides.js";
import { summaryLine } from "./summary-line.js";

/** Sizes of the axes; none for an array of a single element. */
export type Shape = readonly number[];

export interface CopyOptions {
  /** Default `native`. */
  readonly byteOrder?: "native" | "stored" | undefined;
}

export interface StoredOptions {
  readonly order?: "C" | "F" | undefined;
}

/**
 * An n-dimensional array: a view, by strides, over memory that may belong to a file's buffer. Views made by `slice` and
 * `transpose` share memory with their array; `copy` never does, `contiguous` and `reshape` only when they can.
 *
 * `data`, `shape`, `stride` and `offset` follow the convention of scijs and zarrita, so their functions accept one.
 * Sizes of `S` that are literals (`readonly [number, 190, 3]`) were verified when the array was read.
 */
export class NdArray<D extends DTypeName = DTypeName, S extends Shape = Shape> {
  readonly dtype: D;
  readonly shape: S;
  /** Steps along each axis, counted in elements. */
  readonly strides: readonly number[];
  /** Index in `data` of the element whose indices are all 0. */
  readonly offset: number;
  /** The element type in full, with the byte order that the bytes were stored in. */
  readonly type: DType;
  readonly #memory: Memory<D>;

  static {
    // What Node's console shows; other platforms never ask. (Defined here, as declarations cannot name the symbol.)
    Object.defineProperty(NdArray.prototype, Symbol.for("nodejs.util.inspect.custom"), {
      value(this: NdArray): string {
        return summaryLine(this);
      },
    });
  }

  /** Use {@link NdArray.fromBytes}, {@link NdArray.from} or {@link zeros}. */
  private constructor(type: DType, shape: S, strides: readonly number[], offset: number, memory: Memory<D>) {
    this.type = type;
    this.dtype = type.name as D;
    this.shape = shape;
    this.strides = strides;
    this.offset = offset;
    this.#memory = memory;
  }

  /**
   * An array over stored bytes, without copying them (bytes that are not aligned for their type are copied when `data`
   * is first used, big-endian ones swapped then). Throws `FormatError` `corrupt` when the length does not fit the shape.
   */
  static fromBytes(descr: Descr | DType, shape: Shape, bytes: Stored, options: StoredOptions = {}): NdArray {
    const type = typeof descr === "object" && "itemSize" in descr ? descr : dtype(descr);
    const count = sizeOf(shape);
    if (typeof bytes !== "function" && bytes.byteLength !== count * type.itemSize) {
      throw new FormatError(
        "corrupt",
        `shape (${shape.join(", ")}) of ${type.name} needs ${count * type.itemSize} bytes, ${bytes.byteLength} given`,
      );
    }
    const strides = options.order === "F" ? columnMajorStrides(shape) : rowMajorStrides(shape);
    return new NdArray(type, shape, strides, 0, new Memory(type, bytes, count));
  }

  /** An array over `data` in C order, sharing it. `data` must be what {@link DataOf} states for the type. */
  static from<D extends DTypeName, const S extends Shape = Shape>(
    descr: D | Descr | DType,
    data: DataOf[NoInfer<D>],
    shape?: S,
    options: StoredOptions = {},
  ): NdArray<D, S> {
    const type = asType(descr);
    const perElement = type.name === "complex64" || type.name === "complex128" ? 2 : 1;
    const count = data.length / perElement;
    const actual = shape ?? ([count] as readonly number[] as S);
    if (sizeOf(actual) !== count) throw new RangeError(`shape (${actual.join(", ")}) does not hold ${count} elements`);
    const strides = options.order === "F" ? columnMajorStrides(actual) : rowMajorStrides(actual);
    return new NdArray<D, S>(type, actual, strides, 0, Memory.of<D>(type, data));
  }

  get ndim(): number {
    return this.shape.length;
  }

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /** Bytes of all elements, packed. */
  get byteLength(): number {
    return this.size * this.type.itemSize;
  }

  /**
   * The memory behind the view in native byte order; element `[i, j]` is at `offset + i * strides[0] + j * strides[1]`
   * (twice that for complex types). Shared between views: writing to it shows in all of them, and in the file's buffer.
   */
  get data(): DataOf[D] {
    return this.#memory.data();
  }

  /** `strides` under the name that scijs and zarrita use. */
  get stride(): readonly number[] {
    return this.strides;
  }

  /** True when `data` from `offset` on holds the elements in C order, without gaps. */
  get isContiguous(): boolean {
    return isPacked(this.shape, this.strides, rowMajorStrides(this.shape));
  }

  /** True when they are in Fortran order, without gaps. */
  get isFortran(): boolean {
    return isPacked(this.shape, this.strides, columnMajorStrides(this.shape));
  }

  /** The element at `indices`, negative ones counted from the end. Throws `RangeError` outside the shape. */
  get(...indices: readonly number[]): ElementOf[D] {
    return this.#memory.at(this.position(indices)) as ElementOf[D];
  }

  /** Changes one element in the shared memory. Throws `RangeError` outside the shape. */
  set(indices: readonly number[], value: ElementOf[D]): void {
    setElement(this.type, this.data, this.position(indices), value);
  }

  /** Index into `data` of the element at `indices`. */
  position(indices: readonly number[]): number {
    if (indices.length !== this.shape.length) {
      throw new RangeError(`${this.shape.length} indices expected, ${indices.length} given`);
    }
    let position = this.offset;
    for (let axis = 0; axis < indices.length; axis++) {
      const size = this.shape[axis] as number;
      const index = indices[axis] as number;
      const at = index < 0 ? index + size : index;
      if (!(Number.isInteger(at) && at >= 0 && at < size)) {
        throw new RangeError(`index ${index} is outside axis ${axis} of size ${size}`);
      }
      position += at * (this.strides[axis] as number);
    }
    return position;
  }

  /**
   * A view of part of the array. One range an axis: a number picks (and drops the axis), `null` keeps all,
   * `[start, stop, step]` works as Python's slices do, clipped to the axis. Missing ranges keep their axis.
   */
  slice(...ranges: readonly AxisRange[]): NdArray<D> {
    if (ranges.length > this.ndim) throw new RangeError(`${ranges.length} ranges for ${this.ndim} axes`);
    const shape: number[] = [];
    const strides: number[] = [];
    let offset = this.offset;
    for (let axis = 0; axis < this.ndim; axis++) {
      const size = this.shape[axis] as number;
      const stride = this.strides[axis] as number;
      const range = ranges[axis];
      if (typeof range === "number") {
        const at = range < 0 ? range + size : range;
        if (!(Number.isInteger(at) && at >= 0 && at < size)) {
          throw new RangeError(`index ${range} is outside axis ${axis} of size ${size}`);
        }
        offset += at * stride;
        continue;
      }
      const { start, step, length } = resolveRange(range, size);
      if (length > 0) offset += start * stride;
      shape.push(length);
      strides.push(step * stride);
    }
    return new NdArray<D>(this.type, shape, strides, offset, this.#memory);
  }

  /** A view with the axes in another order, reversed when `axes` is left out. */
  transpose(axes: readonly number[] = this.shape.map((_, axis) => this.ndim - 1 - axis)): NdArray<D> {
    const sorted = [...axes].sort((a, b) => a - b);
    if (sorted.length !== this.ndim || sorted.some((axis, index) => axis !== index)) {
      throw new RangeError(`(${axes.join(", ")}) is no order of ${this.ndim} axes`);
    }
    const shape = axes.map((axis) => this.shape[axis] as number);
    const strides = axes.map((axis) => this.strides[axis] as number);
    return new NdArray<D>(this.type, shape, strides, this.offset, this.#memory);
  }

  /** The same elements in C order under another shape: a view where the array is contiguous, else a copy. */
  reshape(shape: Shape): NdArray<D> {
    if (sizeOf(shape) !== this.size) {
      throw new RangeError(`cannot reshape (${this.shape.join(", ")}) to (${shape.join(", ")})`);
    }
    const packed = this.isContiguous ? this : this.contiguous();
    return new NdArray<D>(packed.type, shape, rowMajorStrides(shape), packed.offset, packed.#memory);
  }

  /** This array when it is contiguous and in native order, else a packed native copy in C order. */
  contiguous(): NdArray<D, S> {
    return this.isContiguous && this.type.byteOrder !== ">" ? this : this.copy();
  }

  /**
   * A packed copy in C order that shares nothing with this array. Its type says native byte order, or, with `stored`,
   * what this array's type says.
   */
  copy(options: CopyOptions = {}): NdArray<D, S> {
    const type = options.byteOrder === "stored" ? this.type : littleEndian(this.type);
    const stored = this.#storedRun();
    if (stored && (type === this.type || !isDecodedSingly(type))) {
      // Not `slice`, which makes no copy of a Node Buffer.
      const own = NdArray.fromBytes(this.type, this.shape, new Uint8Array(stored)) as unknown as NdArray<D, S>;
      if (type === this.type) return own;
      return new NdArray<D, S>(type, own.shape, own.strides, 0, Memory.of<D>(type, own.data));
    }
    const bytes = this.#packedElements(type);
    if (bytes) return NdArray.fromBytes(type, this.shape, bytes) as unknown as NdArray<D, S>;
    const data = gather(this.type, this.data, this.shape, this.strides, this.offset) as DataOf[D];
    return new NdArray<D, S>(type, this.shape, rowMajorStrides(this.shape), 0, Memory.of<D>(type, data));
  }

  /** The elements in C order as packed little-endian bytes: a view where they are stored like that, else a copy. */
  toBytes(): Uint8Array {
    const { itemSize, byteOrder } = this.type;
    if (byteOrder !== ">" && (this.type.name !== "struct" || isGapless(this.type)) && this.isContiguous) {
      const stored = this.#memory.stored(this.offset * itemSize, this.byteLength);
      if (stored) return stored;
    }
    const packed = this.#packedElements(littleEndian(this.type));
    if (packed) return packed;
    const data = gather(this.type, this.data, this.shape, this.strides, this.offset);
    return encodeElements(littleEndian(this.type), this.type, data);
  }

  /** The bytes as stored, where the elements lie in them in C order and nobody has asked for swapped data. */
  #storedRun(): Uint8Array | undefined {
    if (!this.isContiguous || this.type.name === "object") return undefined;
    return this.#memory.stored(this.offset * this.type.itemSize, this.byteLength);
  }

  /** A packed copy, as `target` stores it, of elements that are decoded singly; `undefined` for others. */
  #packedElements(target: DType): Uint8Array | undefined {
    if (this.#memory.elementBytes(0) === undefined) return undefined;
    const { type } = this;
    const packed = new Uint8Array(this.byteLength);
    let at = 0;
    for (const position of positions(this.shape, this.strides, this.offset)) {
      const bytes = this.#memory.elementBytes(position) as Uint8Array;
      if (type.name === "struct") packStruct(target, type, bytes, packed.subarray(at, at + type.itemSize));
      else packed.set(bytes, at);
      at += type.itemSize;
    }
    if (type.byteOrder !== target.byteOrder) swapBytes(packed, 4);
    return packed;
  }

  /**
   * The bytes as stored, where this array is all of them in one packed order: what a writer copies without converting.
   * `undefined` for other views and for values without stored bytes (object arrays).
   */
  storedBytes(): { readonly bytes: Uint8Array; readonly order: "C" | "F" } | undefined {
    if (this.#memory.byteLength !== this.byteLength || this.offset !== 0) return undefined;
    const order = this.isContiguous ? "C" : this.isFortran ? "F" : undefined;
    const bytes = order && this.#memory.stored(0, this.byteLength);
    return bytes && { bytes, order };
  }

  /** All elements in C order. */
  *[Symbol.iterator](): IterableIterator<ElementOf[D]> {
    if (!this.isContiguous) {
      for (const position of positions(this.shape, this.strides, this.offset))
        yield this.#memory.at(position) as ElementOf[D];
      return;
    }
    const end = this.offset + this.size;
    for (let position = this.offset; position < end; position++) yield this.#memory.at(position) as ElementOf[D];
  }

  /** Type, shape and the first elements on one line: `NdArray float32 (10, 3) [0.5, 0.25, 1, …]`. */
  toString(): string {
    return summaryLine(this);
  }

  /** Nested lists of elements, as numpy's `tolist`; the element itself for an array without axes. */
  toList(): unknown {
    const elements = [...this] as unknown[];
    const nest = (axis: number, start: number, count: number): unknown => {
      if (axis === this.ndim) return elements[start];
      const size = this.shape[axis] as number;
      const inner = size === 0 ? 0 : count / size;
      return Array.from({ length: size }, (_, i) => nest(axis + 1, start + i * inner, inner));
    };
    return nest(0, 0, elements.length);
  }

  /** What `JSON.stringify` sees: nested lists, int64 as strings where they are beyond 2^53 - 1. */
  toJSON(): unknown {
    const safe = (item: unknown): unknown => {
      if (Array.isArray(item)) return item.map(safe);
      if (typeof item !== "bigint") return item;
      return BigInt(Number(item)) === item && Number.isSafeInteger(Number(item)) ? Number(item) : String(item);
    };
    return safe(this.toList());
  }
}

function asType(descr: DTypeName | Descr | DType): DType {
  if (typeof descr === "object" && "itemSize" in descr) return descr;
  return dtype(descr);
}

function isPacked(shape: Shape, strides: readonly number[], packed: readonly number[]): boolean {
  if (sizeOf(shape) === 0) return true;
  return shape.every((size, axis) => size === 1 || strides[axis] === packed[axis]);
}

/** An array of zeros (false, empty text, null). */
export function zeros<D extends DTypeName, const S extends Shape = Shape>(
  descr: D | Descr | DType,
  shape: S,
): NdArray<D, S> {
  const type = asType(descr);
  const count = sizeOf(shape);
  if (type.name === "object") {
    return NdArray.from<D, S>(type, new Array<Value>(count).fill(null) as unknown as DataOf[D], shape);
  }
  return NdArray.fromBytes(littleEndian(type), shape, new Uint8Array(count * type.itemSize)) as unknown as NdArray<
    D,
    S
  >;
}
