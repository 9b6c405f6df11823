import { FormatError } from "../../../errors.js";
import { type Descr, type DType, dtype, littleEndian, typeLabel } from "../../../ndarray/dtype.js";
import type { NdArray } from "../../../ndarray/ndarray.js";
import { sizeOf } from "../../../ndarray/strides.js";
import type { ReadOptions, Sink, WorkOptions } from "../../../source/source.js";
import type { ArrayNode } from "../../../tree/node.js";
import type { ArrayStorage } from "../../../tree/write.js";
import { memberPath } from "../../../value/path.js";
import type { Value } from "../../../value/value.js";
import { AttributeWriter, nothing } from "./attribute-writer.js";
import { ChunkWriter } from "./chunk-writer.js";
import { datasetHeader } from "./dataset-header.js";
import { writeGroupHeader } from "./group-header.js";
import type { Storage } from "./messages.js";
import { Output } from "./output.js";
import { type StoragePlan, storagePlan } from "./plan.js";
import { type StoredType, storedElements, storedType, typeToWrite } from "./stored-array.js";

export interface Hdf5WriterOptions extends ReadOptions {
  /** How arrays are stored for which nothing else is said. Default: uncompressed. */
  readonly storage?: ArrayStorage | undefined;
}

export interface GroupOptions {
  /** Whether the group remembers the order of its members and attributes. Default false: names in byte order. */
  readonly ordered?: boolean | undefined;
}

export interface AppenderOptions extends ArrayStorage {
  /** Type of the elements, `text` for text of any length. Stored little-endian. */
  readonly dtype: Descr | DType | "text";
  /** Shape of one row; empty for single elements. */
  readonly row: readonly number[];
}

/** Elements up to here are kept in the header of their data set. */
const COMPACT = 512;
/** What a group's member is, once it is written: the address of its header. */
interface Unfinished {
  finish(): Promise<number>;
}

/** What all parts of one file share. */
interface Shared {
  readonly output: Output;
  readonly options: Hdf5WriterOptions;
  /** Runs one piece of work after the other, as the bytes of some have to follow each other. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * Writes an HDF5 file front to back: data first, then the headers of groups and data sets when it is closed. Nothing is
 * visible under the sink's name before that. Structures are those of HDF5 1.8, so every reader since then takes the file.
 */
export function createHdf5(sink: Sink, options: Hdf5WriterOptions & GroupOptions = {}): Hdf5Writer {
  return new Hdf5Writer(sink, options);
}

export class Hdf5Writer {
  readonly root: Hdf5GroupWriter;
  readonly #sink: Sink;
  readonly #output: Output;
  #state: "open" | "closed" | "failed" = "open";
  #last: Promise<unknown> = Promise.resolve();

  /** Use {@link createHdf5}. */
  constructor(sink: Sink, options: Hdf5WriterOptions & GroupOptions) {
    this.#sink = sink;
    this.#output = new Output(sink);
    const shared: Shared = { output: this.#output, options, inTurn: (work) => this.#inTurn(work) };
    this.root = new Hdf5GroupWriter(shared, "", options.ordered ?? false);
  }

  /** Writes what is left of appenders, all headers, and commits the sink. */
  async close(): Promise<void> {
    try {
      await this.#inTurn(async () => this.#output.finish(await this.root.finish()));
      this.#state = "closed";
    } catch (error) {
      await this.abort();
      throw error;
    }
  }

  /** Gives up: nothing remains of the file. */
  async abort(): Promise<void> {
    if (this.#state === "closed") return;
    this.#state = "failed";
    await this.#last.catch(() => undefined);
    await this.#sink.abort();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#last.then(async () => {
      if (this.#state !== "open") throw new Error(`the HDF5 file is ${this.#state}`);
      return work();
    });
    this.#last = next.catch(() => undefined);
    return next;
  }
}

/** A group that is being written. */
export class Hdf5GroupWriter implements Unfinished {
  readonly path: string;
  readonly #shared: Shared;
  readonly #ordered: boolean;
  readonly #attributes: AttributeWriter;
  readonly #members = new Map<string, Unfinished>();

  /** Use {@link Hdf5Writer.root} and {@link Hdf5GroupWriter.group}. */
  constructor(shared: Shared, path: string, ordered: boolean) {
    this.path = path;
    this.#shared = shared;
    this.#ordered = ordered;
    this.#attributes = new AttributeWriter(shared.output, path);
  }

