import { elsewhereKey } from "../../engine/elsewhere.js";
import { dereference, memberField, presentName, storedNames } from "../../engine/resolve.js";
import type { FieldLayout, Layout, ObjectLayout } from "../../layout/layout.js";
import { memberPath } from "../../value/path.js";
import type { UnusedValues } from "../motion.js";
import type { MotionBelow, MotionLevel } from "../plan.js";
import { rangesKey } from "../row-dims.js";
import type { Place } from "./place.js";

/** Told of each object that motion is read from, once. */
export type Visit = (place: Place, level: MotionLevel, path: string) => void;

/** Counts the values of a file that nothing is made of: neither marked nor what sizes, conventions and masks are told by. */
export class UnusedCounter {
  readonly #layout: Layout;
  readonly #siblings: readonly string[];
  readonly #counts = new Map<string, number>();
  readonly #known = new Map<MotionLevel, { readonly object: ObjectLayout; readonly used: readonly Used[] }>();

  constructor(layout: Layout, root: MotionLevel) {
    this.#layout = layout;
    this.#siblings = siblingNames(layout, root);
  }

  get counts(): UnusedValues {
    return this.#counts;
  }

  readonly visit: Visit = ({ group, object }, level, path) => {
    const used = this.#used(object, level);
    for (const key of group.keys) {
      if (object.properties[key]?.default !== undefined || isStored(used, key, group.keys)) continue;
      if (memberField(object, key)?.field.motion !== undefined) continue;
      const at = memberPath(path, key);
      this.#counts.set(at, (this.#counts.get(at) ?? 0) + 1);
    }
  };

  /** Members of an object that something is made of. There may be hundreds of thousands of such objects. */
  #used(object: ObjectLayout, level: MotionLevel): readonly Used[] {
    const known = this.#known.get(level);
    if (known?.object === object) return known.used;
    const used = this.#usedBy(object, level);
    this.#known.set(level, { object, used });
    return used;
  }

  #usedBy(object: ObjectLayout, level: MotionLevel): readonly Used[] {
    const known = new Set([
      ...level.members.map(({ keys }) => keys[0]),
      ...level.below.map(({ keys }) => keys[0]),
      ...Object.values(object.dims ?? {}).flatMap(({ equals }) => (typeof equals === "string" ? equals : [])),
      ...this.#siblings,
      rangesKey(object)?.key,
      elsewhereKey(object)?.key,
    ]);
    for (const { name, initial } of this.#layout.records ?? [])
      if (typeof initial === "object" && initial !== null) known.add(name);
    return [...known].flatMap((key) => {
      const field = key === undefined ? undefined : object.properties[key];
      return field && key !== undefined ? { key, field, names: storedNames(field, key) } : [];
    });
  }
}

interface Used {
  readonly key: string;
  readonly field: FieldLayout;
  /** All names under which it may be stored. */
  readonly names: readonly string[];
}

/** Whether a key is the one under which one of these is stored. */
function isStored(used: readonly Used[], name: string, keys: readonly string[]): boolean {
  return used.some(({ names, key, field }) => names.includes(name) && presentName(field, key, keys) === name);
}

/** Where the objects of a level below are, whichever of them. */
export function pathBelow(path: string, { keys, list }: MotionBelow): string {
  return keys.reduce(memberPath, path) + (list ? "[]" : "");
}

/** Keys that only say what marked values are: names of conventions, masks, what tells that they are packed. */
function siblingNames(layout: Layout, level: MotionLevel): readonly string[] {
  const own = level.members.flatMap(({ keys, field }) => {
    const target = dereference(layout, field);
    if (target.kind !== "array" && target.kind !== "sparse") return [];
    const steps = target.kind === "array" ? (target.encoding ?? []) : [];
    const packing = steps.flatMap((step) => (step.codec === "mask-pack" ? [step.mask, step.when] : []));
    return [target.keypoints?.field, target.keypoints?.root, ...packing].flatMap((name) =>
      name === undefined ? [] : [name.replace("{key}", keys.at(-1) ?? "")],
    );
  });
  return [...own, ...level.below.flatMap((below) => siblingNames(layout, below.level))];
}
