import { createHash } from "node:crypto";
import {
  digest,
  type Layout,
  type Measure,
  measure,
  type Node,
  nodeOfValue,
  readWith,
  type Source,
  type Value,
} from "@somakit/core";
import { openZip } from "../../../../packages/core/src/codec/zip/archive.js";
import { differences, isObject, sameJson, shown } from "../../compare.js";
import type { Check, Difference } from "../../system.js";
import type { DictState } from "./describe.js";
import { cacheItem, cacheItems, dictDifferences, loadLog } from "./dicts.js";
import { layoutOf, type Opener } from "./open.js";

type Expected = Readonly<Record<string, unknown>>;

/** What `load` and the like say about an object of upstream's class. */
interface State {
  readonly attributes?: Expected;
  readonly order?: readonly string[];
  readonly items?: Expected;
  readonly padded?: Expected;
  readonly orderIsUnspecified?: boolean;
}

/** Sections that say something about the fixture, or about upstream, and nothing that a reader could differ in. */
const REMARKS: ReadonlySet<string> = new Set([
  "class",
  "note",
  "quirk",
  "recommended",
  "basename",
  "upstream_load",
  "upstream_load_by_pickle",
  "slice_size",
  "data_len",
]);

export function goodChecks(open: Opener, expected: Expected, bytes: Uint8Array): readonly Check[] {
  const recommended = isObject(expected["recommended"]) ? (expected["recommended"] as State) : {};
  const dict: Check = {
    name: "dict",
    run: () => dictDifferences(open.file, expected["load"] as DictState, recommended),
  };
  const sections = sectionChecks(expected, {
    format: () => checkFormat(open, expected),
    zip: () => checkZip(open, expected["zip"]),
    log: () => loadLog(open.file, String(expected["class"]), expected["log"]),
    npz: () => checkTree(open, expected["npz"]),
    topLevelKeys: () => checkKeys(open, expected),
    load: () => checkState(open, expected["load"] as State, recommended),
    fileSha256: async () =>
      differences(expected["fileSha256"], createHash("sha256").update(bytes).digest("hex"), "sha256"),
  });
  return expected["load"] ? [...sections, dict] : sections;
}

export function cacheChecks(open: Opener, expected: Expected): readonly Check[] {
  return sectionChecks(expected, {
    format: () => checkContainer(open, expected),
    zip: () => checkZip(open, expected["zip"]),
    keypoints_info: () => checkMember(open, "keypoints_info", expected["keypoints_info"]),
    items: () => cacheItems(open.file, expected["items"] as Parameters<typeof cacheItems>[1]),
    withRequired: () => cacheItem(open.file, expected["withRequired"] as Parameters<typeof cacheItem>[1]),
  });
}

export function instanceChecks(open: Opener, expected: Expected): readonly Check[] {
  return sectionChecks(expected, {
    format: () => checkFormat(open, expected),
    state: () => checkState(open, expected["state"] as State, {}, { defaults: "added" }),
  });
}

/** `F.as_multi` and `F.as_humandata`: the same file as the other class. */
export function viewChecks(path: string, expected: Expected): readonly Check[] {
  const state = expected["load"] as DictState;
  return [
    { name: "view", run: () => dictDifferences(path, state, (expected["recommended"] ?? {}) as Partial<DictState>) },
  ];
}

/** A check for each section that is known, a line for each that is not. */
function sectionChecks(
  expected: Expected,
  known: Readonly<Record<string, () => Promise<readonly Difference[]>>>,
): readonly Check[] {
  return Object.keys(expected)
    .filter((name) => !REMARKS.has(name))
    .map((name) => {
      const run = Object.hasOwn(known, name) ? known[name] : undefined;
      return run ? { name, run } : { name, skip: "a section that this runner does not know" };
    });
}

const CONTAINERS: Readonly<Record<string, string>> = {
  npz: "npz",
  "cache-npz": "npz",
  pkl: "pickle",
  "pkl-instance": "pickle",
};

/** The registry finds the class and the container by the content, unless the file has no key of that class at all. */
async function checkFormat(open: Opener, expected: Expected): Promise<readonly Difference[]> {
  return withSource(open, async (source) => {
    const [best] = await open.detect(source);
    const layout = await open.layout();
    const container = CONTAINERS[String(expected["format"])];
    const { root, container: opened } = await open.open(source);
    const found = best ? `${best.layout.title} as ${best.container.codec.kind}` : `no data set as ${opened.codec.kind}`;
    const known = root.kind === "group" && root.keys.some((key) => Object.hasOwn(propertiesOf(layout), key));
    const wanted = known || best ? `${layout.title} as ${container}` : `no data set as ${container}`;
    return differences(wanted, found);
  });
}

function propertiesOf({ root }: Layout): Readonly<Record<string, unknown>> {
  return root.kind === "object" ? root.properties : {};
}

/** The content of caches is one of theirs: what matters is that the container is told. */
async function checkContainer(open: Opener, expected: Expected): Promise<readonly Difference[]> {
  return withSource(open, async (source) =>
    differences(CONTAINERS[String(expected["format"])], (await open.open(source)).container.codec.kind),
  );
}

async function checkZip(open: Opener, expected: unknown): Promise<readonly Difference[]> {
  return withSource(open, async (source) => {
    const archive = await openZip(source);
    const entries = [...archive.entries.values()].map(({ name, method, size }) => ({
      name,
      method: method === 0 ? "stored" : "deflate",
      size,
    }));
    return differences(expected, entries, "zip");
  });
}

async function checkTree(open: Opener, expected: unknown): Promise<readonly Difference[]> {
  return withSource(open, async (source) => {
    const { root } = await open.open(source);
    return differences(expected, (await digest(root))["npz"]);
  });
}

