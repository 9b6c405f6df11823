import { NdArray } from "../../ndarray/ndarray.js";
import { sizeOf } from "../../ndarray/strides.js";

const ARRAYS = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
} as const;

type Name = keyof typeof ARRAYS;
type Numbers = InstanceType<(typeof ARRAYS)[Name]>;

/** Numbers of the first rows that are made room for. */
const FIRST = 256;

/** Numbers that are gathered until they are enough rows to hand over. Takes no more memory than it needs. */
export class RowBuffer {
  readonly #dtype: Name;
  readonly #row: readonly number[];
  readonly #most: number;
  #numbers: Numbers;
  #used = 0;

  /** Throws `TypeError` for dtypes whose numbers are not JavaScript's. */
  constructor(dtype: string, row: readonly number[], rows: number) {
    if (!(dtype in ARRAYS)) throw new TypeError(`rows of ${dtype} cannot be written one after the other`);
    this.#dtype = dtype as Name;
    this.#row = row;
    this.#most = rows * sizeOf(row);
    this.#numbers = new ARRAYS[this.#dtype](0);
  }

  get isFull(): boolean {
    return this.#used >= this.#most;
  }

  push(number: number): void {
    if (this.#used === this.#numbers.length) this.#grow();
    this.#numbers[this.#used++] = number;
  }

  /** The rows that are there, which are gone from here; undefined without any. */
  take(): NdArray | undefined {
    if (this.#used === 0) return undefined;
    const shape = [this.#used / sizeOf(this.#row), ...this.#row];
    const numbers = this.#numbers.subarray(0, this.#used) as Float64Array<ArrayBuffer>;
    this.#numbers = new ARRAYS[this.#dtype](this.isFull ? this.#numbers.length : 0);
    this.#used = 0;
    return NdArray.from<"float64">(this.#dtype as "float64", numbers, shape) as unknown as NdArray;
  }

  #grow(): void {
    const grown = new ARRAYS[this.#dtype](Math.max(FIRST, 2 * this.#numbers.length));
    grown.set(this.#numbers as Float64Array);
    this.#numbers = grown;
  }
}
