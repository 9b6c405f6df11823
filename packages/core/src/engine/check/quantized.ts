import type { ArrayLayout } from "../../layout/layout.js";
import type { DTypeName } from "../../ndarray/dtype.js";
import type { Node } from "../../tree/node.js";
import type { Value } from "../../value/value.js";
import { exactValue } from "../exact.js";
import { isPair, type NumberSteps, storedType } from "../quantize/steps.js";
import { describeNode } from "../resolve.js";
import { plainScalar } from "../scalar.js";
import { arrayLabel } from "../shape.js";
import type { Walk } from "./state.js";

const REAL = /^(bool|u?int|float)/;

/** A node with the field that it should be by: one without encodings. */
export interface PlainArray {
  readonly field: ArrayLayout;
  readonly node: Node;
}

/**
 * What is to be checked of an array whose numbers are encoded: in a file the integers that are stored, whichever they are,
 * after a look at the factor beside them; in memory an array of any real type. Undefined when there is none, which is reported.
 */
export async function plainArray(
  walk: Walk,
  field: ArrayLayout,
  steps: NumberSteps,
  node: Node,
): Promise<PlainArray | undefined> {
  const { encoding: _, ...plain } = field;
  if (walk.form === "logical") return { field: { ...plain, dtype: typesOf(REAL, field.dtype, node) }, node };
  const integers: ArrayLayout = { ...plain, dtype: [storedType(field, steps)] };
  if (!isPair(field, node)) {
    // What was never encoded is read as it is.
    const isValue = node.kind === "array" && field.dtype.includes(node.type.name);
    return steps.paired && isValue ? { field: plain, node } : reportUnpaired(walk, field, steps, node, integers);
  }
  const factor = plainScalar((await exactValue(await node.child(1, walk.options), walk.options)) as Value);
  if (!(typeof factor === "number" && factor > 0 && Number.isFinite(factor))) {
    const message = `the factor is ${String(factor)}; a positive number is needed`;
    walk.report.add({ code: "encoding", path: node.path, message, actual: String(factor), rule: field.rule });
  }
  const inner = await node.child(0, walk.options);
  const type = typesOf(/^u?int/, integers.dtype, inner);
  return { field: { ...integers, dtype: type }, node: { ...inner, path: node.path } };
}

/** The type of an array where it is of a kind that will do, else those that are expected. */
function typesOf(kind: RegExp, expected: readonly DTypeName[], node: Node): readonly DTypeName[] {
  return node.kind === "array" && kind.test(node.type.name) ? [node.type.name] : expected;
}

function reportUnpaired(
  walk: Walk,
  field: ArrayLayout,
  steps: NumberSteps,
  node: Node,
  integers: ArrayLayout,
): PlainArray | undefined {
  if (!steps.paired) return { field: { ...integers, dtype: typesOf(/^u?int/, integers.dtype, node) }, node };
  const expected = `a list of an array and a factor for ${arrayLabel(field)}`;
  const actual = describeNode(node);
  const message = `${actual} where ${expected} is needed`;
  walk.report.add({ code: "type", path: node.path, message, expected, actual, rule: field.rule });
  return undefined;
}
