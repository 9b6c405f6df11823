import { threads } from "#platform";
import { FormatError } from "../errors.js";
import type {
  AnyLayout,
  ArrayLayout,
  FieldLayout,
  Layout,
  ListLayout,
  ObjectLayout,
  ScalarLayout,
} from "../layout/layout.js";
import { mapConcurrently } from "../source/concurrent.js";
import type { WorkOptions } from "../source/source.js";
import type { ArrayNode, GroupNode, ListNode, Node } from "../tree/node.js";
import { arrayNode, nodeOfValue } from "../tree/value-node.js";
import { latin1Text } from "../value/latin1-text.js";
import { elementPath } from "../value/path.js";
import { Instance, Tuple, type Value } from "../value/value.js";
import { plainItems, plainNow } from "./at-once.js";
import type { ContainerCodec } from "./container.js";
import { type AxisCut, clipped, cutArray, loadCut, runPick } from "./cut.js";
import { define, fillDefaults } from "./defaults.js";
import { encodedAxes, NO_SIBLINGS, type Siblings, storedCut, undoEncodings } from "./encoding.js";
import { exactValue, unlessNone } from "./exact.js";
import { later } from "./later.js";
import { cutValue, firstPick, followsOf, type Part, partInside, pickAlong } from "./part.js";
import { numberSteps } from "./quantize/steps.js";
import {
  asBox,
  concrete,
  denseOf,
  dereference,
  memberField,
  memberNames,
  misfit,
  mismatch,
  neededKeys,
  scalarType,
  setOf,
} from "./resolve.js";
import { arrayItems, elementValue, plainScalar } from "./scalar.js";
import { indexAt, type Pick } from "./select/pick.js";
import { alignAxes, arrayLabel, fitsForm, fitsShape } from "./shape.js";
import { refuseVersion } from "./version.js";

/** How values are delivered. */
export interface DecodeOptions extends WorkOptions {
  /**
   * `logical` (the default): encodings undone, outdated forms brought up to date, defaults filled in.
   * `stored`: what the file holds.
   */
  readonly form?: "logical" | "stored" | undefined;
  /** `throw` (the default): a value that is not what the schema states is an error. `keep`: it is delivered as it is. */
  readonly mismatches?: "throw" | "keep" | undefined;
  /**
   * Only part of what lies along axis symbols: half-open ranges of non-negative positions, clipped to what there is.
   * `{ N: [0, 10] }` reads the first ten items of everything that has an axis `N`, where the file allows without reading
   * the rest. Values that state the size of such a symbol are left as the file has them.
   */
  readonly window?: Window | undefined;
  /** How many values of a group are loaded at once. Default: as many as the platform has threads for. */
  readonly concurrency?: number | undefined;
}

/** A half-open range of positions along each of some axis symbols. */
export type Window = Readonly<Record<string, readonly [start: number, stop: number]>>;

export interface Decoder {
  readonly layout: Layout;
  /** What the container holds; `json` means that lists stand for arrays. */
  readonly holds: ContainerCodec["holds"];
  /** Whether a stored None means that its key is absent. */
  readonly nulls: "keep" | "absent";
  readonly options: DecodeOptions;
  /** What of it is wanted; everything when left out. Made of `options.window` by whoever knows the symbols. */
  readonly part?: Part | undefined;
}

// What few data sets need.
const quantizing = later(() => import("./quantize/field.js"));
const modernising = later(() => import("./legacy.js"));
const nesting = later(() => import("./nested-list.js"));

/** The value of `node` as `field` describes it. */
export async function decode(
  given: Decoder,
  field: FieldLayout,
  node: Node,
  siblings: Siblings = NO_SIBLINGS,
): Promise<unknown> {
  try {
    const target = concrete(given.layout, field, node);
    const { layout, part } = given;
    const decoder = part ? { ...given, part: { ...part, follows: followsOf(layout, field, node) } } : given;
    switch (target.kind) {
      case "array":
        return await decodeArray(decoder, target, node, siblings);
      case "scalar":
        return await decodeScalar(decoder, target, node);
      case "list":
        return await decodeList(decoder, target, node);
      case "object":
        return await decodeObject(decoder, target, await asGroup(decoder, node));
      case "any":
        return await decodeAny(decoder, target, node);
      case "sparse":
        return await decodeArray(decoder, denseOf(target), node, siblings);
    }
  } catch (error) {
    if (given.options.mismatches !== "keep" || !(error instanceof FormatError) || error.code !== "mismatch")
      throw error;
    return await exactValue(node, given.options);
  }
}

