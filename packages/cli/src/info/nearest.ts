import type {
  ContainerLayout,
  FieldLayout,
  Folder,
  GroupNode,
  Layout,
  Node,
  RegistryEntry,
  Source,
  WorkOptions,
} from "@somakit/core";
import { checkFile } from "@somakit/core/engine/check";
import { FolderNode } from "@somakit/core/engine/folder";
import { firstRecord } from "@somakit/core/engine/records";
import { isFormatError } from "@somakit/core/errors";
import type { Recognised } from "../recognise.js";
import { folderNames } from "./folder-names.js";
import { dereferenced, type Names, storedNames } from "./names.js";

/** The data set whose keys a file has most of, and how the file differs from it. */
export interface Nearest {
  readonly id: string;
  readonly title: string;
  /** What was compared: the whole file, the first item of a list or of a stream of records, or a folder. */
  readonly at: string;
  /** Required keys that the file has not, as files store them. */
  readonly missing: readonly string[];
  /** Keys of the file that the schema does not describe, the first {@link MOST_LISTED} of them, and how many more there are. */
  readonly extra: readonly string[];
  readonly moreExtra: number;
  /** Keys that both have. */
  readonly common: number;
  /** Values of another kind, dtype, shape or size than the schema states, the first {@link MOST_LISTED} of them; of folders none, whose files are not opened for this. */
  readonly different: readonly Different[];
}

export interface Different {
  readonly path: string;
  readonly message: string;
  readonly expected?: string;
  readonly found?: string;
}

/** A part of a file whose names are compared with those of an object of a schema. */
interface Compared {
  readonly at: string;
  readonly node: GroupNode;
  readonly field: FieldLayout;
  readonly names: Names;
}

interface Candidate extends Compared {
  readonly entry: RegistryEntry;
  readonly layout: Layout;
  readonly found: Pick<Nearest, "missing" | "extra" | "moreExtra" | "common">;
  readonly likeness: number;
}

const MOST_LISTED = 100;

/** Undefined for files without keys, and where no data set of this container shares any. */
export async function nearestOf(
  registry: readonly RegistryEntry[],
  { container, root }: Pick<Recognised, "container" | "root">,
  source: Source | Folder,
  options: WorkOptions = {},
): Promise<Nearest | undefined> {
  let best: Candidate | undefined;
  const parts = await partsOf(root, options);
  for (const entry of registry.filter(({ containers }) => containers.includes(container))) {
    const layout = await entry.load();
    for (const part of parts)
      for (const compared of comparisons(layout, part)) {
        const { likeness, ...found } = await differences(compared, options);
        if (found.common > 0 && !(best && best.likeness >= likeness))
          best = { ...compared, entry, layout, found, likeness };
      }
  }
  if (!best) return undefined;
  const { entry, at, found } = best;
  return { id: entry.id, title: entry.title, at, ...found, different: await kindsOf(best, container, source, options) };
}

/** What has names in a file: itself, or the first item of a list or of a stream; of folders those that hold nothing else. */
interface Part {
  readonly at: string;
  readonly kind: "root" | "item" | "record" | "folder";
  readonly node: GroupNode;
}

async function partsOf(root: Node, options: WorkOptions): Promise<readonly Part[]> {
  if (root instanceof FolderNode) return foldersOf(root, options);
  const record = await firstRecord(root, options);
  if (record) return record.kind === "group" ? [{ at: record.path, kind: "record", node: record }] : [];
  if (root.kind === "group") return [{ at: "", kind: "root", node: root }];
  const item = root.kind === "list" && root.length > 0 ? await root.child(0, options) : undefined;
  return item?.kind === "group" ? [{ at: "[0]", kind: "item", node: item }] : [];
}

const DEEPEST = 8;

async function foldersOf(root: FolderNode, options: WorkOptions): Promise<readonly Part[]> {
  const parts: Part[] = [];
  let folder: FolderNode | undefined = root;
  for (let depth = 0; folder && depth < DEEPEST; depth++) {
    parts.push({ at: folder.path, kind: "folder", node: folder });
    const [only, ...others]: readonly string[] = folder.keys;
    folder = only === undefined || others.length > 0 ? undefined : await folder.descend(only, options);
  }
  return parts;
}

