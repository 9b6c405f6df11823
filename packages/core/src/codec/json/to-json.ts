import { FormatError } from "../../errors.js";
import { NdArray } from "../../ndarray/ndarray.js";
import type { ArrayNode } from "../../tree/node.js";
import type { WriteTree } from "../../tree/write.js";
import { Float, NumpyScalar } from "../../value/value.js";

const DEEPEST = 1000;

/**
 * JSON text of a tree: arrays as nested lists, floats with a whole value with a point. Throws `FormatError`
 * `unwritable` for what JSON cannot say: NaN and infinities, bytes, keys that are no text, cycles.
 */
export async function jsonOfValue(tree: WriteTree, depth = 0): Promise<string> {
  if (depth > DEEPEST) throw new FormatError("unwritable", "the value is nested too deeply, or holds itself");
  if (tree instanceof NdArray) return jsonOfPlain(tree.toJSON(), /^(float|complex)/.test(tree.dtype));
  if (isArrayNode(tree)) return jsonOfValue(await tree.load(), depth);
  if (Array.isArray(tree)) {
    const items: string[] = [];
    for (const item of tree) items.push(await jsonOfValue(item as WriteTree, depth + 1));
    return `[${items.join(",")}]`;
  }
  if (tree instanceof Map) {
    const members: string[] = [];
    for (const [key, value] of tree) {
      if (typeof key !== "string") throw new FormatError("unwritable", "JSON keys are text");
      members.push(`${JSON.stringify(key)}:${await jsonOfValue(value as WriteTree, depth + 1)}`);
    }
    return `{${members.join(",")}}`;
  }
  if (tree instanceof Float) return jsonOfPlain(Number(tree), true);
  const scalar = tree instanceof NumpyScalar ? tree.value : tree;
  if (typeof scalar === "bigint") return String(scalar);
  if (scalar === null || typeof scalar === "string" || typeof scalar === "boolean" || typeof scalar === "number") {
    return jsonOfPlain(scalar, tree instanceof NumpyScalar && tree.type.name.startsWith("float"));
  }
  throw new FormatError("unwritable", `JSON cannot hold a ${scalar?.constructor.name ?? typeof scalar}`);
}

function isArrayNode(tree: WriteTree): tree is ArrayNode {
  return typeof tree === "object" && tree !== null && "kind" in tree && tree.kind === "array";
}

function jsonOfPlain(value: unknown, floats: boolean): string {
  if (Array.isArray(value)) return `[${value.map((item) => jsonOfPlain(item, floats)).join(",")}]`;
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new FormatError("unwritable", `JSON cannot hold ${value}`);
    return (floats || Object.is(value, -0)) && Number.isInteger(value) && Math.abs(value) < 1e21
      ? `${Object.is(value, -0) ? "-0" : value}.0`
      : String(value);
  }
  if (value === null || typeof value === "string" || typeof value === "boolean") return JSON.stringify(value);
  throw new FormatError("unwritable", `JSON cannot hold a ${(value as object).constructor.name}`);
}
