import { dereference, memberField, presentName } from "../../engine/resolve.js";
import type { Layout } from "../../layout/layout.js";
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

  constructor(layout: Layout, root: MotionLevel) {
    this.#layout = layout;
    this.#siblings = siblingNames(layout, root);
  }

  get counts(): UnusedValues {
    return this.#counts;
  }

  readonly visit: Visit = ({ group, object }, level, path) => {
    const known = new Set([
      ...level.members.map(({ keys }) => keys[0]),
      ...level.below.map(({ keys }) => keys[0]),
      ...Object.values(object.dims ?? {}).flatMap(({ equals }) => (typeof equals === "string" ? equals : [])),
      ...this.#siblings,
      rangesKey(object)?.key,
    ]);
    for (const { name, initial } of this.#layout.records ?? [])
      if (typeof initial === "object" && initial !== null) known.add(name);
    const stored = [...known].flatMap((key) => {
      const field = key === undefined ? undefined : object.properties[key];
      return field && key !== undefined ? (presentName(field, key, group.keys) ?? []) : [];
    });
    for (const key of group.keys) {
      if (stored.includes(key) || object.properties[key]?.default !== undefined) continue;
      if (memberField(object, key)?.field.motion !== undefined) continue;
      const at = memberPath(path, key);
      this.#counts.set(at, (this.#counts.get(at) ?? 0) + 1);
    }
  };
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