/** Fails before reading when the header does not fit the field; returns the legacy form that it has, if any. */
export function verifyHeader(field: ArrayLayout, node: ArrayNode): ArrayLayout | undefined {
  const packed = field.encoding?.some((step) => step.codec === "mask-pack") === true;
  if (field.dtype.includes(node.type.name) && (packed ? fitsRank(field, node) : fitsForm(field, node.shape)))
    return undefined;
  for (const form of field.legacy ?? []) {
    const old: ArrayLayout = { ...field, dtype: form.dtype ?? field.dtype, shape: form.shape ?? field.shape };
    if (old.dtype.includes(node.type.name) && fitsShape(old.shape, node.shape)) return old;
  }
  throw mismatch(node, arrayLabel(field));
}

/** Sizes of a mask-packed array, whose packed axis may have fewer rows than the schema says. */
function fitsRank(field: ArrayLayout, node: ArrayNode): boolean {
  const axes = new Set(field.encoding?.map((step) => (step.codec === "mask-pack" ? step.axis : -1)));
  const rule = field.shape.map((size, axis) => (axes.has(axis) ? "*" : size));
  return fitsShape(rule, node.shape);
}

async function decodeArray(decoder: Decoder, field: ArrayLayout, node: Node, siblings: Siblings): Promise<unknown> {
  if (numberSteps(field.encoding)) return decodeCoded(decoder, field, node);
  const found = decoder.holds === "json" ? await arrayIn(field, node, decoder.options) : node;
  if (found.kind !== "array") throw mismatch(node, arrayLabel(field));
  const legacy = verifyHeader(field, found);
  const place = { path: node.path, siblings, options: decoder.options };
  const cuts = decoder.part ? await arrayCuts(decoder.part, legacy ?? field, found, decoder.options) : NO_CUTS;
  if (decoder.options.form === "stored") {
    const packed = await Promise.all(cuts.encoded.map((cut) => storedCut(field.encoding ?? [], cut, place)));
    return loadCut(found, [...cuts.plain, ...packed], decoder.options);
  }
  const loaded = await loadCut(found, cuts.plain, decoder.options);
  let array = legacy ? (await modernising()).modernise(field, loaded, node.path) : loaded;
  array = await undoEncodings(field.encoding ?? [], array, place);
  if (!fitsForm(field, array.shape)) throw mismatch({ ...found, shape: array.shape }, arrayLabel(field));
  return cuts.encoded.length > 0 ? cutArray(array, cuts.encoded).copy() : array;
}

/** JSON has no arrays but nested lists. */
async function arrayIn(field: ArrayLayout, node: Node, options: WorkOptions): Promise<Node> {
  if (node.kind === "array") return node;
  const { arrayOfLists } = await nesting();
  return arrayOfLists(field, node, options);
}

/** An array whose numbers are encoded. It has to be read as a whole. */
async function decodeCoded(decoder: Decoder, field: ArrayLayout, node: Node): Promise<unknown> {
  const { part, options } = decoder;
  if (options.form === "stored") return exactValue(node, options);
  const { decodeQuantized } = await quantizing();
  const array = await decodeQuantized(field, node, decoder);
  const { plain } = part ? await arrayCuts(part, field, arrayNode(array, node.path), options) : NO_CUTS;
  return plain.length > 0 ? cutArray(array, plain).copy() : array;
}

interface ArrayCuts {
  readonly plain: readonly AxisCut[];
  /** Of axes that an encoding changes: they can only be made once that is undone. */
  readonly encoded: readonly AxisCut[];
}

const NO_CUTS: ArrayCuts = { plain: [], encoded: [] };

/** What a part wants of each axis of an array with this header. Throws `mismatch` for an axis without its symbol's size. */
async function arrayCuts(part: Part, field: ArrayLayout, node: ArrayNode, options: WorkOptions): Promise<ArrayCuts> {
  const plain: AxisCut[] = [];
  const encoded: AxisCut[] = [];
  const changed = encodedAxes(field.encoding ?? []);
  const misfit = (symbol: string, expected: number): FormatError =>
    mismatch(node, `${arrayLabel(field)} with ${symbol} = ${expected}`);
  for (const { axis, rule, actual } of alignAxes(field.shape, node.shape) ?? []) {
    if (changed.has(axis)) {
      const pick = typeof rule === "string" ? pickAlong(part, rule) : undefined;
      if (pick) encoded.push({ axis, pick });
      continue;
    }
    const first = { rule, size: actual, misfit };
    // Only first axes follow symbols that the schema does not state for them.
    const pick = await firstPick(axis === 0 ? part : { ...part, follows: undefined }, first, options);
    if (pick) plain.push({ axis, pick });
  }
  return { plain, encoded };
}

