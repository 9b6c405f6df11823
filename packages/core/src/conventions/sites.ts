import { concrete, dereference, describeNode, memberField } from "../engine/resolve.js";
import { FormatError } from "../errors.js";
import type {
  ArrayLayout,
  Dim,
  FieldLayout,
  KeypointAxis,
  Layout,
  ObjectLayout,
  SparseLayout,
} from "../layout/layout.js";
import { NdArray } from "../ndarray/ndarray.js";
import { isPlainObject, nodeOfValue } from "../tree/value-node.js";
import { elementPath, memberPath } from "../value/path.js";

/** A record of the data, as a plain object, with what the schema says of it. */
export interface Owner {
  readonly path: string;
  readonly record: Readonly<Record<string, unknown>>;
  readonly object: ObjectLayout;
}

/** An own member of a record; undefined also for what it merely inherits. */
export function memberOf(owner: Pick<Owner, "record"> | undefined, key: string): unknown {
  return owner && Object.hasOwn(owner.record, key) ? owner.record[key] : undefined;
}

/** An array whose field states a keypoint axis, and where it is in a record. */
export interface KeypointsSite {
  readonly path: string;
  /** The member of the whole record that it is, or is in. */
  readonly root: string;
  readonly array: NdArray;
  readonly field: ArrayLayout | SparseLayout;
  readonly keypoints: KeypointAxis;
  /** What holds the array, and under which key. */
  readonly holder: object;
  readonly key: string | number;
  /** The record whose member it is; undefined for an item of a list, which has no siblings. */
  readonly owner: Owner | undefined;
  /** Records around it that bind axis symbols, the nearest first. */
  readonly scopes: readonly Scope[];
}

export interface Scope {
  readonly record: Readonly<Record<string, unknown>>;
  readonly dims: Readonly<Record<string, Dim>>;
}

export interface KeypointsSites {
  readonly sites: readonly KeypointsSite[];
  /** Every record and list that leads to one of them. */
  readonly ancestors: ReadonlySet<object>;
}

/** Where a walk is. */
interface Place {
  readonly path: string;
  readonly root: string;
  readonly holder: object;
  readonly key: string | number;
  readonly owner: Owner | undefined;
  readonly scopes: readonly Scope[];
}

/**
 * All arrays of a record whose fields state a keypoint axis. Throws `FormatError` `mismatch` for a value that should be
 * such an array and is none.
 */
export function findKeypoints(layout: Layout, record: object): KeypointsSites {
  const finder = new Finder(layout);
  finder.visit(layout.root, record, { path: "", root: "", holder: {}, key: "", owner: undefined, scopes: [] });
  return finder;
}

class Finder implements KeypointsSites {
  readonly sites: KeypointsSite[] = [];
  readonly ancestors = new Set<object>();
  readonly #layout: Layout;
  /** Records and lists that were walked: values in memory can be shared, and cyclic. */
  readonly #seen = new Set<object>();
  readonly #leads = new Map<FieldLayout, boolean>();

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  /** Whether there is a site in `value`. */
  visit(field: FieldLayout, value: unknown, place: Place): boolean {
    if (value === undefined || !this.#mayLead(field)) return false;
    const target = concrete(this.#layout, field, nodeOfValue(value, place.path));
    switch (target.kind) {
      case "array":
      case "sparse":
        return this.#visitArray(target, value, place);
      case "object":
        return isPlainObject(value) && this.#walk(value, () => this.#visitMembers(target, value, place));
      case "list":
        return (
          Array.isArray(value) &&
          this.#walk(value, () => {
            const found = value.map((item: unknown, index) => {
              const inner = target.prefix[index] ?? target.items;
              const path = elementPath(place.path, index);
              return (
                inner !== false &&
                this.visit(inner, item, { ...place, path, holder: value, key: index, owner: undefined })
              );
            });
            return found.includes(true);
          })
        );
      default:
        return false;
    }
  }

  #visitMembers(object: ObjectLayout, record: Owner["record"], place: Place): boolean {
    const scopes = object.dims ? [{ record, dims: object.dims }, ...place.scopes] : place.scopes;
    const owner: Owner = { path: place.path, record, object };
    let found = false;
    for (const [key, value] of Object.entries(record)) {
      const field = memberField(object, key)?.field;
      if (!field) continue;
      const path = memberPath(place.path, key);
      const root = place.root === "" ? key : place.root;
      if (this.visit(field, value, { path, root, holder: record, key, owner, scopes })) found = true;
    }
    return found;
  }

  #visitArray(field: ArrayLayout | SparseLayout, value: unknown, place: Place): boolean {
    const { keypoints } = field;
    if (!keypoints) return false;
    if (!(value instanceof NdArray)) {
      const found = describeNode(nodeOfValue(value));
      throw new FormatError("mismatch", `an array of keypoints expected, ${found} found`, { path: place.path });
    }
    this.sites.push({ ...place, array: value, field, keypoints });
    return true;
  }

  #walk(value: object, visit: () => boolean): boolean {
    if (!this.#seen.has(value)) {
      this.#seen.add(value);
      if (visit()) this.ancestors.add(value);
    }
    return this.ancestors.has(value);
  }

  /** Whether a field, or one below it, states a keypoint axis: what cannot is not walked, however long it is. */
  #mayLead(field: FieldLayout): boolean {
    let leads = this.#leads.get(field);
    if (leads === undefined) {
      leads = this.#reaches(field, new Set());
      this.#leads.set(field, leads);
    }
    return leads;
  }

  #reaches(field: FieldLayout, passed: Set<FieldLayout>): boolean {
    if (passed.has(field)) return false;
    passed.add(field);
    return this.#inside(field).some((inner) => (typeof inner === "boolean" ? inner : this.#reaches(inner, passed)));
  }

  #inside(field: FieldLayout): readonly (FieldLayout | boolean)[] {
    const target = dereference(this.#layout, field);
    switch (target.kind) {
      case "array":
      case "sparse":
        return [target.keypoints !== undefined];
      case "object":
        return [...Object.values(target.properties), ...target.patterns.map((entry) => entry.field), target.additional];
      case "list":
        return [...target.prefix, target.items];
      case "choice":
        return target.branches;
      default:
        return [];
    }
  }
}
