import type { MotionChannel } from "../../layout/layout.js";

/** A box by its top left corner and its size. */
interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Boxes in another form; those in the same one stay as they are. Confidences that there are none of are `confidence`, one for all or
 * one for each. A box of zeros, and one with a confidence of 0, is none, and zeros in every other form.
 */
export function convertBoxes(
  values: Float64Array,
  from: readonly MotionChannel[],
  to: readonly MotionChannel[],
  confidence: number | Float64Array = 1,
): Float64Array {
  if (from.join() === to.join()) return values;
  const count = values.length / from.length;
  const out = new Float64Array(count * to.length);
  for (let row = 0; row < count; row++) {
    if (!isBox(values.subarray(row * from.length, (row + 1) * from.length), from)) continue;
    const sure = typeof confidence === "number" ? confidence : (confidence[row] as number);
    const at = (channel: MotionChannel): number => {
      const index = from.indexOf(channel);
      return index < 0 ? Number.NaN : (values[row * from.length + index] as number);
    };
    const box = boxOf(at);
    for (const [index, channel] of to.entries()) {
      // What is stated is taken as it is, not reckoned anew.
      const own = from.includes(channel) ? at(channel) : undefined;
      out[row * to.length + index] = own ?? channelOf(box, channel, sure);
    }
  }
  return out;
}

/** Whether numbers state a box at all. */
export function isBox(numbers: Float64Array, channels: readonly MotionChannel[]): boolean {
  return numbers.some((number) => number !== 0) && numbers[channels.indexOf("confidence")] !== 0;
}

function boxOf(at: (channel: MotionChannel) => number): Box {
  const stated = (channel: MotionChannel): number | undefined => {
    const number = at(channel);
    return Number.isNaN(number) ? undefined : number;
  };
  const side = (low: MotionChannel, high: MotionChannel, middle: MotionChannel, size: MotionChannel) => {
    const length = stated(size) ?? (stated(high) ?? Number.NaN) - (stated(low) ?? Number.NaN);
    const start = stated(low) ?? (stated(middle) ?? Number.NaN) - length / 2;
    return [start, length] as const;
  };
  const [left, width] = side("left", "right", "center-x", "width");
  const [top, height] = side("top", "bottom", "center-y", "height");
  return { left, top, width, height };
}

function channelOf({ left, top, width, height }: Box, channel: MotionChannel, confidence: number): number {
  if (channel === "left") return left;
  if (channel === "top") return top;
  if (channel === "right") return left + width;
  if (channel === "bottom") return top + height;
  if (channel === "center-x") return left + width / 2;
  if (channel === "center-y") return top + height / 2;
  if (channel === "width") return width;
  return channel === "height" ? height : confidence;
}
