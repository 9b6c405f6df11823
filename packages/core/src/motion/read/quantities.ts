import { modernForm } from "../../engine/legacy.js";
import { concrete, dereference } from "../../engine/resolve.js";
import { alignAxes } from "../../engine/shape.js";
import { FormatError } from "../../errors.js";
import type { ArrayLayout, Dim, FieldLayout, MotionPart } from "../../layout/layout.js";
import { NdArray, zeros } from "../../ndarray/ndarray.js";
import type { WorkOptions } from "../../source/source.js";
import { arrayNode } from "../../tree/value-node.js";
import { memberPath } from "../../value/path.js";
import { float64Array, floats } from "../axes.js";
import type { MotionLayer, MotionNumbers, MotionQuantity } from "../motion.js";
import { isPoints, isQuantity, isQuantityPart, type MotionLevel, type MotionMember } from "../plan.js";
import { type Found, memberAt, type Place, placeAt, readValue } from "./place.js";
import { numbersIn } from "./point-lists.js";
import { RowStream } from "./row-stream.js";

/** Arrays that are loaded once rather than read in windows. */
const SMALL_BYTES = 1 << 26;

/** A quantity of a file, of which frames can be read. */
export interface QuantityTrack {
  readonly quantity: MotionQuantity;
  /** Frames of the array; undefined for an array of one frame. */
  readonly frames: number | undefined;
  readonly people: number;
  load(start: number, stop: number, options: WorkOptions): Promise<MotionNumbers>;
}

/** Which axes of an array count frames and people; the others are the shape of what one person has. */
export interface QuantityAxes {
  readonly frame: number | undefined;
  readonly people: readonly number[];
  readonly element: readonly number[];
}

/**
 * The axes of an array by the roles of its symbols: what is behind the last one with a role of frames or people belongs to one
 * person. Without such roles, axes under `...` in front count people. Undefined for a shape that the schema has not.
 */
export function quantityAxes(
  { shape: rules }: ArrayLayout,
  shape: readonly number[],
  dims: Readonly<Record<string, Dim>>,
): QuantityAxes | undefined {
  const axes = alignAxes(rules, shape);
  if (!axes) return undefined;
  const roles = axes.map(({ rule }) =>
    typeof rule === "string" && Object.hasOwn(dims, rule) ? dims[rule]?.role : undefined,
  );
  const open = rules[0] === "..." ? shape.length - rules.length + 1 : 0;
  const last = roles.findLastIndex((role) => role === "frame" || role === "person");
  const outer = Math.max(last + 1, open);
  const frame = roles.indexOf("frame");
  return {
    frame: frame < 0 ? undefined : frame,
    people: [...Array(outer).keys()].filter((axis) => axis !== frame),
    element: [...roles.keys()].slice(outer),
  };
}

/** The quantities of an object, and what stands beside them in objects that only hold such values. */
export interface QuantitiesRead {
  readonly tracks: readonly QuantityTrack[];
  /** Paths of values that nothing is made of. */
  readonly others: readonly string[];
}

/** The quantities that an object has. */
export async function quantitiesAt(place: Place, level: MotionLevel, options: WorkOptions): Promise<QuantitiesRead> {
  const tracks: QuantityTrack[] = [];
  const others: string[] = [];
  // What holds several of them is decoded once.
  const owners = new Map<string, Place | undefined>();
  for (const member of level.members) {
    if (!isQuantity(member) && !BESIDE.has(member.part)) continue;
    const way = member.keys.slice(0, -1);
    const path = way.join(".");
    if (!owners.has(path)) {
      const owner = await placeAt(place, way, options);
      owners.set(path, owner);
      if (owner && way.length > 0) others.push(...unmarkedIn(owner, way, level));
    }
    const from = owners.get(path);
    const found = from && isQuantity(member) && (await memberAt(from, member.keys.at(-1) as string, options));
    const track = found && (await trackOf(found, member, options));
    if (track) tracks.push(track);
  }
  return { tracks, others };
}

