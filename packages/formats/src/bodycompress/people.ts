import { FormatError } from "@somakit/core/errors";
import { NdArray } from "@somakit/core/ndarray";

/** The arrays of a frame that have coordinates: people, if there are several, on the axes before those named here. */
const AXES = { vertices: 2, joints: 2, vertex_uncertainties: 1, joint_uncertainties: 1 } as const;

/** Keys of a frame's arrays. */
export type BodyKey = keyof typeof AXES;

/** The arrays of one frame, or of one person in it. */
export type BodyArrays = { readonly [K in BodyKey]?: NdArray | undefined };

/** One person's arrays: (V, 3), (J, 3), (V,) and (J,). */
export type PersonArrays = { readonly [K in BodyKey]?: NdArray };

const KEYS = Object.keys(AXES) as readonly BodyKey[];

/**
 * How many people a frame has: the product of the axes before vertices and coordinates, so 1 where there are none. Throws
 * `FormatError` `mismatch` for arrays that differ in it.
 */
export function peopleIn(frame: BodyArrays): number {
  let people: { readonly key: BodyKey; readonly count: number } | undefined;
  for (const key of KEYS) {
    const array = frame[key];
    if (!array) continue;
    const count = leading(key, array).reduce((product, size) => product * size, 1);
    people ??= { key, count };
    if (people.count === count) continue;
    throw new FormatError("mismatch", `${people.key} has ${people.count} people, this array ${count}`, { path: key });
  }
  return people?.count ?? 0;
}

/** Views of what a frame has of one person, counted through all axes of people. Throws `RangeError` when there is none. */
export function personIn(frame: BodyArrays, index: number): PersonArrays {
  const count = peopleIn(frame);
  if (!(Number.isInteger(index) && index >= 0 && index < count)) throw new RangeError(`there is no person ${index}`);
  const person: { [K in BodyKey]?: NdArray } = {};
  for (const key of KEYS) {
    const array = frame[key];
    if (array) person[key] = array.slice(...indicesOf(leading(key, array), index));
  }
  return person;
}

function leading(key: BodyKey, array: NdArray): readonly number[] {
  return array.shape.slice(0, Math.max(0, array.ndim - AXES[key]));
}

/** Number `index` of all places in `shape`, in C order. */
function indicesOf(shape: readonly number[], index: number): readonly number[] {
  let rest = index;
  const indices = shape.map(() => 0);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis] as number;
    indices[axis] = rest % size;
    rest = Math.floor(rest / size);
  }
  return indices;
}

/**
 * The numbers of an array one behind the other, as buffers of WebGL take them: a view of its memory where that lies so already,
 * else a copy. Throws `TypeError` for arrays that are not float32.
 */
export function floatsOf(array: NdArray): Float32Array {
  if (!isFloats(array)) throw new TypeError(`the array is ${array.dtype}; float32 is needed`);
  const packed = array.contiguous();
  return packed.data.subarray(packed.offset, packed.offset + packed.size);
}

function isFloats(array: NdArray): array is NdArray<"float32"> {
  return array.dtype === "float32";
}

/**
 * Triangles (F, 3) as a buffer of indices: the file format stores none, but metadata may. Throws `RangeError` for an index that
 * is no vertex, `TypeError` for arrays that are not of integers.
 */
export function trianglesOf(faces: NdArray, vertexCount: number): Uint32Array<ArrayBuffer> {
  if (!/^u?int/.test(faces.dtype)) throw new TypeError(`the array is ${faces.dtype}; integers are needed`);
  if (faces.ndim !== 2 || faces.shape[1] !== 3) throw new RangeError(`(${faces.shape.join(", ")}) is not (F, 3)`);
  const indices = new Uint32Array(faces.size);
  let at = 0;
  for (const element of faces) {
    const index = Number(element);
    if (!(index >= 0 && index < vertexCount))
      throw new RangeError(`face ${Math.floor(at / 3)} has the vertex ${index}; there are ${vertexCount}`);
    indices[at++] = index;
  }
  return indices;
}

/** An array times a number, as float32. */
export function scaled(array: NdArray, factor: number): NdArray<"float32"> {
  const values = new Float32Array(array.size);
  let at = 0;
  for (const element of array) values[at++] = Number(element) * factor;
  return NdArray.from("float32", values, array.shape);
}
