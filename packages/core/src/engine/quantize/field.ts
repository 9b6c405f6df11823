import { FormatError } from "../../errors.js";
import type { ArrayLayout } from "../../layout/layout.js";
import type { NdArray } from "../../ndarray/ndarray.js";
import type { WorkOptions } from "../../source/source.js";
import type { Node } from "../../tree/node.js";
import { float, type Value } from "../../value/value.js";
import type { ContainerCodec } from "../container.js";
import { exactValue } from "../exact.js";
import { arrayOfLists } from "../nested-list.js";
import { mismatch } from "../resolve.js";
import { plainScalar } from "../scalar.js";
import { arrayLabel, fitsForm } from "../shape.js";
import { decodeNumbers } from "./decode.js";
import { encodeNumbers } from "./encode.js";
import { factorOf, isPair, type NumberSteps, numberSteps, storedType } from "./steps.js";

interface Reading {
  readonly holds: ContainerCodec["holds"];
  readonly options: WorkOptions;
}

/** Numbers as they are stored. */
export interface StoredNumbers {
  readonly array: NdArray;
  /** What they were multiplied by; undefined for an array that is not in its stored form, but the value itself. */
  readonly factor: number | undefined;
}

/**
 * The stored numbers of a field whose numbers are encoded, with their factor: beside them, or the one that the schema states.
 * Where a factor belongs beside them and none is, an array that is the value already is taken as it is. Throws `mismatch`.
 */
async function storedNumbers(
  field: ArrayLayout,
  steps: NumberSteps,
  node: Node,
  reading: Reading,
): Promise<StoredNumbers> {
  const { options } = reading;
  if (isPair(field, node)) {
    const array = await loadedArray({ ...field, dtype: [storedType(field, steps)] }, await node.child(0), reading);
    const factor = plainScalar((await exactValue(await node.child(1, options), options)) as Value);
    if (typeof factor !== "number" && typeof factor !== "bigint")
      throw new FormatError("mismatch", "the factor is no number", { path: `${node.path}[1]` });
    return { array, factor: Number(factor) };
  }
  if (node.kind === "array" && steps.paired && field.dtype.includes(node.type.name) && fitsForm(field, node.shape))
    return { array: await node.load(options), factor: undefined };
  if (steps.paired) throw mismatch(node, `a list of an array and a factor for ${arrayLabel(field)}`);
  const array = await loadedArray({ ...field, dtype: [storedType(field, steps)] }, node, reading);
  return { array, factor: steps.quantize && factorOf(steps.quantize) };
}

/** Any array of the right number of axes: which integers they are is their writer's choice. */
async function loadedArray(field: ArrayLayout, node: Node, { holds, options }: Reading): Promise<NdArray> {
  const found = holds === "json" ? await arrayOfLists(field, node, options) : node;
  if (found.kind !== "array" || !fitsForm(field, found.shape)) throw mismatch(found, arrayLabel(field));
  return found.load(options);
}

/** The value behind stored numbers, in the field's first dtype. Throws `mismatch`. */
export async function decodeQuantized(field: ArrayLayout, node: Node, reading: Reading): Promise<NdArray> {
  const steps = numberSteps(field.encoding) as NumberSteps;
  const { array, factor } = await storedNumbers(field, steps, node, reading);
  if (factor === undefined) return array;
  const [result = "float32"] = field.dtype;
  return decodeNumbers(array, { axis: steps.axis, factor, result, path: node.path });
}

export interface EncodeQuantizedOptions {
  /** Steps in place of the schema's, by their names. */
  readonly steps?: Readonly<Record<string, number>> | undefined;
  readonly path: string;
}

/** The stored form of a value: integers, with their factor where the schema keeps it beside them. Throws `unwritable`. */
export function encodeQuantized(
  field: ArrayLayout,
  value: NdArray,
  options: EncodeQuantizedOptions,
): NdArray | readonly [NdArray, Value] {
  const steps = numberSteps(field.encoding) as NumberSteps;
  const factor = steps.quantize ? factorOf(steps.quantize, options.steps) : 1;
  const { axis, paired } = steps;
  const stored = encodeNumbers(value, { axis, factor, as: storedType(field, steps), path: options.path });
  return paired ? [stored, float(factor)] : stored;
}
