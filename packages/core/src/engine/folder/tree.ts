import type { ContainerLayout, FieldLayout, Layout, ListLayout, ObjectLayout } from "../../layout/layout.js";
import type { WorkOptions } from "../../source/source.js";
import type { GroupNode, ListNode, Node } from "../../tree/node.js";
import { memberPath } from "../../value/path.js";
import { nameOf, numberedList, numberedNames, numberOf } from "../numbered.js";
import { placeOf } from "../placed.js";
import { concrete, dereference, fits, memberField } from "../resolve.js";
import { mediaNode } from "./media.js";
import { FolderNode, fileOf, noteFile } from "./raw.js";

interface Binding {
  readonly layout: Layout;
  readonly media: NonNullable<ContainerLayout["media"]>;
}

type Load = (options: WorkOptions) => Promise<Node | undefined>;

/** The name of an item of a list, and the number in it. */
interface Item {
  readonly name: string;
  readonly number?: number | undefined;
}

/**
 * A folder as a schema has it: objects are folders, their members files, lists are folders or files by their names. Only
 * names are read, those of a folder when it is asked for; files that no member stands for are `unread`.
 */
export async function folderTree(
  layout: Layout,
  container: Pick<ContainerLayout, "media">,
  root: FolderNode,
  options: WorkOptions = {},
): Promise<Node> {
  return bound({ layout, media: container.media ?? {} }, layout.root, root, options);
}

/** The folder `at` as a field has it: as an object, or as the list of what is in it. */
async function bound(
  binding: Binding,
  field: FieldLayout,
  at: FolderNode,
  options: WorkOptions,
  item?: Item,
): Promise<Node> {
  const target = dereference(binding.layout, field);
  if (target.kind === "object")
    return new ObjectFolder(binding, target, await membersOf(binding, target, at, options, item));
  if (target.kind === "list") return listIn(binding, target, at, new Claims(at)).node;
  if (target.kind !== "choice") return at;
  let last: Node = at;
  for (const branch of target.branches) {
    last = await bound(binding, branch, at, options, item);
    if (fits(concrete(binding.layout, branch, last), last)) break;
  }
  return last;
}

/** What the members of an object are in a folder. */
interface Members {
  readonly at: FolderNode;
  readonly loads: ReadonlyMap<string, Load>;
  readonly claims: Claims;
}

/** A folder as an object of the schema. */
class ObjectFolder implements GroupNode {
  readonly kind = "group";
  readonly path: string;
  readonly keys: readonly string[];
  readonly unread: readonly string[];
  readonly #binding: Binding;
  readonly #field: ObjectLayout;
  readonly #members: Members;

  constructor(binding: Binding, field: ObjectLayout, members: Members) {
    this.path = members.at.path;
    this.keys = [...members.loads.keys()];
    this.unread = members.claims.left();
    this.#binding = binding;
    this.#field = field;
    this.#members = members;
  }

  async child(key: string, options: WorkOptions = {}): Promise<Node | undefined> {
    return this.#members.loads.get(key)?.(options);
  }

