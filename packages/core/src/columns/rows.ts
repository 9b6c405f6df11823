import { NdArray } from "../ndarray/ndarray.js";
import { piecesOfSize } from "../source/pieces.js";
import type { WorkOptions } from "../source/source.js";
import type { ArrayNode } from "../tree/node.js";

/**
 * The rows of an array in a file along its first axis, in order: arrays of their own with an axis less. Holds one row and one
 * piece of the file; an array in Fortran order or of objects is loaded as a whole. Throws `RangeError` for one without axes.
 */
export async function* rowsOf(node: ArrayNode, options: WorkOptions = {}): AsyncGenerator<NdArray, void, void> {
  const [count, ...shape] = node.shape;
  if (count === undefined) throw new RangeError(`${node.path} has no axis to take rows along`);
  const { type } = node;
  const rowBytes = shape.reduce((product, size) => product * size, type.itemSize);
  if (node.array || !node.chunks || node.order === "F" || type.name === "object" || rowBytes === 0) {
    const whole = node.array ?? (await node.load(options));
    for (let row = 0; row < count; row++) yield whole.slice(row);
    return;
  }
  let done = 0;
  for await (const bytes of piecesOfSize(node.chunks(options), rowBytes)) {
    if (done++ === count || bytes.byteLength < rowBytes) return;
    yield NdArray.fromBytes(type, shape, bytes);
  }
}
