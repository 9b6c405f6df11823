import type { Input, ReadOptions } from "@somakit/core";
import { readJson } from "@somakit/core/codec/json";
import { FormatError, isFormatError } from "@somakit/core/errors";
import { NdArray } from "@somakit/core/ndarray";
import { readBriefly, toSource } from "@somakit/core/source";
import { majorVersion, mismatch } from "./failure.js";
import { exchanged, membersOf } from "./point.js";
import { type ScannedSet, scanKeypoints } from "./scan/keypoints.js";

/** Keypoints that belong together: those of a face by their numbers, those of a body by their names. */
export interface KeypointSet {
  /** `face.standard`, `ears.left`, `body`, … */
  readonly path: string;
  /** Names in the order of the arrays: numbers as stored ("01"), or paths such as `body.ankle.left`. */
  readonly names: readonly string[];
  /** (N, 3) in the world, metres. */
  readonly coords3d: NdArray<"float64", readonly [number, 3]>;
  /** (N, 2) ROW and COLUMN in pixels from the corner of the image: the order of the files. */
  readonly rowColumn: NdArray<"float64", readonly [number, 2]>;
  /** (N, 2) x (column) and y (row): a view of the same. */
  readonly xy: NdArray<"float64", readonly [number, 2]>;
  /** (N,) in the frame and not hidden by the actor's own surface; hair and glasses hide nothing. Undefined where the files do not say it. */
  readonly visible: NdArray<"bool"> | undefined;
}

/** Sets of key points by their paths, such as `face.dense`. */
export type KeypointSets = ReadonlyMap<string, KeypointSet>;

/** Names of groups that are in the singular in some files. */
const PLURALS: Readonly<Record<string, string>> = { ear: "ears", hand: "hands", eye: "eyes" };

const DEEPEST = 32;
const DIGITS = /^\d+$/;

/**
 * The sets of keypoints of one key-point file of any version, parsed: an object whose keys are numbers is a set, in the order of
 * the numbers; points under names become one set by the name of their outermost group, ordered by their paths as text.
 *
 * Throws `FormatError`: `unsupported` for an unknown version, `missing` for a point without a part, `mismatch` for what is no point,
 * `corrupt` for numbers with gaps, `limit` for a tree of more than 32 levels.
 */
export function keypointSets(file: object): KeypointSets {
  const { version, ...members } = membersOf(file, "");
  majorVersion(version, [1, 2]);
  const collected = new Map<string, ScannedSet>();
  if (isFlat(members)) collectFlat(collected, members, "face");
  else if (Object.values(members).some(isFlat)) {
    // What the vendor's loader joined of two files of version 1.
    for (const [name, part] of Object.entries(members)) collectFlat(collected, membersOf(part, name), `face.${name}`);
  } else {
    for (const [name, member] of Object.entries(members))
      collect(collected, member, { path: Object.hasOwn(PLURALS, name) ? (PLURALS[name] as string) : name, depth: 1 });
  }
  return finished(collected);
}

/**
 * The same of the bytes of a file. Throws what {@link keypointSets} throws, and for damaged text `truncated` or `corrupt` with the
 * place.
 */
export async function readKeypointSets(input: Input, options: ReadOptions = {}): Promise<KeypointSets> {
  const source = await toSource(input, options);
  const scanned = await readBriefly(source, scannedSets, options);
  return scanned ?? keypointSets(membersOf(await readJson(source, options), ""));
}

/** The sets of a plain file; undefined where the document has to be parsed, be it only to say what is wrong. */
function scannedSets(bytes: Uint8Array): KeypointSets | undefined {
  const scanned = scanKeypoints(bytes);
  if (!scanned) return undefined;
  majorVersion(scanned.version, [1, 2]);
  const sets = new Map([...scanned.sets].map(([path, set]) => pluralOf(path, set)));
  // Two names of one group are put together by the long way.
  if (sets.size < scanned.sets.size) return undefined;
  try {
    return finished(sets);
  } catch (error) {
    // Of a key that comes twice, the last counts.
    if (isFormatError(error)) return undefined;
    throw error;
  }
}

