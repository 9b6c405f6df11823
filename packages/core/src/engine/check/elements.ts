import type { ArrayLayout, Within } from "../../layout/layout.js";
import { fromHalf } from "../../ndarray/float16.js";
import { NdArray } from "../../ndarray/ndarray.js";
import type { ArrayNode } from "../../tree/node.js";
import type { Siblings } from "../encoding.js";
import { exactValue } from "../exact.js";
import { plainScalar } from "../scalar.js";
import { shapeLabel } from "../shape.js";
import type { Walk } from "./state.js";

/** Reads every element, which verifies checksums and lengths on the way, and looks at what the schema says of them. */
export async function checkElements(
  walk: Walk,
  field: ArrayLayout,
  node: ArrayNode,
  siblings: Siblings,
): Promise<void> {
  const { values, finite, ascending, within } = field;
  if (!values && !finite && !ascending && !within) {
    await readThrough(walk, node);
    return;
  }
  const array = await node.load(walk.options);
  if (values) checkValues(walk, field, node.path, array);
  const numbers = numbersOf(array);
  if (!numbers) return;
  const place = { walk, field, path: node.path, shape: array.shape };
  if (finite) checkFinite(place, numbers);
  if (ascending) checkAscending(place, numbers);
  const limits = within && (await limitsOf(walk, within, siblings));
  if (within && limits) checkWithin(place, numbers, { within, limits });
}

/** Reads all of an array without keeping it. */
export async function readThrough(walk: Walk, node: ArrayNode): Promise<void> {
  if (!node.chunks) {
    await node.load(walk.options);
    return;
  }
  for await (const chunk of node.chunks(walk.options)) void chunk;
}

/** Elements in C order, by their position. */
interface Numbers {
  readonly length: number;
  readonly at: (index: number) => number;
}

interface Place {
  readonly walk: Walk;
  readonly field: ArrayLayout;
  readonly path: string;
  readonly shape: readonly number[];
}

/** The elements of an array of real numbers; undefined for others. */
function numbersOf(array: NdArray): Numbers | undefined {
  if (!/^(bool|u?int|float)/.test(array.dtype)) return undefined;
  const { data, offset, size } = array.contiguous() as NdArray<"float64">;
  if (array.dtype === "float16") return { length: size, at: (index) => fromHalf(data[offset + index] as number) };
  return { length: size, at: (index) => Number(data[offset + index]) };
}

function checkValues(walk: Walk, field: ArrayLayout, path: string, array: NdArray): void {
  const allowed = new Set(field.values);
  let index = 0;
  for (const element of array) {
    const value = Number(element);
    if (!allowed.has(value)) {
      const expected = [...allowed].join(" and ");
      walk.report.add({
        code: "range",
        path,
        message: `holds ${value} at element ${index}; only ${expected} are allowed`,
        expected,
        actual: String(value),
        rule: field.rule,
      });
      return;
    }
    index++;
  }
}

function checkFinite({ walk, field, path, shape }: Place, { length, at }: Numbers): void {
  for (let index = 0; index < length; index++) {
    const value = at(index);
    if (Number.isFinite(value)) continue;
    walk.report.add({
      code: "range",
      path,
      message: `holds ${value} at ${indicesLabel(index, shape)}`,
      expected: "finite numbers",
      actual: String(value),
      rule: `${field.rule}/finite`,
    });
    return;
  }
}

function checkAscending({ walk, field, path }: Place, { length, at }: Numbers): void {
  for (let index = 1; index < length; index++) {
    const [before, value] = [at(index - 1), at(index)];
    if (!(value < before)) continue;
    walk.report.add({
      code: "range",
      path,
      message: `falls from ${before} to ${value} at element ${index}`,
      expected: `>= ${before}`,
      actual: String(value),
      rule: `${field.rule}/ascending`,
    });
    return;
  }
}

interface Limits {
  readonly within: Within;
  /** One for all, or one for each column that has a limit. */
  readonly limits: readonly number[];
}

/** What the sibling holds; undefined when it is absent or no such limit. */
async function limitsOf(walk: Walk, within: Within, { group }: Siblings): Promise<readonly number[] | undefined> {
  const node = await group?.child(within.key, walk.options).catch(() => undefined);
  if (!node || node.kind === "group") return undefined;
  const value = await exactValue(node, walk.options).catch(() => undefined);
  const list = value instanceof NdArray ? [...value] : Array.isArray(value) ? value : [value];
  const limits = (within.elements ?? [0]).map((position) => {
    const limit = plainScalar((list[position] ?? null) as never);
    return typeof limit === "number" || typeof limit === "bigint" ? Number(limit) : Number.NaN;
  });
  return limits.some(Number.isNaN) ? undefined : limits;
}

function checkWithin({ walk, field, path, shape }: Place, { length, at }: Numbers, { within, limits }: Limits): void {
  const columns = within.elements ? (shape.at(-1) ?? 1) : 1;
  let first: number | undefined;
  let count = 0;
  for (let index = 0; index < length; index++) {
    const limit = limits[within.elements ? index % columns : 0];
    const value = at(index);
    if (limit === undefined || !(value < 0 || value > limit)) continue;
    first ??= index;
    count++;
  }
  if (first === undefined) return;
  const limit = limits[within.elements ? first % columns : 0];
  const more = count === 1 ? "" : ` (and ${count - 1} more)`;
  walk.report.add({
    code: "range",
    path,
    message: `holds ${at(first)} at ${indicesLabel(first, shape)}${more}, outside of 0 to ${limit} by ${within.key}`,
    expected: `0 to ${limit}`,
    actual: String(at(first)),
    rule: `${field.rule}/within`,
  });
}

/** `[0, 1, 2, 0]`: the indices of the element at a position in C order. */
function indicesLabel(position: number, shape: readonly number[]): string {
  const indices: number[] = [];
  let rest = position;
  for (const size of shape.toReversed()) {
    indices.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return indices.length === 0 ? shapeLabel(shape) : `[${indices.join(", ")}]`;
}
