import { NdArray } from "@somakit/core/ndarray";

export interface KeepOptions {
  /** Least confidence. Default 0.7. */
  readonly score?: number | undefined;
  /** Least area of the box in pixels. Default 1600. */
  readonly area?: number | undefined;
}

/**
 * The detections that are worth a skeleton: rows `x1, y1, x2, y2, score` with at least that score and area, in their
 * order. Everything is float32, the thresholds too, as in upstream's arrays. Throws `RangeError` for another shape.
 */
export function keepDetections(boxes: NdArray<"float32">, options: KeepOptions = {}): NdArray<"float32"> {
  const { fround } = Math;
  const [score, area] = [fround(options.score ?? 0.7), fround(options.area ?? 1600)];
  if (boxes.ndim !== 2 || boxes.shape[1] !== 5) throw new RangeError(`boxes of shape (${boxes.shape.join(", ")})`);
  const { data, offset } = boxes.contiguous();
  const kept: number[] = [];
  for (let row = 0; row < (boxes.shape[0] as number); row++) {
    const values = data.subarray(offset + 5 * row, offset + 5 * row + 5);
    const [x1, y1, x2, y2, confidence] = values as unknown as [number, number, number, number, number];
    if (confidence >= score && fround(fround(x2 - x1) * fround(y2 - y1)) >= area) kept.push(...values);
  }
  return NdArray.from("float32", Float32Array.from(kept), [kept.length / 5, 5] as readonly number[]);
}
