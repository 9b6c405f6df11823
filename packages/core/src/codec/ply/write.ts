import { FormatError } from "../../errors.js";
import type { NdArray } from "../../ndarray/ndarray.js";
import type { Sink, WorkOptions } from "../../source/source.js";
import { FORMAT_WORDS, PLY_TYPES, type PlyDType, type PlyFormat } from "./model.js";
import { numberText } from "./number-text.js";

/**
 * Properties by name, in the order in which they are written: arrays with one number an element (N), or (N, K) for a list of
 * K numbers in each (the corners of faces).
 */
export type PlyElement = ReadonlyMap<string, NdArray>;

export interface WritePlyOptions extends WorkOptions {
  /** Default `binary-little-endian`. */
  readonly format?: PlyFormat | undefined;
  /** Lines for people. */
  readonly comments?: readonly string[] | undefined;
}

/** Bytes that are gathered before they are handed to the sink. */
const BLOCK = 1 << 16;
const LONGEST_LIST = 255;

/**
 * Writes elements (`vertex`, `face`, …) by name as a PLY file and commits the sink; aborts it when anything fails. Numbers keep
 * their dtype; text has as many digits as bring each number back. Arrays may be views, none is copied whole.
 *
 * Throws `FormatError` `unwritable` for dtypes that the format has not (64-bit integers, halves, booleans), properties of one
 * element with unlike lengths, lists longer than 255, and names or comments that are no word or line of ASCII.
 */
export async function writePly(
  sink: Sink,
  elements: ReadonlyMap<string, PlyElement>,
  options: WritePlyOptions = {},
): Promise<void> {
  try {
    const { format = "binary-little-endian" } = options;
    const columns = [...elements].map(([name, element]) => columnsOf(name, element));
    await sink.append(ascii(headerOf([...elements.keys()], columns, format, options.comments ?? [])));
    const total = columns.reduce((sum, { count }) => sum + count, 0);
    let done = 0;
    for (const element of columns) {
      for (let start = 0; start < element.count; ) {
        options.signal?.throwIfAborted();
        const stop = Math.min(element.count, start + rowsAtOnce(element));
        await sink.append(
          format === "ascii" ? textRows(element, start, stop) : binaryRows(element, start, stop, format),
        );
        done += stop - start;
        start = stop;
        options.onProgress?.({ stage: "write points", done, total, unit: "points" });
      }
    }
    await sink.commit();
  } catch (error) {
    await sink.abort();
    throw error;
  }
}

interface Column {
  readonly name: string;
  readonly dtype: PlyDType;
  readonly itemSize: number;
  /** Numbers of the list in each element; 0 for a plain number. */
  readonly list: number;
  readonly data: ArrayLike<number>;
  readonly offset: number;
  /** Steps from element to element, and inside a list. */
  readonly step: number;
  readonly inner: number;
}

interface Columns {
  readonly count: number;
  readonly columns: readonly Column[];
}

function columnsOf(element: string, properties: PlyElement): Columns {
  checkWord(element, element);
  const columns = [...properties].map(([name, array]) => columnOf(array, name, `${element}.${name}`));
  const [first] = properties;
  const count = first?.[1].shape[0] ?? 0;
  for (const [name, array] of properties) {
    if (array.shape[0] === count) continue;
    const reason = `${array.shape[0]} numbers beside the ${count} of ${first?.[0]}`;
    throw unwritable(reason, `${element}.${name}`);
  }
  return { count, columns };
}

function columnOf(array: NdArray, name: string, path: string): Column {
  checkWord(name, path);
  if (!isPlyDType(array.dtype)) throw unwritable(`PLY has no ${array.dtype}`, path);
  if (array.ndim !== 1 && array.ndim !== 2)
    throw unwritable(`one number or one list an element is needed, not (${array.shape.join(", ")})`, path);
  const list = array.ndim === 2 ? (array.shape[1] as number) : 0;
  if (array.ndim === 2 && !(list >= 1 && list <= LONGEST_LIST))
    throw unwritable(`lists of ${list} numbers, not of 1 to ${LONGEST_LIST}`, path);
  return {
    name,
    dtype: array.dtype,
    itemSize: array.type.itemSize,
    list,
    data: array.data as unknown as ArrayLike<number>,
    offset: array.offset,
    step: array.strides[0] as number,
    inner: array.strides[1] ?? 0,
  };
}

function isPlyDType(dtype: NdArray["dtype"]): dtype is PlyDType {
  return Object.hasOwn(PLY_TYPES, dtype);
}

function headerOf(
  names: readonly string[],
  elements: readonly Columns[],
  format: PlyFormat,
  comments: readonly string[],
): string {
  const lines = ["ply", `format ${FORMAT_WORDS[format]} 1.0`];
  for (const comment of comments) {
    if (!/^[\x20-\x7e]*$/.test(comment)) throw unwritable(`${JSON.stringify(comment)} is no line of ASCII`);
    lines.push(`comment ${comment}`);
  }
  elements.forEach(({ count, columns }, index) => {
    lines.push(`element ${names[index]} ${count}`);
    for (const { name, dtype, list } of columns)
      lines.push(`property ${list > 0 ? "list uchar " : ""}${PLY_TYPES[dtype]} ${name}`);
  });
  return `${[...lines, "end_header"].join("\n")}\n`;
}

function rowBytes({ columns }: Columns): number {
  return columns.reduce((sum, { list, itemSize }) => sum + (list > 0 ? 1 + list * itemSize : itemSize), 0);
}

function rowsAtOnce(element: Columns): number {
  return Math.max(1, Math.floor(BLOCK / Math.max(1, rowBytes(element))));
}

function textRows({ columns }: Columns, start: number, stop: number): Uint8Array {
  let text = "";
  for (let row = start; row < stop; row++) {
    const words: string[] = [];
    for (const { dtype, list, data, offset, step, inner } of columns) {
      const at = offset + row * step;
      if (list === 0) words.push(numberText(data[at] as number, dtype));
      else words.push(String(list));
      for (let i = 0; i < list; i++) words.push(numberText(data[at + i * inner] as number, dtype));
    }
    text += `${words.join(" ")}\n`;
  }
  return ascii(text);
}

function binaryRows(element: Columns, start: number, stop: number, format: PlyFormat): Uint8Array {
  const bytes = new Uint8Array((stop - start) * rowBytes(element));
  const view = new DataView(bytes.buffer);
  const little = format === "binary-little-endian";
  let at = 0;
  for (let row = start; row < stop; row++) {
    for (const { dtype, itemSize, list, data, offset, step, inner } of element.columns) {
      const from = offset + row * step;
      if (list > 0) view.setUint8(at++, list);
      for (let i = 0; i < Math.max(1, list); i++) {
        put(view, at, data[from + i * inner] as number, dtype, little);
        at += itemSize;
      }
    }
  }
  return bytes;
}

function put(view: DataView, at: number, value: number, dtype: PlyDType, little: boolean): void {
  if (dtype === "float32") view.setFloat32(at, value, little);
  else if (dtype === "float64") view.setFloat64(at, value, little);
  else if (dtype === "uint8" || dtype === "int8") view.setUint8(at, value);
  else if (dtype === "uint16" || dtype === "int16") view.setUint16(at, value, little);
  else view.setUint32(at, value, little);
}

function checkWord(word: string, path: string): void {
  if (!/^[\x21-\x7e]+$/.test(word)) throw unwritable(`${JSON.stringify(word)} is no word of ASCII`, path);
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function unwritable(reason: string, path = ""): FormatError {
  return new FormatError("unwritable", reason, { path });
}
