import { astype } from "../../ndarray/astype.js";
import type { DType } from "../../ndarray/dtype.js";
import type { NdArray } from "../../ndarray/ndarray.js";
import type { WorkOptions } from "../../source/source.js";
import { float64Array } from "../axes.js";
import type { LayerMatch } from "../match/match.js";
import { writtenPoints } from "../match/points.js";
import type { QuantityMatch } from "../match/quantities.js";
import type { SurveyedSequence } from "../match/survey.js";
import type { MotionWindow } from "../motion.js";
import type { MotionMember } from "../plan.js";
import { DeferredArray } from "./deferred.js";
import { targetType } from "./target.js";

/** An array of the target that has something of each person in each frame. */
export interface WrittenArray {
  readonly member: MotionMember;
  readonly type: DType;
  /** Shape of what one person has in one frame. */
  readonly element: readonly number[];
  /** Keys of the layer or the quantities that it is made of. */
  readonly from: readonly string[];
  /** The numbers of a window, frames first, then its people. */
  valuesIn(window: MotionWindow): Float64Array | undefined;
}

export function writtenLayer(match: LayerMatch): WrittenArray {
  const { member, field, from, points, mark } = match;
  return {
    member,
    type: targetType(field, from.dtype),
    element: [points, mark.channels?.length ?? 0],
    from: [from.key],
    valuesIn: (window) => {
      const own = window.layers.get(from.key);
      return own && writtenPoints(match, own, window).values;
    },
  };
}

export function writtenQuantity({ member, field, from, sureness, element, convert }: QuantityMatch): WrittenArray {
  return {
    member,
    type: targetType(field, from.dtype),
    element,
    from: [from.key, ...(sureness ? [sureness.key] : [])],
    valuesIn: ({ quantities }) => {
      const own = quantities?.get(from.key);
      const sure = sureness && quantities?.get(sureness.key);
      return own && convert(own.values.data as Float64Array, sure?.values.data as Float64Array | undefined);
    },
  };
}

export interface WrittenWindow {
  readonly start: number;
  readonly frames: number;
  readonly people: number;
  readonly values: Float64Array;
}

/** The windows of a sequence in which the array has something. */
export async function* windowsOfArray(
  { sequence }: SurveyedSequence,
  array: WrittenArray,
  options: WorkOptions,
): AsyncGenerator<WrittenWindow, void, void> {
  for await (const window of sequence.windows({ ...options, only: new Set(array.from) })) {
    const values = array.valuesIn(window);
    const { start, frames, people } = window;
    if (values) yield { start, frames, people, values };
  }
}

export function elementSize({ element }: WrittenArray): number {
  return element.reduce((all, one) => all * one, 1);
}

/** Rows of what one person has, in the dtype of the target. */
export function rowsOf({ type, element }: WrittenArray, values: Float64Array, rows: number): NdArray {
  return astype(float64Array(values, [rows, ...element]) as unknown as NdArray, type) as NdArray;
}

/** The array of one sequence, with its axes in the order of the target. */
export function quantityArray(match: QuantityMatch, surveyed: SurveyedSequence): DeferredArray {
  const array = writtenQuantity(match);
  const { frames, people } = surveyed;
  const { axes, element } = match;
  const dense = [frames, people, ...element];
  const outer = [
    ...(axes.frame === undefined ? [] : [[axes.frame, 0] as const]),
    ...axes.people.slice(0, 1).map((axis) => [axis, 1] as const),
  ];
  const order = [...outer.sort(([a], [b]) => a - b).map(([, axis]) => axis), ...element.map((_, axis) => axis + 2)];
  const left = [0, 1].filter((axis) => !order.includes(axis));
  const shape = order.map((axis) => dense[axis] as number);
  return new DeferredArray(array.type, shape, async function* (options: WorkOptions) {
    const size = elementSize(array);
    const values = new Float64Array(frames * people * size);
    for await (const window of windowsOfArray(surveyed, array, options)) {
      for (let frame = 0; frame < window.frames; frame++) {
        const from = frame * window.people * size;
        values.set(window.values.subarray(from, from + window.people * size), (window.start + frame) * people * size);
      }
    }
    const moved = (float64Array(values, dense) as unknown as NdArray).transpose([...left, ...order]);
    yield astype(left.length === 0 ? moved : moved.slice(...left.map(() => 0)), array.type) as NdArray;
  });
}