async function decodeScalar(decoder: Decoder, field: ScalarLayout, node: Node): Promise<unknown> {
  let value = await exactValue(node, decoder.options);
  // One text in an array of one: what older writers made of a list with one member.
  if (node.kind === "array" && node.shape.length === 1 && node.shape[0] === 1)
    value = elementValue(node.type, (await node.load(decoder.options)).get(0));
  if (value instanceof Uint8Array && field.types.includes("string")) value = latin1Text(value);
  const type = scalarType(value as Value);
  const fitting = field.types.some((wanted) => wanted === type || (wanted === "number" && type === "integer"));
  if (!fitting) throw mismatch(node, field.types.join(" or "));
  return plainScalar(value as Value);
}

async function decodeList(decoder: Decoder, field: ListLayout, node: Node): Promise<unknown[]> {
  const found = await cutRows(decoder, field, node);
  const elements = await decodeElements(decoder, field, found);
  if (elements) return elements;
  const list = await asList(decoder, found);
  if (field.items === false && list.length > field.prefix.length) {
    throw mismatch(node, `a list of ${field.prefix.length}`);
  }
  const pick = found === node ? await listPick(decoder, field, list) : undefined;
  if (list.items && !pick && field.items !== false && field.prefix.length === 0)
    return decodeItems(decoder, field.items, list.items(decoder.options));
  const wanted = pick ? clipped(pick, list.length) : runPick(0, list.length);
  const { part } = decoder;
  const inside = part ? { ...decoder, part: { ...part, depth: part.depth + 1 } } : decoder;
  const items: unknown[] = [];
  for (let i = 0; i < wanted.length; i++) {
    const index = indexAt(wanted, i);
    const item = field.prefix[index] ?? field.items;
    if (item === false) break;
    items.push(await decode(inside, item, await list.child(index, decoder.options)));
  }
  return items;
}

/** All items of a list that is best gone through in order. */
async function decodeItems(decoder: Decoder, field: FieldLayout, nodes: AsyncIterable<Node>): Promise<unknown[]> {
  const { part } = decoder;
  const inside = part ? { ...decoder, part: { ...part, depth: part.depth + 1 } } : decoder;
  const items: unknown[] = [];
  for await (const node of nodes) items.push(await decode(inside, field, node));
  return items;
}

/** The node of an array whose rows are the items of a list, cut down to those that are wanted; other nodes as they are. */
async function cutRows(decoder: Decoder, field: ListLayout, node: Node): Promise<Node> {
  if (node.kind !== "array" || node.shape.length === 0) return node;
  const pick = await listPick(decoder, field, { path: node.path, length: node.shape[0] as number });
  return pick ? arrayNode(await loadCut(node, [{ axis: 0, pick }], decoder.options), node.path) : node;
}

/** The wanted items of a list; undefined when that is all of them. */
async function listPick(
  { part, options }: Decoder,
  field: ListLayout,
  list: { readonly path: string; readonly length: number },
): Promise<Pick | undefined> {
  const misfit = (symbol: string, expected: number): FormatError =>
    new FormatError("mismatch", `a list of ${expected} (${symbol}) expected, one of ${list.length} found`, {
      path: list.path,
    });
  return part && firstPick(part, { rule: field.length, size: list.length, misfit }, options);
}

/** A list of scalars that is in memory, or stored as a 1-d array, without a node for each; undefined when it is not that, or holds misfits. */
async function decodeElements(decoder: Decoder, field: ListLayout, node: Node): Promise<unknown[] | undefined> {
  const item = field.items === false ? undefined : field.items;
  if (item?.kind !== "scalar" || field.prefix.length > 0) return undefined;
  if (node.kind === "list") return decoder.part ? undefined : plainItems(item, node);
  if (node.kind !== "array" || node.shape.length !== 1) return undefined;
  const items = arrayItems(await node.load(decoder.options), item);
  return misfit(items, item) < 0 ? items : undefined;
}

/** A list, or an array along whose first axis the items lie. */
async function asList(decoder: Decoder, node: Node): Promise<ListNode> {
  if (node.kind === "list") return node;
  const set = setOf(node);
  if (set) return asList(decoder, nodeOfValue([...set], node.path));
  const box = asBox(node);
  if (box) return asList(decoder, nodeOfValue((await box.load(decoder.options)).get(), node.path));
  if (node.kind !== "array" || node.shape.length === 0) throw mismatch(node, "a list");
  const array = await node.load(decoder.options);
  const length = array.shape[0] as number;
  const child = async (index: number): Promise<Node> => {
    const item: unknown = array.ndim === 1 ? elementValue(array.type, array.get(index)) : array.slice(index);
    return nodeOfValue(item, elementPath(node.path, index));
  };
  return { kind: "list", path: node.path, length, child };
}

/** A dict, or an array without axes that holds one. */
export async function asGroup(decoder: { readonly options: WorkOptions }, node: Node): Promise<GroupNode> {
  if (node.kind === "group") return node;
  const box = asBox(node);
  if (!box) throw mismatch(node, "a dict");
  const inner = nodeOfValue((await box.load(decoder.options)).get(), node.path);
  if (inner.kind !== "group") throw mismatch(inner, "a dict");
  return inner;
}

