import { NdArray } from "../ndarray/ndarray.js";
import { allocate } from "../source/bounds.js";
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
  for await (const bytes of runsOf(node.chunks(options), rowBytes)) {
    if (done++ === count) return;
    yield NdArray.fromBytes(type, shape, bytes);
  }
}

/** The same bytes in pieces of `size`, each in memory of its own. A rest that is shorter is left out. */
async function* runsOf(pieces: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array, void, void> {
  let run = allocate(size, "a row");
  let filled = 0;
  for await (const piece of pieces) {
    for (let at = 0; at < piece.byteLength; ) {
      const part = piece.subarray(at, at + size - filled);
      run.set(part, filled);
      filled += part.byteLength;
      at += part.byteLength;
      if (filled < size) continue;
      yield run;
      run = allocate(size, "a row");
      filled = 0;
    }
  }
}