  /** Sets an attribute: text, numbers (integers as int64, others as float64, numpy scalars and arrays as they are), booleans. */
  setAttribute(name: string, value: Value): Promise<void> {
    return this.#shared.inTurn(() => this.#attributes.set(name, value));
  }

  /** Adds a group. Throws `FormatError` `unwritable` for a name that is taken or that HDF5 cannot have. */
  group(name: string, options: GroupOptions = {}): Hdf5GroupWriter {
    const path = this.#claim(name);
    const group = new Hdf5GroupWriter(this.#shared, path, options.ordered ?? false);
    this.#members.set(name, group);
    return group;
  }

  /**
   * Writes an array, which may still be in another file: then it is copied piece by piece. Null is a data set without any
   * elements. Throws `FormatError` `unwritable` for types that HDF5 has no agreed form of.
   */
  async write(
    name: string,
    array: NdArray | ArrayNode | null,
    storage: ArrayStorage = {},
    options: WorkOptions = {},
  ): Promise<Hdf5DatasetWriter> {
    const path = this.#claim(name);
    const dataset = new Hdf5DatasetWriter(this.#shared, path);
    this.#members.set(name, dataset);
    const wanted = { ...this.#shared.options.storage, ...storage };
    await this.#shared.inTurn(() => dataset.fill(array, wanted, options));
    return dataset;
  }

  /** Adds an array that has no rows yet, and grows by {@link Hdf5Appender.append}. */
  append(name: string, options: AppenderOptions): Hdf5Appender {
    const path = this.#claim(name);
    const appender = new Hdf5Appender(this.#shared, path, { ...this.#shared.options.storage, ...options });
    this.#members.set(name, appender);
    return appender;
  }

  #claim(name: string): string {
    const path = memberPath(this.path, name);
    if (name === "" || name === "." || name.includes("/") || name.includes("\0"))
      throw new FormatError("unwritable", "no object of HDF5 can have this name", { path });
    if (this.#members.has(name)) throw new FormatError("unwritable", "there is such a member already", { path });
    return path;
  }

  /** Called by what the group is in. */
  async finish(): Promise<number> {
    const members: { name: string; address: number }[] = [];
    for (const [name, member] of this.#members) members.push({ name, address: await member.finish() });
    const { output, options } = this.#shared;
    options.signal?.throwIfAborted();
    return writeGroupHeader(output, members, this.#attributes.messages(), { ordered: this.#ordered, path: this.path });
  }
}

/** A data set whose elements are written. */
export class Hdf5DatasetWriter implements Unfinished {
  readonly path: string;
  readonly #shared: Shared;
  readonly #attributes: AttributeWriter;
  #parts: Omit<Parameters<typeof datasetHeader>[0], "attributes" | "path"> | undefined;

  /** Use {@link Hdf5GroupWriter.write}. */
  constructor(shared: Shared, path: string) {
    this.path = path;
    this.#shared = shared;
    this.#attributes = new AttributeWriter(shared.output, path);
  }

  setAttribute(name: string, value: Value): Promise<void> {
    return this.#shared.inTurn(() => this.#attributes.set(name, value));
  }

  /** Called by {@link Hdf5GroupWriter.write}. */
  async fill(array: NdArray | ArrayNode | null, wanted: ArrayStorage, options: WorkOptions): Promise<void> {
    const { path } = this;
    const { output } = this.#shared;
    if (array === null) {
      const storage: Storage = { kind: "contiguous", address: undefined, byteLength: 0 };
      const filters = { gzip: 0, shuffle: false };
      this.#parts = { datatype: nothing().datatype, itemSize: 4, shape: null, growing: false, storage, filters };
      return;
    }
    const streamed = isStreamable(array);
    const inMemory = streamed ? undefined : "load" in array ? await array.load(options) : array;
    const type = inMemory ? typeToWrite(inMemory) : array.type;
    const stored = storedType(type, path);
    const { shape } = array;
    const plan = storagePlan(wanted, { ...stored, shape, growing: false, path });
    const bytes = inMemory
      ? [await storedElements(output, inMemory, path)]
      : (array as StreamableNode).chunks({ signal: this.#shared.options.signal, ...options });
    const storage = await storeElements(output, bytes, { plan, shape, itemSize: stored.itemSize });
    this.#parts = {
      datatype: stored.message,
      itemSize: stored.itemSize,
      shape,
      growing: false,
      storage,
      filters: plan.filters,
    };
  }

  async finish(): Promise<number> {
    if (!this.#parts) throw new FormatError("unwritable", "its elements were not written", { path: this.path });
    return this.#shared.output.append(
      datasetHeader({ ...this.#parts, attributes: this.#attributes.messages(), path: this.path }),
    );
  }
}

type StreamableNode = ArrayNode & { readonly chunks: NonNullable<ArrayNode["chunks"]> };

function isStreamable(array: NdArray | ArrayNode): array is StreamableNode {
  if (!("kind" in array) || array.array || !array.chunks || array.order === "F") return false;
  return array.type.name !== "string" && array.type.name !== "object";
}

async function storeElements(
  output: Output,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  {
    plan,
    shape,
    itemSize,
  }: { readonly plan: StoragePlan; readonly shape: readonly number[]; readonly itemSize: number },
): Promise<Storage> {
  const byteLength = sizeOf(shape) * itemSize;
  if (plan.chunks) {
    const { chunks, filters } = plan;
    const writer = new ChunkWriter(output, { itemSize, row: shape.slice(1), chunks, filters });
    for await (const piece of pieces) await writer.add(piece);
    return { kind: "chunked", index: await writer.finish(), chunks, itemSize };
  }
  if (byteLength <= COMPACT) {
    const bytes = new Uint8Array(byteLength);
    let at = 0;
    for await (const piece of pieces) {
      bytes.set(piece, at);
      at += piece.byteLength;
    }
    return { kind: "compact", bytes };
  }
  let address: number | undefined;
  for await (const piece of pieces) {
    if (address !== undefined) await output.extend(piece);
    else {
      address = output.start(new Uint8Array(0)).address;
      await output.extend(piece);
    }
  }
  return { kind: "contiguous", address, byteLength };
}

/** An array that grows along its first axis while the file is being written. Whole chunks are written as they fill. */
export class Hdf5Appender implements Unfinished {
  readonly path: string;
  readonly row: readonly number[];
  readonly #shared: Shared;
  readonly #type: DType;
  readonly #stored: StoredType;
  readonly #plan: StoragePlan & { readonly chunks: readonly number[] };
  readonly #attributes: AttributeWriter;
  readonly #writer: ChunkWriter;
  #length = 0;

  /** Use {@link Hdf5GroupWriter.append}. */
  constructor(shared: Shared, path: string, options: AppenderOptions) {
    const { dtype: wanted, row } = options;
    this.path = path;
    this.row = row;
    this.#shared = shared;
    this.#type = littleEndian(elementsOf(wanted));
    this.#stored = storedType(this.#type, path);
    const { itemSize, isText } = this.#stored;
    const plan = storagePlan(options, { shape: [0, ...row], itemSize, isText, growing: true, path });
    this.#plan = { ...plan, chunks: plan.chunks as readonly number[] };
    this.#attributes = new AttributeWriter(shared.output, path);
    this.#writer = new ChunkWriter(shared.output, { ...this.#plan, itemSize, row });
  }

  /** Rows that were appended so far. */
  get length(): number {
    return this.#length;
  }

  setAttribute(name: string, value: Value): Promise<void> {
    return this.#shared.inTurn(() => this.#attributes.set(name, value));
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
      this.#shared.options.signal?.throwIfAborted();
      const { output } = this.#shared;
      const bytes = isText ? await storedElements(output, array, this.path) : array.toBytes();
      await this.#writer.add(bytes);
    });
  }

  async finish(): Promise<number> {
    const { message, itemSize } = this.#stored;
    const { chunks, filters } = this.#plan;
    const storage: Storage = { kind: "chunked", index: await this.#writer.finish(), chunks, itemSize };
    const shape = [this.#length, ...this.row];
    const parts = { datatype: message, itemSize, shape, growing: true, storage, filters };
    return this.#shared.output.append(
      datasetHeader({ ...parts, attributes: this.#attributes.messages(), path: this.path }),
    );
  }
}

function elementsOf(wanted: AppenderOptions["dtype"]): DType {
  if (typeof wanted === "object" && "itemSize" in wanted) return wanted;
  return dtype(wanted === "text" ? "|O" : wanted);
}

function sameElements(a: DType, b: DType): boolean {
  return JSON.stringify(a.descr) === JSON.stringify(b.descr);
}
