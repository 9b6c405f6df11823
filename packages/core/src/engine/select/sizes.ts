import { FormatError } from "../../errors.js";
import type { Dim, FieldLayout, Layout, ObjectLayout } from "../../layout/layout.js";
import { memberPath } from "../../value/path.js";
import type { Value } from "../../value/value.js";
import { neededKeys } from "../resolve.js";
import { plainScalar } from "../scalar.js";
import { type Axes, axesOf, namesOf, oneSize, symbolsIn } from "./axes.js";
import { type Dict, describe, fieldOfMember, isDict, memberOf, membersOf } from "./member.js";
import type { SelectOptions } from "./options.js";
import { statedAxes } from "./place.js";
import { extentOf } from "./ranges.js";

/**
 * The number of items along an axis symbol of the root: what the record states, unless it says that it does not know, else
 * the size of the first member in schema order that lies along it. `undefined` when there is neither. Throws `FormatError`
 * `mismatch` for a stated size that is none, `missing` for a dict without the member that the schema requires of it.
 */
export function sizeAlong(layout: Layout, record: object, symbol: string): number | undefined {
  const axes = axesOf(layout);
  return new Sizes(axes, record as Dict).get(oneSize(axes.dims, symbol));
}

/** Sizes of the symbols that the root binds, in one record; each found when first asked for. */
export class Sizes {
  readonly #axes: Axes;
  readonly #record: Dict;
  readonly #mismatches: SelectOptions["mismatches"];
  readonly #known = new Map<string, number | undefined>();

  constructor(axes: Axes, record: Dict, mismatches?: SelectOptions["mismatches"]) {
    this.#axes = axes;
    this.#record = record;
    this.#mismatches = mismatches;
  }

  get(symbol: string): number | undefined {
    if (!this.#known.has(symbol)) this.#known.set(symbol, this.#find(symbol));
    return this.#known.get(symbol);
  }

  /** The first of `symbols` that has this size. */
  matching(symbols: readonly string[], size: number): string | undefined {
    return symbols.map((symbol) => oneSize(this.#axes.dims, symbol)).find((symbol) => this.get(symbol) === size);
  }

  #find(symbol: string): number | undefined {
    const dim = Object.hasOwn(this.#axes.dims, symbol) ? this.#axes.dims[symbol] : undefined;
    if (!dim) return undefined;
    const lenient = this.#mismatches === "keep";
    return statedSize(this.#record, dim) ?? foundSize(this.#axes, this.#record, symbol, lenient);
  }
}

/** What siblings state; `undefined` where they say nothing, or that it is not known. */
export function statedSize(record: Dict, dim: Dim): number | undefined {
  const names = namesOf(dim);
  if (names.length === 0) return dim.size?.length === 1 ? dim.size[0] : undefined;
  const values: number[] = [];
  for (const name of names) {
    const value = plainScalar(memberOf(record, name) as Value);
    if (value === undefined || value === null || value === dim.unset) return undefined;
    if (!Number.isInteger(value)) throw noSize(name, value);
    values.push(value as number);
  }
  const size = (values[0] as number) - (values[1] ?? 0);
  if (size < 0) throw noSize(names.join(" - "), size);
  return size;
}

function noSize(path: string, value: unknown): FormatError {
  return new FormatError("mismatch", `a size expected, ${String(value)} found`, { path });
}

/** Evidence of a size, the better first. */
const EVIDENCE = ["stated shapes", "ranges", "shapes with another choice"] as const;
type Evidence = (typeof EVIDENCE)[number];

function foundSize(axes: Axes, record: Dict, symbol: string, lenient: boolean): number | undefined {
  for (const evidence of EVIDENCE) {
    const size =
      evidence === "ranges"
        ? extentOf(axes, record, symbol)
        : sizeInMembers({ axes, symbol, evidence, lenient }, axes.root, record, "");
    if (size !== undefined) return size;
  }
  return undefined;
}

interface Search {
  readonly axes: Axes;
  readonly symbol: string;
  readonly evidence: Evidence;
  /** Whether a dict without what the schema requires of it is passed by. */
  readonly lenient: boolean;
}

function sizeInMembers(search: Search, field: ObjectLayout, record: Dict, path: string): number | undefined {
  for (const [key, member] of inSchemaOrder(field, record)) {
    const size = sizeInValue(search, member, memberOf(record, key), memberPath(path, key));
    if (size !== undefined) return size;
  }
  return undefined;
}

/** Members that are there: properties as the schema lists them, then the others as they come. */
function* inSchemaOrder(field: ObjectLayout, record: Dict): Generator<readonly [key: string, field: FieldLayout]> {
  for (const [key, member] of Object.entries(field.properties)) {
    if (memberOf(record, key) !== undefined) yield [key, member];
  }
  for (const [key] of membersOf(record)) {
    const member = Object.hasOwn(field.properties, String(key)) ? undefined : fieldOfMember(field, key);
    if (member) yield [key as string, member];
  }
}

function sizeInValue(search: Search, member: FieldLayout, value: unknown, path: string): number | undefined {
  const { axes, symbol, evidence } = search;
  if (![...symbolsIn(axes.layout, member)].some((name) => oneSize(axes.dims, name) === symbol)) return undefined;
  const { field, follows } = describe(axes.layout, member, value);
  if (field.kind === "object") {
    if (!isDict(value) || Object.hasOwn(field.dims ?? {}, symbol)) return undefined;
    if (!search.lenient) requireMembers(field, value, path);
    return sizeInMembers(search, field, value, path);
  }
  const weak = evidence !== "stated shapes";
  const own = statedAxes(field, value)?.find(
    (axis) => oneSize(axes.dims, axis.symbol) === symbol && (weak || !(axis.packed || follows)),
  );
  if (own) return own.size;
  if (field.kind !== "list" || !Array.isArray(value) || field.items === false) return undefined;
  for (const [index, item] of value.entries()) {
    const size = sizeInValue(search, field.prefix[index] ?? field.items, item, `${path}[${index}]`);
    if (size !== undefined) return size;
  }
  return undefined;
}

/** Throws `FormatError` `missing` for a dict without a member that the schema requires, and has no default for. */
export function requireMembers(field: ObjectLayout, value: Dict, path: string): void {
  for (const key of neededKeys(field)) {
    if (memberOf(value, key) === undefined)
      throw new FormatError("missing", `${JSON.stringify(key)} is required`, { path });
  }
}
