import { type DTypeName, type NdArray, Tuple, zeros } from "@somakit/core";
import { isObject } from "../../compare.js";

/** The value that an operation of a trace gives: everyday JSON, and `$arr`, `$tuple`, `$set` in it. */
export function madeOf(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(madeOf);
  if (!isObject(json)) return json;
  if (isObject(json["$arr"])) return arrayOf(json["$arr"]);
  if (Array.isArray(json["$tuple"])) return Tuple.of(...json["$tuple"].map(madeOf));
  if (Array.isArray(json["$set"])) return new Set(json["$set"].map(madeOf));
  return Object.fromEntries(Object.entries(json).map(([key, member]) => [key, madeOf(member)]));
}

function arrayOf(spec: Readonly<Record<string, unknown>>): NdArray {
  const shape = spec["shape"] as readonly number[];
  const array = zeros(spec["dtype"] as DTypeName, shape);
  const element = elementsOf(spec);
  const big = array.dtype === "int64" || array.dtype === "uint64";
  for (let index = 0; index < array.size; index++) {
    const value = element(index);
    array.data[index] = (big ? BigInt(value) : value) as never;
  }
  return array;
}

function elementsOf({
  kind,
  value,
  data,
  offset = 0,
  scale = 1,
}: Readonly<Record<string, unknown>>): (index: number) => number {
  switch (kind) {
    case "zeros":
      return () => 0;
    case "ones":
      return () => 1;
    case "full":
      return () => value as number;
    case "arange":
      return (index) => (offset as number) + (scale as number) * index;
    case "data": {
      const flat = (data as readonly unknown[]).flat(8) as readonly number[];
      return (index) => flat[index] as number;
    }
    default:
      throw new Error(`an array of kind ${String(kind)}`);
  }
}
