import { arrayOf } from "../codec/npz/coerce.js";
import { FormatError } from "../errors.js";
import { type DType, littleEndian } from "../ndarray/dtype.js";
import { NdArray } from "../ndarray/ndarray.js";
import type { WorkOptions } from "../source/source.js";
import type { ArrayNode } from "../tree/node.js";
import type { WriteTree } from "../tree/write.js";
import type { Value } from "../value/value.js";
import { flattened } from "./nested.js";

/** What can be gone through again and again. */
export interface Records {
  /** The key of the list, such as `frames`. */
  readonly path: string;
  records(options?: WorkOptions): AsyncIterable<object>;
}

export interface ArraysOptions extends WorkOptions {
  /** Members to take, by dotted names, those of members with them. All when left out. */
  readonly only?: readonly string[] | undefined;
  /** Bytes of members that are held in memory; those that take most are read once more in place of it. Default 64 MiB. */
  readonly maxHeldBytes?: number | undefined;
}

/** Records as arrays, and what did not fit into any. */
export interface RecordArrays {
  readonly count: number;
  /** Arrays with a row for each record, by dotted names; large ones read the records once more when they are written. */
  readonly arrays: ReadonlyMap<string, WriteTree>;
  readonly leftOut: readonly { readonly path: string; readonly reason: string }[];
}

const HELD_BYTES = 2 ** 26;
/** What a value that is no array takes in memory, more or less. */
const VALUE_BYTES = 64;

/**
 * The members of records as arrays with a row for each. Goes through all records once. Throws `FormatError` `mismatch` when a
 * member is missing in a record or has another shape or dtype than in the first one, and whatever reading the records throws.
 */
export async function arraysOfRecords(reader: Records, options: ArraysOptions = {}): Promise<RecordArrays> {
  const gathering = new Gathering(reader.path, options);
  const { signal, onProgress } = options;
  for await (const record of reader.records({ signal, onProgress })) gathering.add(record);
  const arrays = new Map<string, WriteTree>();
  const leftOut: { path: string; reason: string }[] = [];
  for (const column of gathering.columns.values()) {
    const made = column.held ? heldArray(column.held) : streamedArray(reader, column, gathering.count);
    if (made) arrays.set(column.name, made);
    else leftOut.push({ path: column.name, reason: "its values make no array of numbers or text" });
  }
  return { count: gathering.count, arrays, leftOut };
}

/** Members of a value, or the value itself, as arrays: for what stands beside records. None is left out. */
export function arraysOfValue(name: string, value: unknown): Pick<RecordArrays, "arrays" | "leftOut"> {
  const arrays = new Map<string, WriteTree>();
  const leftOut: { path: string; reason: string }[] = [];
  for (const [path, member] of flattened({ [name]: value })) {
    if (member === null || member === undefined) continue;
    const array = arrayOf(member as Value);
    if (array.dtype === "object") leftOut.push({ path, reason: "it makes no array of numbers or text" });
    else arrays.set(path, array);
  }
  return { arrays, leftOut };
}

interface Column {
  readonly name: string;
  /** Element type and shape of a row, where rows are arrays. */
  readonly row: { readonly type: DType; readonly shape: readonly number[] } | undefined;
  /** Rows so far; undefined when they are too many to be kept. */
  held: Value[] | undefined;
  heldBytes: number;
}

class Gathering {
  readonly columns = new Map<string, Column>();
  count = 0;
  readonly #path: string;
  readonly #only: readonly string[] | undefined;
  readonly #maxHeldBytes: number;
  #heldBytes = 0;

  constructor(path: string, { only, maxHeldBytes = HELD_BYTES }: ArraysOptions) {
    this.#path = path;
    this.#only = only;
    this.#maxHeldBytes = maxHeldBytes;
  }