async function decodeObject(given: Decoder, field: ObjectLayout, group: GroupNode): Promise<Record<string, unknown>> {
  const decoder = given.part ? { ...given, part: partInside(given.part, field, group, given.layout) } : given;
  await refuseVersion(decoder.layout, field, group, decoder.options);
  const jobs = memberJobs(decoder, field, group);
  const values = await runJobs(
    decoder,
    jobs.filter(({ value }) => value === undefined),
  );
  const record: Record<string, unknown> = {};
  for (const job of jobs) {
    const value = job.value ?? values.get(job);
    if (value !== undefined) define(record, job.key, value);
  }
  if (decoder.options.form !== "stored") fillDefaults(decoder.layout, field, record);
  for (const key of neededKeys(field)) {
    if (!Object.hasOwn(record, key) && decoder.options.mismatches !== "keep") {
      throw new FormatError("missing", `${JSON.stringify(key)} is required`, { path: group.path });
    }
  }
  return record;
}

async function runJobs(decoder: Decoder, jobs: readonly MemberJob[]): Promise<ReadonlyMap<MemberJob, unknown>> {
  const values = new Map<MemberJob, unknown>();
  const { concurrency = threads, signal } = decoder.options;
  // Parts of a document are not read side by side. Whatever makes that possible costs more than a small object.
  if (jobs.length < 2 || decoder.holds === "json") {
    signal?.throwIfAborted();
    for (const job of jobs) values.set(job, await job.run(signal));
    return values;
  }
  const work = async (job: MemberJob, _: number, stop: AbortSignal): Promise<void> =>
    void values.set(job, await job.run(stop));
  await mapConcurrently(decoder.part ? wholeFirst(jobs) : jobs, concurrency, work, decoder.options);
  return values;
}

interface MemberJob {
  readonly key: string;
  /** Whether it is a dict, which where arrays are read in part may still have to be read whole. */
  readonly isDict: boolean;
  /** The value, where it is there at once. */
  readonly value: unknown;
  readonly run: (signal: AbortSignal | undefined) => Promise<unknown>;
}

/** The jobs that take longest when arrays are read in part go first, so that the others are done beside them. */
function wholeFirst(jobs: readonly MemberJob[]): readonly MemberJob[] {
  return [...jobs.filter(({ isDict }) => isDict), ...jobs.filter(({ isDict }) => !isDict)];
}

function memberJobs(decoder: Decoder, field: ObjectLayout, group: GroupNode): MemberJob[] {
  return memberNames(field, group.keys).map(([name, key]) => {
    const member = memberField(field, key);
    const run = async (signal: AbortSignal | undefined): Promise<unknown> => {
      const options = { ...decoder.options, signal };
      let node: Node | undefined = (await group.child(name, options)) as Node;
      if (decoder.nulls === "absent") node = await unlessNone(node, options);
      if (!node) return undefined;
      if (!member) return exactValue(node, options);
      // Only the file itself may say that None stands for nothing.
      return decode({ ...decoder, nulls: "keep", options }, member.field, node, { key: name, group });
    };
    const value = member?.field.kind === "scalar" ? plainNow(member.field, group.valueNow?.(name)) : undefined;
    return {
      key,
      value,
      isDict: member !== undefined && dereference(decoder.layout, member.field).kind === "object",
      run,
    };
  });
}

async function decodeAny(decoder: Decoder, field: AnyLayout, node: Node): Promise<unknown> {
  const value = decoder.part?.follows
    ? await exactPart(decoder.part, node, decoder.options)
    : await exactValue(node, decoder.options);
  if (field.is === "dict" && !(value instanceof Map || value instanceof Instance)) throw mismatch(node, "a dict");
  if (field.is === "list" && !Array.isArray(value)) throw mismatch(node, "a list");
  return value;
}

/** What a part leaves of a value that no schema types, with little else of it in memory. */
async function exactPart(part: Part, node: Node, options: WorkOptions): Promise<unknown> {
  if (node.kind === "array" && node.shape.length > 0) {
    const pick = await firstPick(part, { size: node.shape[0] as number }, options);
    return loadCut(node, pick ? [{ axis: 0, pick }] : [], options);
  }
  const pick = node.kind === "list" ? await firstPick(part, { size: node.length }, options) : undefined;
  if (node.kind !== "list" || !pick) return cutValue(part, await exactValue(node, options), options);
  const wanted = clipped(pick, node.length);
  const items: Value[] = node.form === "tuple" ? new Tuple() : [];
  for (let i = 0; i < wanted.length; i++)
    items.push((await exactValue(await node.child(indexAt(wanted, i), options), options)) as Value);
  return items;
}
