import type { ArrayLayout, Encoding, Quantize } from "../../layout/layout.js";
import type { DTypeName } from "../../ndarray/dtype.js";
import type { ListNode, Node } from "../../tree/node.js";

/** What the encoding of an array does to its numbers, as one step: rounding, differences, and where the factor stands. */
export interface NumberSteps {
  readonly quantize: Quantize | undefined;
  /** Along which axis differences are stored; negative from the end. */
  readonly axis: number | undefined;
  /** Whether array and factor are stored together, as a list of two. */
  readonly paired: boolean;
}

const known = new WeakMap<readonly Encoding[], NumberSteps | undefined>();

/** The steps of an encoding that change numbers; undefined when none does. */
export function numberSteps(encoding: readonly Encoding[] | undefined): NumberSteps | undefined {
  if (!encoding) return undefined;
  if (!known.has(encoding)) known.set(encoding, stepsOf(encoding));
  return known.get(encoding);
}

function stepsOf(encoding: readonly Encoding[]): NumberSteps | undefined {
  const quantize = encoding.find((step): step is Quantize => step.codec === "quantize");
  const delta = encoding.find((step) => step.codec === "delta");
  const paired = encoding.some((step) => step.codec === "with-factor");
  return quantize || delta || paired ? { quantize, axis: delta?.axis, paired } : undefined;
}

/** The dtype in which a field's numbers are stored. */
export function storedType(field: Pick<ArrayLayout, "dtype">, { quantize }: NumberSteps): DTypeName {
  return quantize?.as ?? (field.dtype[0] as DTypeName);
}

/**
 * What values are multiplied by before they are rounded. In this order: `per / step` would round once where those who
 * wrote `1 / step` and took it times a thousand rounded twice.
 */
export function factorOf({ step, per = 1, option }: Quantize, steps: Readonly<Record<string, number>> = {}): number {
  const chosen = option !== undefined && Object.hasOwn(steps, option) ? (steps[option] as number) : step;
  const factor = (1 / chosen) * per;
  if (chosen > 0 && Number.isFinite(factor) && factor > 0) return factor;
  throw new RangeError(`${option ?? "the step"} is ${chosen}; a positive number is needed`);
}

/** Whether a node may be the stored form of a field that keeps its factor beside the array. */
export function isPair(field: Pick<ArrayLayout, "encoding">, node: Node): node is ListNode {
  return node.kind === "list" && node.length === 2 && numberSteps(field.encoding)?.paired === true;
}

/** Sizes before, along and behind an axis. */
export interface AxisRuns {
  readonly outer: number;
  readonly count: number;
  readonly inner: number;
}

/** The runs along an axis of a shape in C order, negative axes from the end; undefined when there is no such axis. */
export function runsAlong(shape: readonly number[], axis: number | undefined): AxisRuns | undefined {
  const product = (sizes: readonly number[]): number => sizes.reduce((all, size) => all * size, 1);
  if (axis === undefined) return { outer: 1, count: 1, inner: product(shape) };
  const at = axis < 0 ? axis + shape.length : axis;
  if (at < 0 || at >= shape.length) return undefined;
  return { outer: product(shape.slice(0, at)), count: shape[at] as number, inner: product(shape.slice(at + 1)) };
}
