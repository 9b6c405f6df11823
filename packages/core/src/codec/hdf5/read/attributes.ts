import { FormatError } from "../../../errors.js";
import { NdArray } from "../../../ndarray/ndarray.js";
import { sizeOf } from "../../../ndarray/strides.js";
import type { WorkOptions } from "../../../source/source.js";
import type { GroupNode, Node } from "../../../tree/node.js";
import { arrayNode } from "../../../tree/value-node.js";
import { memberPath } from "../../../value/path.js";
import { NumpyScalar, type Value } from "../../../value/value.js";
import { type ElementType, elementType } from "./datatype.js";
import type { DirectAttributes } from "./direct/attributes.js";
import { arrayOfBytes, arrayOfValues, textOf, varyingValues } from "./elements.js";
import { located } from "./failure.js";
import type { H5wasm } from "./h5wasm.js";
import { admit, type Place, withMemory } from "./place.js";

/** The attributes of an object as a group: single values as scalars, others as arrays, read when they are asked for. */
export async function attributesOf(place: Place, options: WorkOptions = {}): Promise<GroupNode> {
  const { session, name, path, object } = place;
  const direct = object?.attributes;
  if (direct instanceof FormatError) throw located(direct, path);
  const keys = direct
    ? [...direct.keys()]
    : await session.call(path, (module, file) => module.get_attribute_names(file, name), options);
  return {
    kind: "group",
    path: `${path}@`,
    keys,
    child: async (key, work) => (keys.includes(key) ? readAttribute(place, direct, key, work) : undefined),
  };
}

/** Attributes are small: HDF5 keeps them in the header of their object, and reads each whole. */
async function readAttribute(
  place: Place,
  attributes: DirectAttributes | undefined,
  key: string,
  options: WorkOptions = {},
): Promise<Node> {
  const { session, name } = place;
  const path = attributePath(place.path, key);
  const at = { ...place, path };
  const direct = attributes?.get(key);
  if (direct?.kind === "text") return { kind: "scalar", path, value: textOf(direct.text) };
  if (direct) {
    const array = NdArray.fromBytes(elementType(direct.type, path).type, [], direct.bytes);
    return { kind: "scalar", path, value: singleValue(array) };
  }
  const header = await session.call(path, (module, file) => module.get_attribute_metadata(file, name, key), options);
  if (header.shape === null) return { kind: "scalar", path, value: null };
  const element = elementType(header, path);
  const shape = header.shape;
  const byteLength = sizeOf(shape) * element.size;
  admit(at, byteLength);
  const array = await session.call(
    path,
    (module, file) =>
      withMemory(module, byteLength, (address) => {
        module.HEAPU8.fill(0, address, address + byteLength);
        if (module.get_attribute_data(file, name, key, BigInt(address)) < 0) return undefined;
        return arrayAt(module, element, shape, address, () =>
          module.reclaim_vlen_memory(file, name, key, BigInt(address)),
        );
      }),
    options,
  );
  if (!array) throw new FormatError("corrupt", "HDF5 cannot read it", { path });
  return array.ndim === 0 ? { kind: "scalar", path, value: singleValue(array) } : arrayNode(array, path);
}

/** `timeline@start_frame`; of the root `@limbs`. */
function attributePath(path: string, key: string): string {
  return `${path}@${memberPath("", key)}`;
}

function arrayAt(
  module: H5wasm,
  element: ElementType,
  shape: readonly number[],
  address: number,
  reclaim: () => void,
): NdArray {
  const count = sizeOf(shape);
  if (!element.varying) {
    const bytes = new Uint8Array(module.HEAPU8.subarray(address, address + count * element.size));
    return arrayOfBytes(element, shape, bytes);
  }
  try {
    const values = varyingValues(module, element, address, count, { left: MOST });
    return arrayOfValues(element.type, shape, values);
  } finally {
    reclaim();
  }
}

/** Bytes of an attribute's texts or sequences: that of a whole file is no attribute any more. */
const MOST = 1 << 26;

/** Text and truth values as themselves; numbers with their dtype, which the file states and nothing else does. */
function singleValue(array: NdArray): Value {
  const value = array.get() as Value;
  if (array.dtype === "object" || array.dtype === "bool") return value;
  if (array.dtype === "struct") return array;
  return new NumpyScalar(array.type, value as NumpyScalar["value"]);
}
