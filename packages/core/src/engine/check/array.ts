import { FormatError } from "../../errors.js";
import type { ArrayLayout, KeypointAxis } from "../../layout/layout.js";
import type { ArrayNode, Node } from "../../tree/node.js";
import { type MaskPack, maskInUse, ownName, type Siblings } from "../encoding.js";
import { exactValue } from "../exact.js";
import { arrayOfLists } from "../nested-list.js";
import { numberSteps } from "../quantize/steps.js";
import { describeNode } from "../resolve.js";
import { plainScalar } from "../scalar.js";
import { type AlignedAxis, alignAxes, arrayLabel, fitsForm, fitsShape, formLabel, shapeLabel } from "../shape.js";
import { checkElements } from "./elements.js";
import { plainArray } from "./quantized.js";
import { checkRanges } from "./ranges.js";
import type { Walk } from "./state.js";

/** Checks an array against its field: header, symbols, mask, convention, and element values where the schema limits them. */
export async function checkArray(walk: Walk, field: ArrayLayout, node: Node, siblings: Siblings): Promise<void> {
  const { path } = node;
  const steps = numberSteps(field.encoding);
  if (steps) {
    const plain = await plainArray(walk, field, steps, node);
    if (plain) await checkArray(walk, plain.field, plain.node, siblings);
    return;
  }
  if (walk.holds === "json" && node.kind !== "array") {
    await checkArray(walk, field, await arrayOfLists(field, node, walk.options), siblings);
    return;
  }
  if (node.kind !== "array") {
    walk.report.add({
      code: "type",
      path,
      message: `${describeNode(node)} where an array is needed`,
      expected: arrayLabel(field),
      actual: describeNode(node),
      rule: field.rule,
    });
    return;
  }
  const axes = checkHeader(walk, field, node);
  if (!axes) return;
  const mask = await checkMask(walk, field, node, siblings);
  for (const { axis, rule, actual } of axes) {
    if (typeof rule !== "string" || rule === "*") continue;
    const size = mask && axis === mask.axis ? mask.length : actual;
    if (size === undefined) continue;
    walk.scope?.bind(walk.report, rule, size, {
      path,
      what: `axis ${axis} of ${shapeLabel(node.shape)}`,
      rule: field.rule,
    });
  }
  if (field.keypoints)
    await checkConvention(
      walk,
      field,
      field.keypoints,
      mask ? mask.length : node.shape[field.keypoints.axis],
      path,
      siblings,
    );
  if (walk.options.depth === "headers") return;
  await checkRanges(walk, field, node);
  await checkElements(walk, field, node, siblings);
}

/** dtype and fixed sizes; the axes to bind, undefined when they cannot be told. */
export function checkHeader(
  walk: Pick<Walk, "report">,
  field: ArrayLayout,
  node: ArrayNode,
): readonly AlignedAxis[] | undefined {
  const packed = packedAxes(field);
  const rule = field.shape.map((size, axis) => (packed.has(axis) && typeof size === "number" ? "*" : size));
  const dtypeFits = field.dtype.includes(node.type.name);
  const shapeFits = fitsForm({ ...field, shape: rule }, node.shape);
  if (dtypeFits && shapeFits) return alignAxes(field.shape, node.shape);
  for (const form of field.legacy ?? []) {
    const shape = form.shape ?? field.shape;
    if (!(form.dtype ?? field.dtype).includes(node.type.name) || !fitsShape(shape, node.shape)) continue;
    walk.report.add({
      code: "legacy",
      severity: "warning",
      path: node.path,
      message: form.description,
      expected: arrayLabel(field),
      actual: describeNode(node),
      rule: field.rule,
      hint:
        form.to === undefined && form.fill === undefined && !form.shape
          ? undefined
          : "it is brought up to date when read",
    });
    return alignAxes(shape, node.shape);
  }
  if (!dtypeFits) {
    const expected = field.dtype.join(" or ");
    walk.report.add({
      code: "dtype",
      path: node.path,
      message: `elements are ${node.type.name}, ${expected} expected`,
      expected,
      actual: node.type.name,
      rule: field.rule,
    });
  }
  if (!shapeFits) {
    const [expected, actual] = [formLabel(field), shapeLabel(node.shape)];
    walk.report.add({
      code: "shape",
      path: node.path,
      message: `shape ${actual} does not match ${expected}`,
      expected,
      actual,
      rule: field.rule,
    });
    return undefined;
  }
  return alignAxes(field.shape, node.shape);
}