/** A set by the name that its outermost group has elsewhere. */
function pluralOf(path: string, set: ScannedSet): readonly [string, ScannedSet] {
  const end = path.indexOf(".");
  const first = end < 0 ? path : path.slice(0, end);
  if (!Object.hasOwn(PLURALS, first)) return [path, set];
  const plural = (name: string): string => `${PLURALS[first]}${name.slice(first.length)}`;
  return [plural(path), set.isNumbered ? set : { ...set, names: set.names.map(plural) }];
}

/** The set of one of the two files of version 1. `name` is `standard` or `dense`. */
export function flatKeypointSet(file: object, name: "standard" | "dense"): KeypointSet {
  const { version, ...members } = membersOf(file, "");
  majorVersion(version, [1]);
  const collected = new Map<string, ScannedSet>();
  collectFlat(collected, members, `face.${name}`);
  return [...finished(collected).values()][0] as KeypointSet;
}

/** Sets of several files; of one set in several files the first counts. */
export function joinedSets(parts: readonly KeypointSets[]): KeypointSets {
  const joined = new Map<string, KeypointSet>();
  for (const sets of parts) for (const [path, set] of sets) if (!joined.has(path)) joined.set(path, set);
  return joined;
}

type Members = Readonly<Record<string, unknown>>;

function collect(
  sets: Map<string, ScannedSet>,
  value: unknown,
  { path, depth }: { path: string; depth: number },
): void {
  if (depth > DEEPEST) throw new FormatError("limit", `more than ${DEEPEST} levels of groups`, { path });
  const members = membersOf(value, path);
  if ("global_3d" in members || "pixel_2d" in members) {
    const [top = path] = path.split(".", 1);
    add(setAt(sets, top, false), path, members, path);
    return;
  }
  const keys = Object.keys(members);
  if (keys.length > 0 && keys.every((key) => DIGITS.test(key))) {
    const set = setAt(sets, path, true);
    for (const key of keys) {
      const at = `${path}.${key}`;
      add(set, key, membersOf(members[key], at), at);
    }
    return;
  }
  for (const key of keys) collect(sets, members[key], { path: `${path}.${key}`, depth: depth + 1 });
}

/** The set of a path; points under names are put to those that are there. */
function setAt(sets: Map<string, ScannedSet>, path: string, isNumbered: boolean): ScannedSet {
  const found = sets.get(path);
  if (found && found.isNumbered === isNumbered) return found;
  if (found) throw mismatch("points under numbers and under names cannot be one set", path);
  const set: ScannedSet = { isNumbered, names: [], numbers: [], visible: [] };
  sets.set(path, set);
  return set;
}

function add({ names, numbers, visible }: ScannedSet, name: string, members: Members, path: string): void {
  const world = members["global_3d"] as Members | undefined;
  const pixel = members["pixel_2d"] as Members | undefined;
  if (world === undefined || pixel === undefined)
    throw new FormatError("missing", `the point has no ${world === undefined ? "global_3d" : "pixel_2d"}`, { path });
  names.push(name);
  for (const key of ["x", "y", "z"]) numbers.push(part(world, key, path));
  for (const key of ["x", "y"]) numbers.push(part(pixel, key, path));
  visible.push(visibilityOf(members["is_visible"], path));
}

function part(point: Members, key: string, path: string): number {
  const value = point?.[key];
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new FormatError(value === undefined ? "missing" : "mismatch", `the point has no number ${key}`, { path });
}

/** 1 or 0, -1 where nothing is said. Text in files of version 2, a boolean in those of version 1. */
function visibilityOf(value: unknown, path: string): number {
  if (value === undefined) return -1;
  if (value === "true" || value === true) return 1;
  if (value === "false" || value === false) return 0;
  throw mismatch(`is_visible is ${JSON.stringify(value)}, neither "true" nor "false"`, path);
}

function isFlat(members: unknown): boolean {
  return typeof members === "object" && members !== null && "keypoints_3d_coordinates" in members;
}

