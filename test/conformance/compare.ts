import type { Difference } from "./system.js";

export interface CompareOptions {
  /** Whether members of dicts must come in the same order. Default true. */
  readonly order?: boolean;
  /**
   * `exact` (the default), or `plain`: a numpy scalar, or an array without axes, equals the everyday value in it, as
   * readers that hand out plain values deliver it.
   */
  readonly scalars?: "exact" | "plain";
}

/** Differences that are listed; more say nothing new. */
const MOST = 20;

/** Where two descriptions in the notation of a manifest differ. */
export function differences(
  expected: unknown,
  found: unknown,
  path = "",
  options: CompareOptions = {},
): readonly Difference[] {
  const out: Difference[] = [];
  walk({ out, options }, expected, found, path);
  return out.slice(0, MOST);
}

interface Walk {
  readonly out: Difference[];
  readonly options: CompareOptions;
}

function walk(state: Walk, expected: unknown, found: unknown, path: string): void {
  if (state.out.length > MOST || Object.is(expected, found)) return;
  const special = specialNotation(expected, found);
  if (special !== undefined) {
    if (!special) report(state, path, expected, found);
  } else if (isObject(expected) && isObject(found)) walkMembers(state, expected, found, path);
  else if (Array.isArray(expected) && Array.isArray(found)) walkItems(state, expected, found, path);
  else if (!sameScalar(state.options, expected, found)) report(state, path, expected, found);
}

function walkItems(state: Walk, expected: readonly unknown[], found: readonly unknown[], path: string): void {
  if (expected.length !== found.length) {
    report(state, path, `${expected.length} items`, `${found.length} items`);
    return;
  }
  for (const [index, item] of expected.entries()) walk(state, item, found[index], `${path}[${index}]`);
}

/** Keys of the notation itself; paths name what is described, not its description. */
const WRAPPERS: ReadonlySet<string> = new Set(["dict", "list", "tuple", "set", "items", "dict_items"]);

function walkMembers(state: Walk, expected: Members, found: Members, path: string): void {
  if (state.options.scalars === "plain" && !sameKeys(expected, found)) {
    const [a, b] = [plainScalar(expected), plainScalar(found)];
    if ((a !== expected || b !== found) && sameJson(a, b)) return;
  }
  const isDict = (node: Members): boolean => Object.keys(node).some((key) => key === "dict");
  for (const key of new Set([...Object.keys(expected), ...Object.keys(found)])) {
    const inner = WRAPPERS.has(key) ? path : path === "" ? key : `${path}.${key}`;
    if (!Object.hasOwn(found, key)) report(state, inner, expected[key], "nothing");
    else if (!Object.hasOwn(expected, key)) report(state, inner, "nothing", found[key]);
    else if (key === "sum" && typeof expected[key] === "number" && typeof found[key] === "number")
      walkSum(state, expected[key], found[key], inner);
    else if (key === "dict" && isDict(expected)) walkDict(state, expected[key], found[key], inner);
    else walk(state, expected[key], found[key], inner);
  }
}

function walkDict(state: Walk, expected: unknown, found: unknown, path: string): void {
  walk(state, expected, found, path);
  if (state.options.order === false || state.out.length > 0 || !isObject(expected) || !isObject(found)) return;
  const [a, b] = [expected, found].map((dict) => Object.keys(dict).join(", "));
  if (a !== b) report(state, path, `members in the order ${a}`, `${b}`);
}

/** Sums depend on the order of summation in their last digits. */
function walkSum(state: Walk, expected: number, found: number, path: string): void {
  const close = Math.abs(expected - found) <= Math.max(1e-6 * Math.max(Math.abs(expected), Math.abs(found)), 1e-9);
  if (!close) report(state, path, expected, found);
}

/** Whether `found` is what `list_repeat` and `nested_lists` stand for; undefined when `expected` is neither. */
function specialNotation(expected: unknown, found: unknown): boolean | undefined {
  if (!isObject(expected)) return undefined;
  const { list_repeat: repeat, nested_lists: nested } = expected;
  if (isObject(repeat) && Object.keys(expected).length === 1) {
    const list = isObject(found) ? found["list"] : undefined;
    return (
      Array.isArray(list) && list.length === repeat["count"] && list.every((item) => sameJson(item, repeat["value"]))
    );
  }
  return typeof nested === "number" && Object.keys(expected).length === 1 ? depthOf(found) === nested : undefined;
}

function depthOf(found: unknown): number {
  let depth = 0;
  for (let node = found; isObject(node) && Array.isArray(node["list"]); node = (node["list"] as unknown[])[0]) depth++;
  return depth;
}

function sameScalar(options: CompareOptions, expected: unknown, found: unknown): boolean {
  if (expected === found) return true;
  // `py` writes whole floats with a point; a description tells them from ints no more.
  const py = isObject(expected) ? expected["py"] : undefined;
  if (typeof py === "string" && /^-?\d+\.0$/.test(py) && typeof found === "number") return Number(py) === found;
  return options.scalars === "plain" && sameJson(plainScalar(expected), plainScalar(found));
}

/** The everyday value in a numpy scalar or an array without axes; anything else as it is. */
function plainScalar(description: unknown): unknown {
  if (!isObject(description)) return description;
  if ("npscalar" in description) return description["value"];
  const { shape } = description;
  if (!Array.isArray(shape) || shape.length > 0) return description;
  const [list] = [description["values"], description["items"], description["first"]].filter(Array.isArray);
  return list && list.length === 1 ? list[0] : description;
}

type Members = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function sameKeys(a: Members, b: Members): boolean {
  return Object.keys(a).sort().join() === Object.keys(b).sort().join();
}

export function sameJson(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function report({ out }: Walk, path: string, expected: unknown, found: unknown): void {
  out.push({ path, expected: shown(expected), found: shown(found) });
}

const LONGEST = 200;

/** JSON of a value, shortened. */
export function shown(value: unknown): string {
  const text = typeof value === "string" && / /.test(value) ? value : (JSON.stringify(value) ?? "nothing");
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