function packedAxes(field: ArrayLayout): ReadonlySet<number> {
  return new Set((field.encoding ?? []).flatMap((step) => (step.codec === "mask-pack" ? [step.axis] : [])));
}

interface PackedAxis {
  readonly axis: number;
  /** Size before packing; unknown without a usable mask. */
  readonly length: number | undefined;
}

/** The axis that is packed, after checking that its mask is there and selects as many rows as are stored. */
async function checkMask(
  walk: Walk,
  field: ArrayLayout,
  node: ArrayNode,
  siblings: Siblings,
): Promise<PackedAxis | undefined> {
  const step = field.encoding?.find((encoding): encoding is MaskPack => encoding.codec === "mask-pack");
  if (!step || walk.form === "logical") return undefined;
  try {
    const mask = await maskInUse(step, siblings, walk.options);
    if (!mask) {
      await checkUnusedMask(walk, field, node, step, siblings);
      return undefined;
    }
    const stored = node.shape[step.axis];
    if (stored !== mask.positions.length) {
      const name = ownName(step.mask, siblings.key);
      const message = `${stored} along axis ${step.axis} are stored, ${name} has ${mask.positions.length} ones`;
      walk.report.add({
        code: "encoding",
        path: node.path,
        message,
        expected: String(mask.positions.length),
        actual: String(stored),
        rule: field.rule,
      });
    }
    return { axis: step.axis, length: mask.length };
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    const hint = "the values cannot be unpacked without a mask of zeros and ones";
    walk.report.add({ code: "encoding", path: node.path, message: error.reason, rule: field.rule, hint });
    return { axis: step.axis, length: undefined };
  }
}

/** A mask beside an array that is not packed must still have one entry a row; a symbol says so where there is one. */
async function checkUnusedMask(
  walk: Walk,
  field: ArrayLayout,
  node: ArrayNode,
  step: MaskPack,
  { key, group }: Siblings,
): Promise<void> {
  if (typeof field.shape[step.axis] === "string" && field.shape[step.axis] !== "*") return;
  const name = ownName(step.mask, key);
  const mask = await group?.child(name, walk.options);
  const rows = node.shape[step.axis];
  if (mask?.kind !== "array" || mask.shape.length !== 1 || mask.shape[0] === rows) return;
  const message = `${rows} along axis ${step.axis}, but its mask ${name} has ${mask.shape[0]} entries`;
  walk.report.add({
    code: "encoding",
    path: node.path,
    message,
    expected: String(mask.shape[0]),
    actual: String(rows),
    rule: field.rule,
  });
}

async function checkConvention(
  walk: Walk,
  field: ArrayLayout,
  keypoints: KeypointAxis,
  count: number | undefined,
  path: string,
  { key, group }: Siblings,
): Promise<void> {
  const name = keypoints.convention ?? (await conventionName(walk, keypoints, key, group)) ?? keypoints.default;
  if (name === undefined || count === undefined) return;
  const expected = Object.hasOwn(keypoints.counts, name) ? keypoints.counts[name] : undefined;
  if (expected === undefined || expected === count) return;
  const fitting = Object.entries(keypoints.counts).filter(([, size]) => size === count);
  walk.report.add({
    code: "convention",
    severity: "warning",
    path,
    message: `${count} keypoints, but the convention ${name} has ${expected}`,
    expected: String(expected),
    actual: String(count),
    rule: field.rule,
    hint: fitting.length > 0 ? `conventions of ${count}: ${fitting.map(([other]) => other).join(", ")}` : undefined,
  });
}

async function conventionName(
  walk: Walk,
  keypoints: KeypointAxis,
  key: string,
  group: Siblings["group"],
): Promise<string | undefined> {
  if (keypoints.field === undefined || !group) return undefined;
  const node = await group.child(ownName(keypoints.field, key), walk.options);
  const value = node && plainScalar((await exactValue(node, walk.options)) as never);
  return typeof value === "string" ? value : undefined;
}
