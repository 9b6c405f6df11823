import { dereference } from "../engine/resolve.js";
import type { FieldLayout, Layout, MotionMark, MotionPart, ObjectLayout } from "../layout/layout.js";

/** A value that a schema marks. */
export interface MotionMember {
  readonly part: MotionPart;
  /** Keys that lead to it from the object of its level. */
  readonly keys: readonly string[];
  readonly field: FieldLayout;
  readonly mark: MotionMark;
  /** Whether it is said of each row, not of the whole. */
  readonly rowwise: boolean;
  /** Objects that the keys lead through, the level's own first. */
  readonly objects: readonly ObjectLayout[];
}

/** An object that is a file, a sequence, a frame or a person, with what is marked in it. */
export interface MotionLevel {
  readonly part: "file" | "sequence" | "frame" | "person";
  /** Undefined for a file that is a list. */
  readonly object: ObjectLayout | undefined;
  readonly members: readonly MotionMember[];
  readonly below: readonly MotionBelow[];
}

export interface MotionBelow {
  readonly keys: readonly string[];
  /** Whether the keys lead to a list of them. */
  readonly list: boolean;
  readonly objects: readonly ObjectLayout[];
  readonly level: MotionLevel;
}

const DEEPEST = 16;

/** What a layout says of motion; undefined when it marks no keypoints and no vertices. */
export function motionPlan(layout: Layout): MotionLevel | undefined {
  const root = dereference(layout, layout.root);
  // Rows that another array shares out among frames are not understood yet.
  if (root.kind === "object" && Object.values(root.properties).some((field) => "ranges" in field)) return undefined;
  const level = new Planner(layout).root(root);
  return level && hasPoints(level) ? level : undefined;
}

export function hasPoints({ members, below }: MotionLevel): boolean {
  return members.some(isPoints) || below.some(({ level }) => hasPoints(level));
}

export function isPoints({ part }: MotionMember): boolean {
  return part === "keypoints" || part === "vertices";
}

/** What leads to the sequences of a file; undefined where the file itself is one. */
export function sequenceWay(level: MotionLevel): MotionBelow | undefined {
  if (level.part === "sequence") return undefined;
  return level.below.find((below) => below.level.part === "sequence");
}

/** The first member that plays a part. */
export function memberOf({ members }: MotionLevel, part: MotionPart): MotionMember | undefined {
  return members.find((member) => member.part === part);
}

/** The mark of a field, of what it refers to, or of the first of its branches that has one. */
export function markOf(layout: Layout, field: FieldLayout): MotionMark | undefined {
  let current = field;
  for (let hops = 0; hops < 64; hops++) {
    if (current.motion) return current.motion;
    if (current.kind !== "ref") break;
    current = layout.defs[current.name] ?? dereference(layout, current);
  }
  if (current.kind !== "choice") return undefined;
  for (const branch of current.branches) {
    const mark = markOf(layout, branch);
    if (mark) return mark;
  }
  return undefined;
}

class Planner {
  readonly #layout: Layout;

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  root(field: Exclude<FieldLayout, { kind: "ref" }>): MotionLevel | undefined {
    if (field.kind === "object") return this.#level(markOf(this.#layout, field) ? "sequence" : "file", field, 0);
    if (field.kind !== "list" || field.items === false) return undefined;
    const below = this.#structure(field.items, { keys: [], objects: [], list: true }, 0);
    return below && { part: "file", object: undefined, members: [], below: [below] };
  }

  #level(part: MotionLevel["part"], object: ObjectLayout, depth: number): MotionLevel {
    const members: MotionMember[] = [];
    const below: MotionBelow[] = [];
    if (depth < DEEPEST) this.#collect(object, [], [object], { members, below }, depth);
    return { part, object, members, below };
  }

  #collect(
    object: ObjectLayout,
    keys: readonly string[],
    objects: readonly ObjectLayout[],
    to: { readonly members: MotionMember[]; readonly below: MotionBelow[] },
    depth: number,
  ): void {
    for (const [key, field] of Object.entries(object.properties)) {
      const way = [...keys, key];
      const target = dereference(this.#layout, field);
      const items = target.kind === "list" && target.items !== false ? target.items : undefined;
      const below =
        this.#structure(field, { keys: way, objects, list: false }, depth) ??
        (items && this.#structure(items, { keys: way, objects, list: true }, depth));
      const mark = below ? undefined : markOf(this.#layout, field);
      if (below) to.below.push(below);
      else if (mark)
        to.members.push({ part: mark.part, keys: way, field, mark, objects, rowwise: isRowwise(mark.part, target) });
      else if (target.kind === "object" && way.length < DEEPEST && !objects.includes(target))
        this.#collect(target, way, [...objects, target], to, depth);
    }
  }

  /** The level that an object begins; undefined for fields that begin none. */
  #structure(
    field: FieldLayout,
    way: Pick<MotionBelow, "keys" | "objects" | "list">,
    depth: number,
  ): MotionBelow | undefined {
    const target = dereference(this.#layout, field);
    const part = target.kind === "object" ? markOf(this.#layout, field)?.part : undefined;
    if (target.kind !== "object" || (part !== "sequence" && part !== "frame" && part !== "person")) return undefined;
    return { ...way, level: this.#level(part, target, depth + 1) };
  }
}

/** How a sequence is laid out: arrays over all its frames, rows of people, one object for each person, or for each frame. */
export type SequenceForm = "arrays" | "rows" | "people" | "frames";

export function sequenceForm(level: MotionLevel): SequenceForm {
  if (level.below.some((below) => below.level.part === "person")) return "people";
  if (level.below.some((below) => below.level.part === "frame")) return "frames";
  return level.members.some(({ rowwise }) => rowwise) ? "rows" : "arrays";
}

/** Whether a value says something of each row: the name of its sequence, the number or the image of its frame. */
function isRowwise(part: MotionPart, target: FieldLayout): boolean {
  if (part !== "name" && part !== "frame-number" && part !== "image-path") return false;
  return target.follows !== undefined || (target.kind === "list" && typeof target.length === "string");
}