/** Other parts that may stand in an object of their own. */
const BESIDE: ReadonlySet<MotionPart> = new Set(["image-height", "image-width"]);

function unmarkedIn({ group }: Place, way: readonly string[], { members }: MotionLevel): readonly string[] {
  const path = way.join(".");
  const marked = new Set(
    members.filter(({ keys }) => keys.slice(0, way.length).join(".") === path).map(({ keys }) => keys[way.length]),
  );
  return group.keys.filter((key) => !marked.has(key)).map((key) => memberPath(path, key));
}

async function trackOf(found: Found, member: MotionMember, options: WorkOptions): Promise<QuantityTrack | undefined> {
  const { layout } = found.place.file;
  let { node } = found;
  const field = concrete(layout, found.field, node);
  if (isNumberField(field)) return numbersTrack(found, member, options);
  if (field.kind !== "array") return undefined;
  let whole: NdArray | undefined;
  // What reading makes of an outdated form shows in the header as well.
  let form = node.kind === "array" ? modernForm(field, { dtype: node.type.name, shape: node.shape }) : undefined;
  let axes = form && !field.encoding ? quantityAxes(field, form.shape, found.place.dims) : undefined;
  if (!axes) {
    // Lists and encoded arrays show their shape when they are read.
    const value = await valueIfFit(found, options);
    if (!(value instanceof NdArray)) return undefined;
    whole = value;
    form = value;
    node = arrayNode(value, node.path);
    axes = quantityAxes(field, value.shape, found.place.dims);
  }
  if (!axes || !form || node.kind !== "array") return undefined;
  const { frame, people, element } = axes;
  const { shape } = form;
  const { type } = node;
  const size = (axis: number): number => shape[axis] as number;
  const own = element.map(size);
  const quantity = quantityOf(member, { unit: field.unit, shape: own, dtype: floatName(form.dtype) });
  if (!quantity) return undefined;
  const persons = people.reduce((all, axis) => all * size(axis), 1);
  const symbol = frame === undefined ? undefined : field.shape[frame];
  const isLarge = !whole && shape.reduce((all, one) => all * one, type.itemSize) > SMALL_BYTES;
  const stream = isLarge && frame === 0 && found.node.kind === "array" ? RowStream.of(found.node) : undefined;
  return {
    quantity,
    frames: frame === undefined ? undefined : size(frame),
    people: persons,
    load: async (start, stop, how) => {
      let part: NdArray;
      if (stream) part = (await readValue({ ...found, node: await stream.node(start, stop, how) }, how)) as NdArray;
      else if (!whole && isLarge && typeof symbol === "string")
        part = (await readValue(found, how, { [symbol]: [start, stop] })) as NdArray;
      else {
        whole ??= (await readValue(found, how)) as NdArray;
        const all = whole;
        // Kept from the first window to the last one of a pass, not for good.
        if (frame !== undefined && stop >= size(frame)) whole = undefined;
        part = frame === undefined ? all : all.slice(...new Array<null>(frame).fill(null), [start, stop]);
      }
      return numbersOf(part, axes, own);
    },
  };
}

/** What a member is of a person; undefined for other numbers than its channels are. */
function quantityOf(
  { keys, mark }: MotionMember,
  numbers: Pick<MotionQuantity, "unit" | "shape" | "dtype">,
): MotionQuantity | undefined {
  const { part, channels, model, which } = mark;
  const { shape } = numbers;
  if (!isQuantityPart(part) || (channels && shape.length === 1 && shape[0] !== channels.length)) return undefined;
  return {
    key: keys.join("."),
    what: part,
    which: which ?? "person",
    ...(model !== undefined && { model }),
    ...(channels && { channels }),
    ...numbers,
  };
}

/** Whether a field is a list of numbers, or one number. */
export function isNumberField(field: FieldLayout): boolean {
  if (field.kind === "list")
    return field.items !== false && field.items.kind === "scalar" && isNumberField(field.items);
  return field.kind === "scalar" && field.types.some((type) => NUMBERS.has(type));
}