function comparisons(layout: Layout, { at, kind, node }: Part): readonly Compared[] {
  const root = dereferenced(layout, layout.root);
  const fields = kind === "record" ? recordFields(layout, root) : kind === "item" ? itemFields(root) : [layout.root];
  return fields.flatMap((field) => {
    const object = dereferenced(layout, field);
    if (object?.kind !== "object") return [];
    const names = kind === "folder" ? folderNames(layout, object) : storedNames(layout, object);
    return [{ at, node, field, names }];
  });
}

function itemFields(root: FieldLayout | undefined): readonly FieldLayout[] {
  return root?.kind === "list" && root.items ? [root.items] : [];
}

/** What the records of a stream are: members of the root, of a list its items. */
function recordFields(layout: Layout, root: FieldLayout | undefined): readonly FieldLayout[] {
  if (root?.kind !== "object") return [];
  return (layout.records ?? []).flatMap(({ name }) => {
    const field = root.properties[name];
    const target = field && dereferenced(layout, field);
    return target?.kind === "list" ? itemFields(target) : field ? [field] : [];
  });
}

async function differences(
  { node, names }: Compared,
  options: WorkOptions,
): Promise<Candidate["found"] & Pick<Candidate, "likeness">> {
  const { keys: attributes = [] } = (await node.attributes?.(options)) ?? {};
  const keys = [...node.keys, ...attributes.map((name) => `@${name}`)];
  const present = new Set(keys.flatMap((key) => names.memberOf(key) ?? []));
  const extra = keys.filter((key) => !names.describes(key));
  const missing = names.required.filter((member) => !present.has(member)).map(names.nameOf);
  const common = present.size;
  return {
    missing,
    extra: extra.slice(0, MOST_LISTED),
    moreExtra: Math.max(0, extra.length - MOST_LISTED),
    common,
    likeness: common / (common + missing.length + extra.length),
  };
}

/** Kinds of issues that say that a value is another one, and not that it is missing, unknown or outdated. */
const KINDS: readonly string[] = ["type", "dtype", "shape", "symbol", "range", "encoding", "convention"];

/** What is there and of another kind, by a check of headers. A folder has those in all of its files, which are not opened. */
async function kindsOf(
  { layout, node, field, at }: Candidate,
  kind: string,
  source: Source | Folder,
  options: WorkOptions,
): Promise<readonly Different[]> {
  const container = layout.containers.find(({ codec }) => codec.kind === kind);
  if (!container || container.codec.present) return [];
  const { records: _, structure: __, ...rest } = layout;
  const part = at === "" ? layout : { ...rest, root: field };
  const issues = await headerIssues({ layout: part, container, source, root: node }, options);
  const found = issues.filter(({ code, path }) => KINDS.includes(code) && path !== at);
  return found.slice(0, MOST_LISTED).map(({ path, message, expected, actual }) => ({
    path,
    message,
    ...(expected === undefined ? {} : { expected }),
    ...(actual === undefined ? {} : { found: actual }),
  }));
}

interface CheckedPart {
  readonly layout: Layout;
  readonly container: ContainerLayout;
  readonly source: Source | Folder;
  readonly root: Node;
}

/** None where the file cannot be checked: that it is no such data set is known. */
async function headerIssues(part: CheckedPart, options: WorkOptions): ReturnType<typeof checkFile> {
  try {
    return await checkFile(part, { ...options, depth: "headers" });
  } catch (error) {
    if (isFormatError(error)) return [];
    throw error;
  }
}

const SHOWN = 8;

/** `4 keys in common; lacks a, b; has x besides; keypoints: another shape`. */
export function nearestText({ title, id, at, missing, extra, moreExtra, common, different }: Nearest): string {
  const place = at === "" ? "" : ` at ${at}`;
  const others = different.map(({ path, message }) => `${path}: ${message}`);
  const parts = [
    `${title} (${id})${place}: ${common} ${common === 1 ? "key" : "keys"} in common`,
    ...(missing.length > 0 ? [`lacks ${listed(missing)}`] : []),
    ...(extra.length > 0 ? [`has ${listed(extra, moreExtra)} besides`] : []),
    ...others.slice(0, SHOWN),
    ...(others.length > SHOWN ? [`${others.length - SHOWN} more values of another kind`] : []),
  ];
  return parts.join("; ");
}

function listed(keys: readonly string[], unlisted = 0): string {
  const rest = Math.max(0, keys.length - SHOWN) + unlisted;
  return keys.slice(0, SHOWN).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}
