import { FormatError } from "../../errors.js";
import { NdArray } from "../../ndarray/ndarray.js";
import type { ArrayNode } from "../../tree/node.js";
import type { WriteTree } from "../../tree/write.js";
import { Float, NumpyScalar, type Value } from "../../value/value.js";

const DEEPEST = 1000;

/** Characters that are handed over together. */
const PIECE = 1 << 16;

/**
 * JSON text of a tree, piece by piece: arrays as nested lists, floats with a whole value with a point. Throws `FormatError`
 * `unwritable` for what JSON cannot say: NaN and infinities, bytes, keys that are no text, cycles.
 */
export async function writeJsonText(tree: WriteTree, append: (text: string) => Promise<void>): Promise<void> {
  const text = new Text(append);
  await text.value(tree, 0);
  await text.flush();
}

class Text {
  readonly #append: (text: string) => Promise<void>;
  #text = "";

  constructor(append: (text: string) => Promise<void>) {
    this.#append = append;
  }

  async flush(): Promise<void> {
    const text = this.#text;
    this.#text = "";
    if (text !== "") await this.#append(text);
  }

  async value(tree: WriteTree, depth: number): Promise<void> {
    if (depth > DEEPEST) throw new FormatError("unwritable", "the value is nested too deeply, or holds itself");
    if (tree instanceof NdArray) this.#text += jsonOfPlain(tree.toJSON(), /^(float|complex)/.test(tree.dtype));
    else if (isArrayNode(tree)) await this.value(await tree.load(), depth);
    else if (Array.isArray(tree)) await this.#list(tree, depth);
    else if (tree instanceof Map) await this.#object(tree, depth);
    else this.#text += jsonOfScalar(tree);
    if (this.#text.length >= PIECE) await this.flush();
  }

  async #list(items: readonly WriteTree[], depth: number): Promise<void> {
    this.#text += "[";
    let isFirst = true;
    for (const item of items) {
      if (!isFirst) this.#text += ",";
      isFirst = false;
      await this.value(item, depth + 1);
    }
    this.#text += "]";
  }

  async #object(members: ReadonlyMap<Value, WriteTree>, depth: number): Promise<void> {
    this.#text += "{";
    let isFirst = true;
    for (const [key, value] of members) {
      if (typeof key !== "string") throw new FormatError("unwritable", "JSON keys are text");
      this.#text += `${isFirst ? "" : ","}${JSON.stringify(key)}:`;
      isFirst = false;
      await this.value(value, depth + 1);
    }
    this.#text += "}";
  }
}

function jsonOfScalar(tree: WriteTree): string {
  if (tree instanceof Float) return jsonOfPlain(Number(tree), true);
  const scalar = tree instanceof NumpyScalar ? tree.value : tree;
  if (typeof scalar === "bigint") return String(scalar);
  if (scalar === null || typeof scalar === "string" || typeof scalar === "boolean" || typeof scalar === "number")
    return jsonOfPlain(scalar, tree instanceof NumpyScalar && tree.type.name.startsWith("float"));
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
