/** Number of elements in `shape`. */
export function sizeOf(shape: readonly number[]): number {
  let product = 1;
  for (const size of shape) product *= size;
  return product;
}

/** Strides, in elements, of a packed array whose last axis moves fastest. */
export function rowMajorStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis] as number;
  }
  return strides;
}

/** Positions of all elements in C order. */
export function* positions(
  shape: readonly number[],
  strides: readonly number[],
  offset: number,
  axis = 0,
): Generator<number, void, void> {
  if (axis === shape.length) yield offset;
  else if (axis === shape.length - 1)
    for (let i = 0; i < (shape[axis] as number); i++) yield offset + i * (strides[axis] as number);
  else if (sizeOf(shape) > 0)
    for (let i = 0; i < (shape[axis] as number); i++)
      yield* positions(shape, strides, offset + i * (strides[axis] as number), axis + 1);
}

/** Strides, in elements, of a packed array whose first axis moves fastest. */
export function columnMajorStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let axis = 0; axis < shape.length; axis++) {
    strides[axis] = step;
    step *= shape[axis] as number;
  }
  return strides;
}
