import type { Complex, DType, NdArray, Value } from "@somakit/core";
import { bytesText, datetimeText, stringText, timedeltaText } from "@somakit/core/value";
import { type FloatSize, floatFormat, shortestFloat } from "./float.js";

export interface ArrayTextOptions {
  /** More elements than this are shown by their edges only. Default 1000; Infinity shows all. */
  readonly threshold?: number;
  /** Columns of a line. Default 75. */
  readonly width?: number | undefined;
  /** Text of an element of an object array. */
  readonly element?: (value: Value) => string;
}

const EDGE = 3;
const ELLIPSIS = "...";

/** An array as numpy prints it: nested brackets, aligned numbers, `...` in place of the middle of large ones. */
export function arrayText(array: NdArray, options: ArrayTextOptions = {}): string {
  if (array.size === 0) return "[]";
  const summarise = array.size > (options.threshold ?? 1000);
  const shown = array.shape.map((size) => shownIndices(size, summarise));
  const text = elementText(array, visible(array, shown), options);
  if (array.ndim === 0)
    return /^float/.test(array.dtype) ? shortestFloat(array.get() as number, floatSize(array.type)) : text([]).trim();
  return bracketed({ shown, text, ndim: array.ndim }, [], " ", options.width ?? 75);
}

/** Indices along an axis, with -1 where the middle is left out. */
function shownIndices(size: number, summarise: boolean): readonly number[] {
  const all = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
  if (!summarise || size <= 2 * EDGE) return all(0, size);
  return [...all(0, EDGE), -1, ...all(size - EDGE, size)];
}

function* visible(
  array: NdArray,
  shown: readonly (readonly number[])[],
  at: readonly number[] = [],
): Generator<unknown> {
  const axis = shown[at.length];
  if (!axis) {
    yield array.get(...at);
    return;
  }
  for (const index of axis) if (index >= 0) yield* visible(array, shown, [...at, index]);
}

interface Layout {
  readonly shown: readonly (readonly number[])[];
  readonly text: (index: readonly number[]) => string;
  readonly ndim: number;
}

function bracketed(layout: Layout, at: readonly number[], indent: string, width: number): string {
  const axis = layout.shown[at.length] as readonly number[];
  const left = layout.ndim - at.length;
  const body = left === 1 ? wrapped(layout, at, axis, indent, width - 1) : stacked(layout, at, axis, indent, width);
  return `[${body.slice(indent.length)}]`;
}

/** The elements of the last axis, broken into lines. */
function wrapped(
  layout: Layout,
  at: readonly number[],
  axis: readonly number[],
  indent: string,
  width: number,
): string {
  let done = "";
  let line = indent;
  for (const [position, index] of axis.entries()) {
    const word = index < 0 ? ELLIPSIS : layout.text([...at, index]);
    if (line.length + word.length > width && line.length > indent.length) {
      done += `${line.trimEnd()}\n`;
      line = indent;
    }
    line += word + (position === axis.length - 1 ? "" : " ");
  }
  return done + line;
}

function stacked(
  layout: Layout,
  at: readonly number[],
  axis: readonly number[],
  indent: string,
  width: number,
): string {
  const breaks = "\n".repeat(layout.ndim - at.length - 1);
  const parts = axis.map((index) =>
    index < 0 ? ELLIPSIS : bracketed(layout, [...at, index], `${indent} `, width - 1),
  );
  return parts.map((part) => `${indent}${part}`).join(breaks);
}

/** How each element is written, given all that will be shown. */
function elementText(
  array: NdArray,
  shown: Iterable<unknown>,
  options: ArrayTextOptions,
): (index: readonly number[]) => string {
  const format = formatOf(array.type, [...shown], options);
  return (index) => format(array.get(...index));
}

type ElementFormat = (element: unknown) => string;

function formatOf(type: DType, shown: readonly unknown[], options: ArrayTextOptions): ElementFormat {
  switch (type.name) {
    case "float16":
    case "float32":
    case "float64":
      return floatFormat(shown as number[], floatSize(type)).text as ElementFormat;
    case "complex64":
    case "complex128":
      return complexFormat(shown as Complex[], (type.itemSize * 4) as FloatSize);
    case "bool":
      return (element) => (element ? "True" : "False").padStart(5);
    case "string":
      return (element) => stringText(element as string);
    case "bytes":
      return (element) => bytesText(element as Uint8Array);
    case "object":
      return (element) => options.element?.(element as Value) ?? String(element);
    case "struct":
      return (element) => bytesText(element as Uint8Array);
    case "datetime64":
    case "timedelta64":
      return aligned(
        shown.map((element) => timeText(element as bigint, type)),
        (element) => timeText(element as bigint, type),
      );
    default:
      return aligned(shown.map(String), String);
  }
}

export function floatSize(type: DType): FloatSize {
  return (type.itemSize * 8) as FloatSize;
}

function aligned(texts: readonly string[], text: (element: unknown) => string): ElementFormat {
  const width = texts.reduce((longest, { length }) => Math.max(longest, length), 0);
  return (element) => text(element).padStart(width);
}

function complexFormat(shown: readonly Complex[], size: FloatSize): ElementFormat {
  const re = floatFormat(
    shown.map((value) => value.re),
    size,
  );
  const im = floatFormat(
    shown.map((value) => value.im),
    size,
    { plus: true },
  );
  return (element) => {
    const { re: real, im: imaginary } = element as Complex;
    const tail = im.text(imaginary);
    return `${re.text(real)}${tail.trimEnd()}j${" ".repeat(tail.length - tail.trimEnd().length)}`;
  };
}

function timeText(count: bigint, { name, unit = "" }: DType): string {
  return name === "datetime64" ? datetimeText(count, unit) : timedeltaText(count, unit);
}