  placeOf(key: string): string {
    const { at } = this.#members;
    const member = memberField(this.#field, key);
    const place = member && placeOf(this.#binding.layout, member.field);
    if (place?.kind === "file") return at.pathOf(place.path ?? key);
    return place?.kind === "folder" ? at.pathOf(place.name) : memberPath(at.path === "" ? "" : `${at.path}:`, key);
  }

  hasFile(name: string): boolean {
    return this.#members.at.entries.get(name)?.kind === "file";
  }

  storedBytes(key: string): number | undefined {
    const member = memberField(this.#field, key);
    const place = member && placeOf(this.#binding.layout, member.field);
    return place?.kind === "file" ? this.#members.at.storedBytes(place.path ?? key) : undefined;
  }
}

/** Which entries of a folder, and of the folders on the way to others, belong to members. */
class Claims {
  readonly #at: FolderNode;
  readonly #taken = new Set<string>();
  readonly #onTheWay: FolderNode[] = [];

  constructor(at: FolderNode) {
    this.#at = at;
  }

  take(path: string): void {
    this.#taken.add(path);
  }

  /** A folder in which only what is claimed belongs to somebody. */
  pass(folder: FolderNode): void {
    if (!this.#onTheWay.some(({ path }) => path === folder.path)) this.#onTheWay.push(folder);
  }

  has(path: string): boolean {
    return this.#taken.has(path) || [...this.#taken].some((taken) => taken.startsWith(`${path}/`));
  }

  left(): string[] {
    const passed = this.#onTheWay.map(({ path }) => path);
    return [this.#at, ...this.#onTheWay].flatMap((folder) =>
      folder.keys.map((name) => folder.pathOf(name)).filter((path) => !this.has(path) && !passed.includes(path)),
    );
  }
}

async function membersOf(
  binding: Binding,
  field: ObjectLayout,
  at: FolderNode,
  options: WorkOptions,
  item: Item | undefined,
): Promise<Members> {
  const growing: Growing = { binding, at, loads: new Map(), claims: new Claims(at), options };
  const properties = Object.entries(field.properties);
  // What takes all that is left comes last.
  const rest = properties.filter(([, member]) => takesRest(binding.layout, member));
  for (const [key, member] of properties.filter((entry) => !rest.includes(entry)))
    await addMember(growing, member.stored?.name ?? key, member, item);
  for (const name of at.keys) addMatch(growing, field, name);
  for (const [key, member] of rest) await addMember(growing, member.stored?.name ?? key, member, item);
  return growing;
}

interface Growing extends Members {
  readonly binding: Binding;
  readonly loads: Map<string, Load>;
  readonly options: WorkOptions;
}

function takesRest(layout: Layout, member: FieldLayout): boolean {
  const target = dereference(layout, member);
  return target.kind === "list" && target.named !== undefined && target.named.pattern === undefined;
}

async function addMember(growing: Growing, key: string, member: FieldLayout, item: Item | undefined): Promise<void> {
  const { binding, at, loads, claims, options } = growing;
  const place = placeOf(binding.layout, member);
  const scalar =
    (value: string | number): Load =>
    async () => ({ kind: "scalar", path: at.path, value });
  switch (place?.kind) {
    case "name":
      if (item) loads.set(key, scalar(item.name));
      return;
    case "number":
      if (item?.number !== undefined) loads.set(key, scalar(item.number));
      return;
    case "file": {
      const found = place.path === undefined ? undefined : await fileAt(growing, place.path);
      if (found === undefined) return;
      loads.set(key, (work) => mediaNode({ folder: at.folder, media: binding.media }, place, found, work));
      return;
    }
    case "folder": {
      const folder = await at.descend(place.name, options);
      if (!folder) return;
      claims.take(folder.path);
      await passTo(growing, place.name);
      loads.set(key, (work) => bound(binding, member, folder, work));
      return;
    }
    default:
      if (place === undefined) await addUnplaced(growing, key, member);
  }
}

/** A list of children of this folder, or an object whose members are files of this folder too. */
async function addUnplaced(
  { binding, at, loads, claims, options }: Growing,
  key: string,
  member: FieldLayout,
): Promise<void> {
  const target = dereference(binding.layout, member);
  if (target.kind === "list") {
    const { node, count } = listIn(binding, target, at, claims);
    if (count > 0) loads.set(key, async () => node);
  } else if (target.kind === "object") {
    const inner = await membersOf(binding, target, at, options, undefined);
    for (const name of at.keys.filter((entry) => inner.claims.has(at.pathOf(entry)))) claims.take(at.pathOf(name));
    if (inner.loads.size > 0) loads.set(key, async () => new ObjectFolder(binding, target, { ...inner, claims }));
  }
}

/** A file of this folder whose name is its key. */
function addMatch({ binding, at, loads, claims }: Growing, field: ObjectLayout, name: string): void {
  const path = at.pathOf(name);
  if (at.entries.get(name)?.kind !== "file" || claims.has(path)) return;
  const member = memberField(field, name);
  if (!member || member.by === "property") return;
  const place = placeOf(binding.layout, member.field);
  if (place?.kind !== "file" || place.path !== undefined) return;
  claims.take(path);
  loads.set(name, (work) => mediaNode({ folder: at.folder, media: binding.media }, place, path, work));
}

/** The path of a file from the folder that was opened; undefined when there is none. */
async function fileAt(growing: Growing, path: string): Promise<string | undefined> {
  const cut = path.lastIndexOf("/");
  const folder = cut < 0 ? growing.at : await growing.at.descend(path.slice(0, cut), growing.options);
  const name = path.slice(cut + 1);
  if (folder?.entries.get(name)?.kind !== "file") return undefined;
  growing.claims.take(folder.pathOf(name));
  await passTo(growing, path);
  return folder.pathOf(name);
}

/** Notes the folders on the way to a path. */
async function passTo({ at, claims, options }: Growing, path: string): Promise<void> {
  const steps = path.split("/").slice(0, -1);
  for (let count = 1; count <= steps.length; count++) {
    const folder = await at.descend(steps.slice(0, count).join("/"), options);
    if (folder) claims.pass(folder);
  }
}

/** A list whose items are entries of a folder: files where items are files, else folders. */
function listIn(
  binding: Binding,
  field: ListLayout,
  at: FolderNode,
  claims: Claims,
): { readonly node: ListNode; readonly count: number } {
  const item = field.items === false ? undefined : field.items;
  const place = item && placeOf(binding.layout, item);
  const file = place?.kind === "file" ? place : undefined;
  const kind = file ? "file" : "folder";
  const names = at.keys.filter((name) => at.entries.get(name)?.kind === kind && !claims.has(at.pathOf(name)));
  const found = itemsOf(field, at, names);
  for (const name of found.takes) claims.take(at.pathOf(name));
  const child = async (index: number, options: WorkOptions = {}): Promise<Node> => {
    const { name, number } = found.at(index);
    if (file) {
      const node = await mediaNode({ folder: at.folder, media: binding.media }, file, at.pathOf(name), options);
      return item ? withItem(binding.layout, item, node, { name, number }) : node;
    }
    const folder = await FolderNode.open(at.folder, at.pathOf(name), options);
    return item ? bound(binding, item, folder, options, { name, number }) : folder;
  };
  const nameAt = (index: number): string => found.at(index).name;
  return { node: { kind: "list", path: at.path, length: found.length, child, nameAt }, count: found.takes.length };
}

/** The object of a file, with the members that are told by the name of the file. */
function withItem(layout: Layout, field: FieldLayout, node: Node, item: Item): Node {
  const target = dereference(layout, field);
  if (target.kind !== "object" || node.kind !== "group") return node;
  const told = new Map<string, string | number>();
  for (const [key, member] of Object.entries(target.properties)) {
    const place = placeOf(layout, member);
    const value = place?.kind === "name" ? item.name : place?.kind === "number" ? item.number : undefined;
    if (value !== undefined) told.set(member.stored?.name ?? key, value);
  }
  if (told.size === 0) return node;
  const { path } = node;
  const named: Node = {
    kind: "group",
    path,
    keys: [...told.keys(), ...node.keys.filter((key) => !told.has(key))],
    child: async (key, options) => {
      const value = told.get(key);
      return value === undefined ? node.child(key, options) : { kind: "scalar", path, value };
    },
  };
  const open = fileOf(node);
  return open ? noteFile(named, open) : named;
}

interface Items {
  readonly length: number;
  /** Names that belong to the list. */
  readonly takes: readonly string[];
  /** Throws `FormatError` when the names are not those of a list. */
  at(index: number): Item;
}

function itemsOf({ numbered, named }: ListLayout, at: FolderNode, names: readonly string[]): Items {
  if (numbered) {
    const { children, odd } = numberedNames(names, numbered);
    // Fails for odd names and gaps, which a count alone does not tell.
    const list = (): void => void numberedList({ ...EMPTY, path: at.path, keys: names }, numbered);
    const item = (index: number): Item => {
      list();
      return children[index] as Item;
    };
    return { length: children.length, takes: [...children.map(({ name }) => name), ...odd], at: item };
  }
  const expression = named?.pattern === undefined ? undefined : new RegExp(named.pattern, "u");
  const takes = named ? names.filter((name) => expression?.test(name) !== false) : [];
  const sorted = [...takes].sort((a, b) => (a < b ? -1 : 1));
  return { length: sorted.length, takes, at: (index) => ({ name: sorted[index] as string }) };
}

const EMPTY: GroupNode = { kind: "group", path: "", keys: [], child: async () => undefined };

/** The name under which an item of a list is stored. */
export function itemName({ numbered, named }: ListLayout, index: number, item: Partial<Item>): string | undefined {
  if (numbered) {
    const number = item.number ?? (item.name === undefined ? undefined : numberOf(item.name, numbered));
    return nameOf(number ?? numbered.from + index, numbered);
  }
  if (item.name === undefined || named?.pattern === undefined) return item.name;
  return new RegExp(named.pattern, "u").test(item.name) ? item.name : undefined;
}