function collectFlat(sets: Map<string, ScannedSet>, members: Members, path: string): void {
  const world = membersOf(members["keypoints_3d_coordinates"], `${path}.keypoints_3d_coordinates`);
  const pixels = membersOf(members["keypoints_2d_coordinates"], `${path}.keypoints_2d_coordinates`);
  const seen = members["is_visible"] == null ? undefined : membersOf(members["is_visible"], `${path}.is_visible`);
  const { names, numbers, visible } = setAt(sets, path, true);
  for (const key of Object.keys(world)) {
    const at = `${path}.${key}`;
    if (!DIGITS.test(key)) throw mismatch("keypoints are named by numbers", at);
    names.push(key);
    numbers.push(...numbersOf(world[key], 3, at), ...numbersOf(pixels[key], 2, at));
    visible.push(seen ? visibilityOf(seen[key], at) : -1);
  }
}

function numbersOf(value: unknown, count: number, path: string): readonly number[] {
  if (value === undefined) throw new FormatError("missing", "the point has no coordinates", { path });
  if (Array.isArray(value) && value.length === count && value.every(Number.isFinite)) return value as readonly number[];
  throw mismatch(`${count} numbers are needed`, path);
}

function finished(scanned: ReadonlyMap<string, ScannedSet>): KeypointSets {
  return new Map([...scanned].map(([path, set]) => [path, setOf(path, set)]));
}

/** Positions of the points in the order of numbers, or of paths as text. */
function orderOf(path: string, { names, isNumbered }: ScannedSet): readonly number[] {
  const order = names.map((_, index) => index);
  if (!isNumbered) {
    order.sort((a, b) => ((names[a] as string) < (names[b] as string) ? -1 : 1));
    const twice = order.find((at, index) => index > 0 && names[at] === names[order[index - 1] as number]);
    if (twice === undefined) return order;
    throw new FormatError("corrupt", "the point is there twice", { path: names[twice] });
  }
  const numbers = names.map(Number);
  const first = numbers[0] as number;
  // Most files have them in order.
  if (numbers.every((number, index) => number === first + index)) return order;
  order.sort((a, b) => (numbers[a] as number) - (numbers[b] as number));
  const least = numbers[order[0] as number] as number;
  const gap = order.findIndex((at, index) => numbers[at] !== least + index);
  if (gap < 0) return order;
  const wanted = least + gap;
  const isTwice = (numbers[order[gap] as number] as number) < wanted;
  const reason = isTwice ? `number ${wanted - 1} is there twice` : `number ${wanted} is missing`;
  throw new FormatError("corrupt", `${names.length} keypoints, of which ${reason}`, { path });
}

function setOf(path: string, set: ScannedSet): KeypointSet {
  const { names, numbers, visible: stored } = set;
  const order = orderOf(path, set);
  const count = order.length;
  const coords3d = new Float64Array(3 * count);
  const places = new Float64Array(2 * count);
  const visible = new Uint8Array(count);
  const says = stored[0] !== -1;
  for (let i = 0; i < count; i++) {
    const from = order[i] as number;
    coords3d[3 * i] = numbers[5 * from] as number;
    coords3d[3 * i + 1] = numbers[5 * from + 1] as number;
    coords3d[3 * i + 2] = numbers[5 * from + 2] as number;
    places[2 * i] = numbers[5 * from + 3] as number;
    places[2 * i + 1] = numbers[5 * from + 4] as number;
    const seen = stored[from] as number;
    visible[i] = seen === 1 ? 1 : 0;
    if ((seen !== -1) !== says) {
      const at = set.isNumbered ? `${path}.${names[from]}` : (names[from] as string);
      throw new FormatError("missing", "is_visible is said of some points of the set only", { path: at });
    }
  }
  const rowColumn = NdArray.from("float64", places, [count, 2] as const);
  return {
    path,
    names: order.map((from) => names[from] as string),
    coords3d: NdArray.from("float64", coords3d, [count, 3] as const),
    rowColumn,
    xy: exchanged(rowColumn),
    visible: says ? (NdArray.from("bool", visible) as NdArray<"bool">) : undefined,
  };
}
