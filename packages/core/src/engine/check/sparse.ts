import { FormatError } from "../../errors.js";
import type { SparseLayout } from "../../layout/layout.js";
import type { ArrayNode, GroupNode } from "../../tree/node.js";
import { memberPath } from "../../value/path.js";
import { describeNode } from "../resolve.js";
import { shapeLabel } from "../shape.js";
import { positionsOf } from "../sparse/csr.js";
import type { CsrMatrix } from "../sparse/matrix.js";
import type { Walk } from "./state.js";

/** Rows, and stored elements, that are looked at together. */
const ROWS = 1 << 12;
const ELEMENTS = 1 << 18;

interface Fault {
  readonly path: string;
  readonly message: string;
  readonly code?: "corrupt" | "missing" | "mismatch";
}

function report({ report: to }: Walk, rule: string, { path, message, code = "corrupt" }: Fault): void {
  to.add({ code: "unreadable", path, message, actual: code, rule });
}

/**
 * Reports each kind of fault that the parts of a sparse array have by their headers: what is missing, of another type or size.
 * For one that cannot be opened; `error` says why, and is reported when nothing else is found.
 */
export async function reportSparseParts(
  walk: Walk,
  field: SparseLayout,
  { group, path }: { readonly group: GroupNode; readonly path: string },
  error: FormatError,
): Promise<void> {
  const faults: Fault[] = [];
  const parts = new Map<keyof SparseLayout["parts"], ArrayNode>();
  for (const part of ["data", "indices", "indptr"] as const) {
    const place = memberPath(group.path, field.parts[part]);
    const node = await group.child(field.parts[part], walk.options).catch(() => undefined);
    if (!node) faults.push({ path: place, message: "a part of a sparse array is not there", code: "missing" });
    else if (node.kind === "array") parts.set(part, node);
    else faults.push({ path: place, message: `an array expected, ${describeNode(node)} found`, code: "mismatch" });
  }
  const [data, indices, indptr] = [parts.get("data"), parts.get("indices"), parts.get("indptr")];
  const element = field.shape.slice(2);
  if (data && !(isOf(data, field.dtype) && hasShape(data, element))) {
    const expected = `${field.dtype.join(" or ")} ${shapeLabel(["n", ...element])}`;
    faults.push({ path: data.path, message: `${expected} expected, ${describeNode(data)} found`, code: "mismatch" });
  }
  for (const vector of [indices, indptr]) {
    if (!vector || (vector.shape.length === 1 && /^u?int(8|16|32|64)$/.test(vector.type.name))) continue;
    const message = `whole numbers along one axis expected, ${describeNode(vector)} found`;
    faults.push({ path: vector.path, message, code: "mismatch" });
  }
  if (data && indices && data.shape[0] !== indices.shape[0])
    faults.push({
      path: data.path,
      message: `${data.shape[0]} elements, but ${indices.shape[0]} columns (${indices.path})`,
    });
  if (indptr?.shape[0] === 0) faults.push({ path: indptr.path, message: "it is empty: no row ends" });
  if (faults.length === 0) faults.push({ path: error.path === "" ? path : error.path, message: error.reason });
  for (const fault of faults) report(walk, field.rule, fault);
}

function isOf({ type }: ArrayNode, dtypes: readonly string[]): boolean {
  return dtypes.includes(type.name);
}

function hasShape({ shape }: ArrayNode, element: readonly (number | string)[]): boolean {
  if (shape.length !== 1 + element.length) return false;
  return element.every((size, axis) => typeof size !== "number" || size === shape[axis + 1]);
}

/**
 * Reads a sparse array to its end and reports each kind of fault that its parts have, where it occurs first and how often. Throws
 * the `FormatError` of anything else that keeps it from being read.
 */
export async function checkSparseContents(walk: Walk, field: SparseLayout, matrix: CsrMatrix): Promise<void> {
  try {
    for (let row = 0; row === 0 || row < matrix.rows; row += ROWS)
      await matrix.read(row, Math.min(matrix.rows, row + ROWS), walk.options);
  } catch (error) {
    if (!(error instanceof FormatError) || error.code !== "corrupt") throw error;
    const faults = [...(await startFaults(walk, matrix)), ...(await columnFaults(walk, matrix))];
    // Columns that are twice show when rows are known only; then the reading has told the first.
    if (faults.length === 0) faults.push({ path: error.path, message: error.reason });
    for (const fault of faults) report(walk, field.rule, fault);
  }
}

async function startFaults(walk: Walk, { parts, rows, stored }: CsrMatrix): Promise<readonly Fault[]> {
  const { indptr } = parts;
  const falls = new Occurrences(indptr.path);
  const outside = new Occurrences(indptr.path);
  const faults: Fault[] = [];
  let before = 0;
  for (let from = 0; from <= rows; from += ELEMENTS) {
    const starts = positionsOf(await piece(walk, indptr, from, Math.min(rows + 1, from + ELEMENTS)), indptr.path);
    for (let at = 0; at < starts.length; at++) {
      const start = starts[at] as number;
      const index = from + at;
      if (index === 0 && start !== 0) faults.push({ path: indptr.path, message: `it starts at ${start}, not at 0` });
      if (index > 0 && start < before) falls.add(`row starts decrease at index ${index}`);
      if (!(start >= 0 && start <= stored)) outside.add(`index ${index} is ${start}: ${stored} elements are stored`);
      before = start;
    }
  }
  if (before < stored)
    faults.push({ path: indptr.path, message: `it ends at ${before}, but ${stored} elements are stored` });
  return [...faults, ...falls.faults(), ...outside.faults()];
}

async function columnFaults(walk: Walk, { parts, columns, stored }: CsrMatrix): Promise<readonly Fault[]> {
  const { indices } = parts;
  const outside = new Occurrences(indices.path);
  for (let from = 0; from < stored; from += ELEMENTS) {
    const found = positionsOf(await piece(walk, indices, from, Math.min(stored, from + ELEMENTS)), indices.path);
    for (let at = 0; at < found.length; at++) {
      const column = found[at] as number;
      if (!(column >= 0 && column < columns))
        outside.add(`index ${from + at} is ${column}: there are ${columns} columns`);
    }
  }
  return outside.faults();
}

async function piece({ options }: Walk, node: ArrayNode, start: number, stop: number) {
  if (node.rows) return node.rows(start, stop, options);
  return (await node.load(options)).slice([start, stop]);
}

/** The first of faults that are alike, and how many there are. */
class Occurrences {
  readonly #path: string;
  #first: string | undefined;
  #count = 0;

  constructor(path: string) {
    this.#path = path;
  }

  add(message: string): void {
    this.#first ??= message;
    this.#count++;
  }

  faults(): readonly Fault[] {
    if (this.#first === undefined) return [];
    return [
      { path: this.#path, message: this.#count === 1 ? this.#first : `${this.#first} (and ${this.#count - 1} more)` },
    ];
  }
}