  add(record: object): void {
    let seen = 0;
    for (const [name, value] of flattened(record)) {
      if (!this.#isWanted(name)) continue;
      this.#addRow(name, value as Value);
      seen++;
    }
    if (seen < this.columns.size) this.#failMissing(record);
    this.count++;
    while (this.#heldBytes > this.#maxHeldBytes && this.#dropLargest());
  }

  #isWanted(name: string): boolean {
    return !this.#only || this.#only.some((one) => name === one || name.startsWith(`${one}.`));
  }

  #addRow(name: string, value: Value): void {
    let column = this.columns.get(name);
    if (!column) {
      if (this.count > 0) throw this.#mismatch(name, `${this.#path}[0] has no such member`);
      const row = value instanceof NdArray ? { type: littleEndian(value.type), shape: value.shape } : undefined;
      column = { name, row, held: [], heldBytes: 0 };
      this.columns.set(name, column);
    }
    this.#expectAlike(column, value);
    if (!column.held) return;
    // What is held must not hold the memory of a whole record with it.
    column.held.push(value instanceof NdArray ? value.copy() : value);
    const bytes = value instanceof NdArray ? value.byteLength : VALUE_BYTES;
    column.heldBytes += bytes;
    this.#heldBytes += bytes;
  }

  #expectAlike({ name, row }: Column, value: Value): void {
    const array = value instanceof NdArray ? value : undefined;
    if (row && array && array.dtype === row.type.name && String(array.shape) === String(row.shape)) return;
    if (!row && !array) return;
    const first = row ? `${row.type.name} ${shapeText(row.shape)}` : "no array";
    const now = array ? `${array.dtype} ${shapeText(array.shape)}` : "no array";
    throw this.#mismatch(name, `${now} here, ${first} in ${this.#path}[0]: an array needs rows of one kind`);
  }

  #failMissing(record: object): never {
    const present = new Set([...flattened(record)].map(([name]) => name));
    const missing = [...this.columns.keys()].find((name) => !present.has(name)) as string;
    throw this.#mismatch(missing, `there is none, though ${this.#path}[0] has one`);
  }

  #mismatch(name: string, reason: string): FormatError {
    return new FormatError("mismatch", reason, { path: `${this.#path}[${this.count}].${name}` });
  }

  /** Lets go of the rows that take most. False when none can be read again. */
  #dropLargest(): boolean {
    const arrays = [...this.columns.values()].filter(({ row, held }) => row && held && row.type.name !== "object");
    const [largest] = arrays.sort((a, b) => b.heldBytes - a.heldBytes);
    if (!largest) return false;
    this.#heldBytes -= largest.heldBytes;
    largest.held = undefined;
    return true;
  }
}

function shapeText(shape: readonly number[]): string {
  return `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;
}

function heldArray(rows: readonly Value[]): NdArray | undefined {
  const array = arrayOf(rows as Value[]);
  return array.dtype === "object" ? undefined : array;
}

/** An array that goes through the records when its elements are asked for. */
function streamedArray(reader: Records, { name, row }: Column, count: number): ArrayNode {
  const { type, shape } = row as NonNullable<Column["row"]>;
  const chunks = (options?: WorkOptions): AsyncIterable<Uint8Array> => rowBytes(reader, name, options);
  return {
    kind: "array",
    path: name,
    type,
    shape: [count, ...shape],
    order: "C",
    chunks,
    async load(options) {
      const pieces: Uint8Array[] = [];
      for await (const piece of chunks(options)) pieces.push(piece.slice());
      const bytes = new Uint8Array(await new Blob(pieces as Uint8Array<ArrayBuffer>[]).arrayBuffer());
      return NdArray.fromBytes(type, [count, ...shape], bytes);
    },
  };
}

async function* rowBytes(reader: Records, name: string, options?: WorkOptions): AsyncGenerator<Uint8Array, void, void> {
  for await (const record of reader.records(options)) {
    for (const [found, value] of flattened(record)) {
      if (found !== name) continue;
      const packed = (value as NdArray).copy();
      const { buffer, byteOffset, byteLength } = packed.data as Float32Array;
      yield new Uint8Array(buffer, byteOffset, byteLength);
    }
  }
}
