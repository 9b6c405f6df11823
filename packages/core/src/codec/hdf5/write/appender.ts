import { FormatError } from "../../../errors.js";
import { type Descr, type DType, dtype, littleEndian, typeLabel } from "../../../ndarray/dtype.js";
import type { NdArray } from "../../../ndarray/ndarray.js";
import type { ArrayStorage } from "../../../tree/write.js";
import type { Value } from "../../../value/value.js";
import { AttributeWriter } from "./attribute-writer.js";
import { ChunkWriter } from "./chunk-writer.js";
import { datasetHeader } from "./dataset-header.js";
import { storagePlan } from "./plan.js";
import type { Shared, Unfinished } from "./shared.js";
import { type StoredType, storedElements, storedType } from "./stored-array.js";

export interface AppenderOptions extends ArrayStorage {
  /** Type of the elements, `text` for text of any length. Stored little-endian. */
  readonly dtype: Descr | DType | "text";
  /** Shape of one row; empty for single elements. */
  readonly row: readonly number[];
  /**
   * Whether programs may add rows to the array in the finished file. If not, it is stored like one that was written at once:
   * chunks are no longer than it is, and a small one is not compressed. Without any row it stays open to them, as HDF5
   * has no chunks of nothing. Default true.
   */
  readonly growing?: boolean | undefined;
}

/** An array that grows along its first axis while the file is being written. Whole chunks are written as they fill. */
export class Hdf5Appender implements Unfinished {
  readonly path: string;
  readonly row: readonly number[];
  readonly #shared: Shared;
  readonly #type: DType;
  readonly #stored: StoredType;
  readonly #growing: boolean;
  readonly #attributes: AttributeWriter;
  /** Gone when everything is written. */
  #writer: ChunkWriter | undefined;
  #address: number | undefined;
  #length = 0;

  /** Use {@link Hdf5GroupWriter.append}. */
  constructor(shared: Shared, path: string, options: AppenderOptions) {
    const { dtype: wanted, row } = options;
    this.path = path;
    this.row = row;
    this.#shared = shared;
    this.#type = littleEndian(elementsOf(wanted));
    this.#stored = storedType(this.#type, path);
    this.#growing = options.growing ?? true;
    const { itemSize, isText } = this.#stored;
    const plan = storagePlan(options, { shape: [0, ...row], itemSize, isText, growing: true, path });
    const chunks = plan.chunks as readonly number[];
    this.#attributes = new AttributeWriter(shared.output, path);
    this.#writer = new ChunkWriter(shared.output, { chunks, filters: plan.filters, itemSize, row });
  }

  /** Rows that were appended so far. */
  get length(): number {
    return this.#length;
  }

  setAttribute(name: string, value: Value): Promise<void> {
    return this.#shared.inTurn(async () => {
      this.#open();
      await this.#attributes.set(name, value);
    });
  }

  /** Appends the rows of `array`, shape (n, ...row), of the stated type. Throws `FormatError` `unwritable` for others. */
  append(array: NdArray): Promise<void> {
    const [count = 0, ...row] = array.shape;
    const fits = array.ndim > 0 && row.length === this.row.length && row.every((size, axis) => size === this.row[axis]);
    const isText = array.dtype === "string" || array.dtype === "object";
    const alike = this.#stored.isText ? isText : sameElements(littleEndian(array.type), this.#type);
    if (!fits || !alike) {
      const found = `${typeLabel(array.type)} (${array.shape.join(", ")})`;
      const wanted = `${this.#stored.isText ? "text" : typeLabel(this.#type)} (${["n", ...this.row].join(", ")})`;
      return Promise.reject(
        new FormatError("unwritable", `${found} cannot be appended to ${wanted}`, { path: this.path }),
      );
    }
    this.#length += count;
    return this.#shared.inTurn(async () => {
      const writer = this.#open();
      this.#shared.options.signal?.throwIfAborted();
      const bytes = isText ? await storedElements(this.#shared.output, array, this.path) : array.toBytes();
      await writer.add(bytes);
    });
  }

  /**
   * Writes what is left, and the header, before the file is closed: what was kept in memory for it is free. Nothing can be
   * added afterwards.
   */
  async close(): Promise<void> {
    await this.#shared.inTurn(() => this.finish());
  }

  #open(): ChunkWriter {
    if (!this.#writer) throw new Error(`the array ${this.path} is closed`);
    return this.#writer;
  }

  /** Called by what the array is in. */
  async finish(): Promise<number> {
    if (this.#address !== undefined) return this.#address;
    const { message, itemSize } = this.#stored;
    const growing = this.#growing || this.#length === 0;
    const { index, chunks, filters } = await this.#open().finish({ shrink: !growing });
    const header = datasetHeader({
      datatype: message,
      itemSize,
      shape: [this.#length, ...this.row],
      growing,
      storage: { kind: "chunked", index, chunks, itemSize },
      filters,
      attributes: this.#attributes.messages(),
      path: this.path,
    });
    this.#address = await this.#shared.output.append(header);
    this.#writer = undefined;
    return this.#address;
  }
}

function elementsOf(wanted: AppenderOptions["dtype"]): DType {
  if (typeof wanted === "object" && "itemSize" in wanted) return wanted;
  return dtype(wanted === "text" ? "|O" : wanted);
}

function sameElements(a: DType, b: DType): boolean {
  return JSON.stringify(a.descr) === JSON.stringify(b.descr);
}