const NUMBERS: ReadonlySet<string> = new Set(["integer", "number"]);

/** What an object that is one person in one frame says in a list of numbers, or in one number. */
async function numbersTrack(
  found: Found,
  member: MotionMember,
  options: WorkOptions,
): Promise<QuantityTrack | undefined> {
  const field = dereference(found.place.file.layout, found.field);
  const numbers = await numbersIn(found, options);
  const shape = found.node.kind === "scalar" ? [] : [numbers.length];
  if (shape[0] === 0) return undefined;
  const quantity = quantityOf(member, { unit: field.unit, shape, dtype: "float64" });
  if (!quantity)
    throw new FormatError("mismatch", `${numbers.length} numbers, where ${member.mark.channels?.length} are due`, {
      path: found.node.path,
    });
  const loaded: MotionNumbers = {
    values: float64Array(numbers, [1, 1, ...shape]),
    present: NdArray.from("bool", Uint8Array.of(1), [1, 1]) as NdArray<"bool">,
  };
  return { quantity, frames: undefined, people: 1, load: async () => loaded };
}

/** The value, unless it is not what its schema says. */
async function valueIfFit(found: Found, options: WorkOptions): Promise<unknown> {
  try {
    return await readValue(found, options);
  } catch (error) {
    if (error instanceof FormatError && error.code === "mismatch") return undefined;
    throw error;
  }
}

function numbersOf(array: NdArray, { frame, people, element }: QuantityAxes, own: readonly number[]): MotionNumbers {
  const order = [frame, ...people, ...element].filter((axis) => axis !== undefined);
  const ordered = floats(array).transpose(order).contiguous();
  const frames = frame === undefined ? 1 : (array.shape[frame] as number);
  const persons = people.reduce((all, axis) => all * (array.shape[axis] as number), 1);
  const data = (ordered.data as Float64Array).subarray(ordered.offset, ordered.offset + ordered.size);
  return {
    values: float64Array(data, [frames, persons, ...own]),
    present: NdArray.from("bool", new Uint8Array(frames * persons).fill(1), [frames, persons]) as NdArray<"bool">,
  };
}

function floatName(name: string): MotionLayer["dtype"] {
  return name === "float16" || name === "float32" ? name : "float64";
}

/** Numbers of nobody. */
export function noNumbers({ shape }: MotionQuantity, frames: number, people: number): MotionNumbers {
  return { values: zeros("float64", [frames, people, ...shape]), present: zeros("bool", [frames, people]) };
}

/** Marked values that are there and that nothing could be made of. */
export async function unreadAt(
  place: Place,
  level: MotionLevel,
  read: readonly string[],
  options: WorkOptions,
): Promise<readonly string[]> {
  const unread: string[] = [];
  for (const member of level.members) {
    const key = member.keys.join(".");
    if ((!isPoints(member) && !isQuantity(member)) || member.mark.after !== undefined || read.includes(key)) continue;
    const owner = member.keys.length === 1 ? place : undefined;
    if (owner && (await memberAt(owner, key, options)))
      unread.push(`${key}, which has not the form that its schema says`);
  }
  return unread;
}

export interface FittingQuantities {
  readonly fitting: readonly QuantityTrack[];
  /** What does not fit, in words. */
  readonly dropped: readonly string[];
}

/** The quantities that have so many frames and people. */
export function fittingQuantities(
  { tracks, others }: QuantitiesRead,
  frames: number,
  people: number,
): FittingQuantities {
  const fits = (track: QuantityTrack): boolean => (track.frames ?? 1) === frames && track.people === people;
  const dropped = tracks
    .filter((track) => !fits(track))
    .map(
      ({ quantity, frames: own = 1, people: persons }) =>
        `${quantity.key}: ${own} × ${persons} rows, where there are ${frames} × ${people}`,
    );
  return { fitting: tracks.filter(fits), dropped: [...dropped, ...others] };
}
