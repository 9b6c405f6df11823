import { dereference } from "../../engine/resolve.js";
import type { FieldLayout, Layout, ObjectLayout } from "../../layout/layout.js";
import { mayBeDrawn } from "./array.js";
import { holdsPoints } from "./point-set.js";

/** Which fields of a schema lead to something that can be drawn: what does not is never opened. */
export class Leads {
  readonly layout: Layout;
  readonly #known = new Map<FieldLayout, boolean>();
  /** Symbols of vertices and keypoints of any object: which of them is meant shows when the file is read. */
  readonly #points = new Set<string>();

  constructor(layout: Layout) {
    this.layout = layout;
    for (const field of [layout.root, ...Object.values(layout.defs)]) this.#collect(field, new Set());
  }

  somewhere(field: FieldLayout): boolean {
    let leads = this.#known.get(field);
    if (leads === undefined) {
      leads = this.#reaches(field, new Set());
      this.#known.set(field, leads);
    }
    return leads;
  }

  /** Whether a field is an object with members of its own, of which each can be drawn by itself. */
  isRecord(field: FieldLayout): boolean {
    return dereference(this.layout, field).kind === "object" && this.somewhere(field);
  }

  #reaches(field: FieldLayout, passed: Set<FieldLayout>): boolean {
    if (passed.has(field)) return false;
    passed.add(field);
    const target = dereference(this.layout, field);
    if (target.kind === "array" || target.kind === "sparse")
      return mayBeDrawn(target, (symbol) => this.#points.has(symbol));
    if (holdsPoints(this.layout, target)) return true;
    return inside(target).some((inner) => this.#reaches(inner, passed));
  }

  #collect(field: FieldLayout, passed: Set<FieldLayout>): void {
    if (passed.has(field)) return;
    passed.add(field);
    if (field.kind === "object") for (const symbol of pointSymbols(field)) this.#points.add(symbol);
    if (field.kind !== "ref") for (const inner of inside(field)) this.#collect(inner, passed);
  }
}

function pointSymbols({ dims = {} }: ObjectLayout): readonly string[] {
  return Object.keys(dims).filter((symbol) => ["vertex", "keypoint"].includes(dims[symbol]?.role ?? ""));
}

function inside(field: FieldLayout): readonly FieldLayout[] {
  switch (field.kind) {
    case "object": {
      const additional = field.additional === false ? [] : [field.additional];
      return [...Object.values(field.properties), ...field.patterns.map((entry) => entry.field), ...additional];
    }
    case "list":
      return [...field.prefix, ...(field.items === false ? [] : [field.items])];
    case "choice":
      return field.branches;
    default:
      return [];
  }
}