async function checkKeys(open: Opener, expected: Expected): Promise<readonly Difference[]> {
  return withSource(open, async (source) => {
    const { root } = await open.open(source);
    const found = root.kind === "group" ? [...root.keys] : [root.kind];
    const wanted = [...(expected["topLevelKeys"] as readonly string[])];
    // Dicts of Python 2 have no order.
    const unordered = (expected["load"] as State | undefined)?.orderIsUnspecified === true;
    return unordered ? differences(wanted.sort(), found.sort()) : differences(wanted, found);
  });
}

async function checkMember(open: Opener, key: string, expected: unknown): Promise<readonly Difference[]> {
  return withSource(open, async (source) => {
    const { root } = await open.open(source);
    const child = root.kind === "group" ? await root.child(key) : undefined;
    if (!child) return [{ path: key, expected: shown(expected), found: "nothing" }];
    return differences(expected, await describe(child), key, { scalars: "plain" });
  });
}

async function withSource<T>(open: Opener, work: (source: Source) => Promise<T>): Promise<T> {
  const source = await open.source();
  try {
    return await work(source);
  } finally {
    await source.close?.();
  }
}

/** The description of what a node holds, without a name for its container; boxes opened. */
async function describe(node: Node): Promise<unknown> {
  const [description] = Object.values(await digest(node, { container: "value" }));
  const box = isObject(description) && sameJson(description["shape"], []) ? description["items"] : undefined;
  return Array.isArray(box) && box.length === 1 ? box[0] : description;
}

interface StateOptions {
  /** Whether upstream fills in defaults as well, or only we do. */
  readonly defaults?: "same" | "added";
}

/**
 * Compares with what upstream's loader makes of the file. Where it changes values (boxes widened, arrays made lists,
 * defaults filled in), either what is stored or what our reader delivers must be the same.
 */
async function checkState(
  open: Opener,
  expected: State,
  recommended: State,
  options: StateOptions = {},
): Promise<readonly Difference[]> {
  return withSource(open, async (source) => {
    const layout = await layoutOf(String(expected.attributes?.["class"]));
    const record = await readWith<Record<string, unknown>>(layout, source);
    const { root } = await open.open(source);
    const sizes = await measure(layout, root);
    if (options.defaults === "added" && root.kind === "group") {
      for (const key of Object.keys(record)) if (!root.keys.includes(key) && !isOwn(key)) delete record[key];
    }
    return [
      ...attributeDifferences(expected.attributes ?? {}, record, sizes),
      ...(expected.order && !expected.orderIsUnspecified
        ? orderDifferences(recommended.order ?? expected.order, record)
        : []),
      ...(await itemDifferences(expected.items ?? {}, { ...expected.items, ...recommended.items }, record, root)),
      ...(await paddedDifferences(expected.padded ?? {}, record)),
    ];
  });
}

const ATTRIBUTES: Readonly<Record<string, string>> = {
  key_strict: "__key_strict__",
  data_len: "__data_len__",
  keypoints_compressed: "__keypoints_compressed__",
  instance_num: "__instance_num__",
};

function attributeDifferences(expected: Expected, record: Expected, sizes: readonly Measure[]): readonly Difference[] {
  return Object.entries(expected).flatMap(([name, value]) => {
    if (name === "class") return [];
    const key = ATTRIBUTES[name];
    if (key === undefined) return [{ path: name, expected: "an attribute that this runner knows", found: name }];
    // Files from before 2021-10 state no length; the arrays do.
    const role = name === "data_len" ? "frame" : name === "instance_num" ? "person" : undefined;
    const measured = sizes.find((size) => size.path === "" && size.role === role)?.total;
    return record[key] === value || (role !== undefined && measured === value)
      ? []
      : [{ path: name, expected: shown(value), found: shown(record[key] ?? measured) }];
  });
}

/** Keys of the class itself, which upstream keeps as attributes. */
const isOwn = (key: string): boolean => /^__\w+__$/.test(key);

function orderDifferences(expected: readonly string[], record: Expected): readonly Difference[] {
  return differences(
    expected.filter((key) => !isOwn(key)),
    Object.keys(record).filter((key) => !isOwn(key)),
    "order",
  );
}

async function itemDifferences(
  upstream: Expected,
  recommended: Expected,
  record: Expected,
  root: Node,
): Promise<readonly Difference[]> {
  const out: Difference[] = [];
  for (const [key, value] of Object.entries(upstream)) {
    const candidates = [await stored(root, key), await logical(record, key)];
    const wanted = sameJson(recommended[key], value) ? [value] : [value, recommended[key]];
    const found = candidates.flatMap((candidate) =>
      wanted.map((want) => differences(want, candidate, key, { scalars: "plain" })),
    );
    if (found.every((list) => list.length > 0)) out.push(...((found.at(-1) as readonly Difference[]) ?? []));
  }
  for (const key of Object.keys(record)) {
    if (!isOwn(key) && !Object.hasOwn(upstream, key))
      out.push({ path: key, expected: "nothing", found: shown(await logical(record, key)) });
  }
  return out;
}

async function paddedDifferences(expected: Expected, record: Expected): Promise<readonly Difference[]> {
  const out: Difference[] = [];
  for (const [key, value] of Object.entries(expected))
    out.push(...differences(value, await logical(record, key), `padded ${key}`));
  return out;
}

async function stored(root: Node, key: string): Promise<unknown> {
  const child = root.kind === "group" ? await root.child(key) : undefined;
  return child ? describe(child) : "nothing";
}

async function logical(record: Expected, key: string): Promise<unknown> {
  return Object.hasOwn(record, key) ? describe(nodeOfValue(record[key] as Value)) : "nothing";
}
