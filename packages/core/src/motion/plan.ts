import { dereference } from "../engine/resolve.js";
import type { FieldLayout, Layout, MotionMark, MotionPart, ObjectLayout } from "../layout/layout.js";
import type { MotionQuantity } from "./motion.js";

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

/**
 * An object that is a file, a sequence, a frame, a person or what persons are, with what is marked in it; or a group that only
 * holds frames.
 */
export interface MotionLevel {
  readonly part: "file" | "group" | LevelPart;
  /** Undefined for a file that is a list. */
  readonly object: ObjectLayout | undefined;
  readonly members: readonly MotionMember[];
  readonly below: readonly MotionBelow[];
}

type LevelPart = "sequence" | "frame" | "person" | "category";

export interface MotionBelow {
  readonly keys: readonly string[];
  /** Whether the keys lead to a list of them. */
  readonly list: boolean;
  readonly objects: readonly ObjectLayout[];
  readonly level: MotionLevel;
}

const DEEPEST = 16;

/** What a layout says of motion; undefined when it marks nothing that people have. */
export function motionPlan(layout: Layout): MotionLevel | undefined {
  const root = dereference(layout, layout.root);
  const level = new Planner(layout).root(root);
  return level && hasPeople(level) ? level : undefined;
}

function hasPeople({ members, below }: MotionLevel): boolean {
  return (
    members.some((member) => isPoints(member) || isQuantity(member) || member.part === "points") ||
    below.some(({ level }) => hasPeople(level))
  );
}

/** Whether people who move can be written as this data set. */
export function takesMotion(layout: Layout): boolean {
  const level = motionPlan(layout);
  return level !== undefined && hasSlots(level);
}

function hasSlots({ members, below }: MotionLevel): boolean {
  return members.some(isPoints) || below.some(({ level }) => hasSlots(level));
}

export function isPoints({ part }: MotionMember): boolean {
  return part === "keypoints" || part === "vertices";
}

/** Whether a member is told of each person beside points. */
export function isQuantity({ part }: MotionMember): boolean {
  return isQuantityPart(part);
}

/** Whether a part is one that is told of each person beside points. */
export function isQuantityPart(part: MotionPart): part is QuantityPart {
  return part === "box" || part === "parameters" || part === "extent-area" || part === "score";
}

export type QuantityPart = MotionQuantity["what"];

/** What leads to the sequences of a file; undefined where the file itself is one. */
export function sequenceWay(level: MotionLevel): MotionBelow | undefined {
  if (level.part === "sequence" || isTables(level)) return undefined;
  return level.below.find((below) => below.level.part === "sequence");
}

/** The first member that plays a part. */
export function memberOf({ members }: MotionLevel, part: MotionPart): MotionMember | undefined {
  return members.find((member) => member.part === part);
}

/** The member beside these points that has their confidences. */
export function confidenceBeside({ members }: MotionLevel, points: MotionMember): MotionMember | undefined {
  const { length } = points.keys;
  const key = points.keys.at(-1);
  return members.find(({ part, mark, keys }) => part === "confidence" && mark.of === key && keys.length === length);
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
  /** Groups that are being looked into. */
  readonly #groups = new Set<ObjectLayout>();

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
        (items && this.#structure(items, { keys: way, objects, list: true }, depth)) ??
        (items && this.#group(items, { keys: way, objects, list: true }, depth));
      const mark = below ? undefined : markOf(this.#layout, field);
      if (below) to.below.push(below);
      else if (mark)
        to.members.push({ part: mark.part, keys: way, field, mark, objects, rowwise: isRowwise(mark.part, target) });
      // An object that is a camera may say more, such as how large its images are.
      if (!below && (!mark || mark.part === "camera"))
        for (const object of this.#branches(target))
          if (way.length < DEEPEST && !objects.includes(object))
            this.#collect(object, way, [...objects, object], to, depth);
    }
  }

  /** The object that a field is, or those that it may be. */
  #branches(target: FieldLayout): readonly ObjectLayout[] {
    if (target.kind === "object") return [target];
    if (target.kind !== "choice") return [];
    return target.branches.flatMap((branch) => {
      const object = dereference(this.#layout, branch);
      return object.kind === "object" ? [object] : [];
    });
  }

  /** The level that an object begins; undefined for fields that begin none. */
  #structure(
    field: FieldLayout,
    way: Pick<MotionBelow, "keys" | "objects" | "list">,
    depth: number,
  ): MotionBelow | undefined {
    const target = dereference(this.#layout, field);
    const part = target.kind === "object" ? markOf(this.#layout, field)?.part : undefined;
    if (target.kind !== "object" || !isLevelPart(part)) return undefined;
    return { ...way, level: this.#level(part, target, depth + 1) };
  }

  /** Objects of a list that are nothing themselves, but in which frames are. */
  #group(
    field: FieldLayout,
    way: Pick<MotionBelow, "keys" | "objects" | "list">,
    depth: number,
  ): MotionBelow | undefined {
    const target = dereference(this.#layout, field);
    if (target.kind !== "object" || this.#groups.has(target)) return undefined;
    this.#groups.add(target);
    const level = this.#level("group", target, depth + 1);
    this.#groups.delete(target);
    return level.below.some(leadsToFrames) ? { ...way, level } : undefined;
  }
}

function isLevelPart(part: MotionPart | undefined): part is LevelPart {
  return part === "sequence" || part === "frame" || part === "person" || part === "category";
}

/** Whether frames are what is below, or in what is below. */
export function leadsToFrames({ level }: MotionBelow): boolean {
  return level.part === "frame" || level.part === "group";
}

/** Whether frames and people are lists side by side, of which people say which frame they belong to. */
function isTables(level: MotionLevel): boolean {
  return level.below.some(({ level: own }) => own.part === "person" && memberOf(own, "of-frame") !== undefined);
}

/**
 * How a sequence is laid out: arrays over all its frames, rows of people, one object for each person, or for each frame; a crowd
 * is frames with an object for each person, or that are files or groups of them; tables are frames and people side by side.
 */
export type SequenceForm = "arrays" | "rows" | "people" | "frames" | "crowd" | "tables";

export function sequenceForm(level: MotionLevel): SequenceForm {
  if (isTables(level)) return "tables";
  if (level.below.some(isCrowd)) return "crowd";
  if (level.below.some((below) => below.level.part === "person")) return "people";
  if (level.below.some((below) => below.level.part === "frame")) return "frames";
  return level.members.some(({ rowwise }) => rowwise) ? "rows" : "arrays";
}

function isCrowd({ level }: MotionBelow): boolean {
  if (level.part === "group") return true;
  if (level.part !== "frame") return false;
  return level.below.some((below) => below.level.part === "person") || memberOf(level, "frame-name") !== undefined;
}

/** Parts that rows may say, each for itself. */
const ROWWISE: ReadonlySet<MotionPart> = new Set([
  "name",
  "frame-number",
  "person-number",
  "image-path",
  "image-id",
  "image-height",
  "image-width",
]);

/** Whether a value says something of each row: the name of its sequence, the number or the image of its frame. */
function isRowwise(part: MotionPart, target: FieldLayout): boolean {
  if (!ROWWISE.has(part)) return false;
  return target.follows !== undefined || (target.kind === "list" && typeof target.length === "string");
}
