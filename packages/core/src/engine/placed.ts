import type { FieldLayout, Layout, ListLayout, ObjectLayout, Place, SparseLayout } from "../layout/layout.js";
import type { WorkOptions } from "../source/source.js";
import type { ArrayNode, GroupNode, ListNode, Node } from "../tree/node.js";
import { memberPath } from "../value/path.js";
import { statedSize } from "./measure.js";
import { type NumberedList, numberedList, numberedNames } from "./numbered.js";
import { placesAnything } from "./places.js";
import { concrete, dereference, fits, memberField, memberNames, presentName } from "./resolve.js";
import { memberNamesOf } from "./sparse/columns.js";
import { openSparse, type SparseNode } from "./sparse/node.js";

interface Placing {
  readonly layout: Layout;
  /** The object around, which may state sizes for what is inside. */
  readonly around: PlacedGroup | undefined;
  readonly options: WorkOptions;
  /** The number that the name of an item states. */
  readonly number?: number | undefined;
}

type Load = (options: WorkOptions) => Promise<Node | undefined>;

/**
 * The tree of a container as the schema has it: attributes are members of their object, numbered children are the items of a
 * list, sparse matrices are arrays, members that lie elsewhere are where they belong. A layout that says nothing of the kind
 * leaves the tree as it is. Children are presented in the same way when they are asked for; nothing else is read.
 */
export async function placedTree(layout: Layout, root: Node, options: WorkOptions = {}): Promise<Node> {
  return placesAnything(layout) ? placed({ layout, around: undefined, options }, layout.root, root) : root;
}

async function placed(placing: Placing, field: FieldLayout, node: Node): Promise<Node> {
  const target = dereference(placing.layout, field);
  if (target.kind === "choice") return placedChoice(placing, target.branches, node);
  if (target.kind === "object") return placedObject(placing, target, node);
  if (target.kind === "list" && node.kind === "list") return placedList(placing, target, node);
  return node;
}

/** As the first branch that it fits then; as the last one when it fits none. */
async function placedChoice(placing: Placing, branches: readonly FieldLayout[], node: Node): Promise<Node> {
  let last = node;
  for (const branch of branches) {
    last = await placed(placing, branch, node);
    if (fits(concrete(placing.layout, branch, last), last)) break;
  }
  return last;
}

function placedList(placing: Placing, field: ListLayout, list: ListNode | NumberedList): ListNode {
  const child = async (index: number, options: WorkOptions = {}): Promise<Node> => {
    const item = field.prefix[index] ?? field.items;
    const node = await list.child(index, options);
    const number = "children" in list ? list.children[index]?.number : undefined;
    return item === false ? node : placed({ ...placing, number, options }, item, node);
  };
  const { path, length, form } = list;
  return { kind: "list", path, length, ...(form && { form }), child };
}

async function placedObject(placing: Placing, field: ObjectLayout, node: Node): Promise<Node> {
  const members = await membersOf(placing, field, node);
  if (!members || (node.kind !== "group" && node.kind !== "array")) return node;
  return new PlacedGroup(placing, field, node, members);
}

/** An object of the schema, whatever its members are in the container. */
export class PlacedGroup implements GroupNode {
  readonly kind = "group";
  readonly path: string;
  readonly keys: readonly string[];
  /** What stands for it in the container. */
  readonly stored: GroupNode | ArrayNode;
  readonly #placing: Placing;
  readonly #field: ObjectLayout;
  readonly #members: ReadonlyMap<string, Load>;
  readonly #outer: PlacedGroup | undefined;
  readonly #sizes = new Map<string, Promise<number | undefined>>();
  readonly #sparse = new Map<string, Promise<SparseNode>>();

  constructor(
    { layout, around }: Placing,
    field: ObjectLayout,
    stored: GroupNode | ArrayNode,
    members: ReadonlyMap<string, Load>,
  ) {
    this.path = stored.path;
    this.keys = [...members.keys()];
    this.stored = stored;
    this.#field = field;
    this.#members = members;
    this.#outer = around;
    this.#placing = { layout, around: this, options: {} };
  }

  async child(key: string, options: WorkOptions = {}): Promise<Node | undefined> {
    const load = this.#members.get(key);
    if (!load) return undefined;
    const placing: Placing = { ...this.#placing, options };
    const property = Object.entries(this.#field.properties).find(
      ([name, member]) => presentName(member, name, this.keys) === key,
    );
    const field = property?.[1] ?? memberField(this.#field, key)?.field;
    const target = field && dereference(placing.layout, field);
    if (target?.kind === "sparse" && this.stored.kind === "group")
      return this.#sparseMember(target, key, this.stored, options);
    const node = await load(options);
    return node && field ? placed(placing, field, node) : node;
  }

  #sparseMember(field: SparseLayout, key: string, group: GroupNode, options: WorkOptions): Promise<Node> {
    let node = this.#sparse.get(key);
    if (!node) {
      const size = (symbol: string): Promise<number | undefined> => this.statedSize(symbol, options);
      node = openSparse(field, { group, path: memberPath(this.path, key), size }, options);
      this.#sparse.set(key, node);
      // A failure may be the caller's own doing (abort).
      node.catch(() => this.#sparse.delete(key));
    }
    return node;
  }

  /**
   * The size that this object, or one around it, states for a symbol. What members would show is not looked for: one of
   * them asks.
   */
  statedSize(symbol: string, options: WorkOptions = {}): Promise<number | undefined> {
    const dim = this.#field.dims?.[symbol];
    if (!dim) return this.#outer?.statedSize(symbol, options) ?? Promise.resolve(undefined);
    let size = this.#sizes.get(symbol);
    if (!size) {
      size = statedSize({ layout: this.#placing.layout, options }, this.#field, this, dim);
      this.#sizes.set(symbol, size);
      // A failure may be the caller's own doing (abort).
      size.catch(() => this.#sizes.delete(symbol));
    }
    return size;
  }

  storedBytes(key: string): number | undefined {
    return this.stored.kind === "group" ? this.stored.storedBytes?.(key) : undefined;
  }

  /** All attributes of the container's node, those that are members too. */
  async attributes(options?: WorkOptions): Promise<GroupNode> {
    return (await this.stored.attributes?.(options)) ?? noAttributes(this.path);
  }
}

function noAttributes(path: string): GroupNode {
  return { kind: "group", path: `${path}@`, keys: [], child: async () => undefined };
}

/** Members by the names under which the schema's properties are found; undefined for a node that has none. */
async function membersOf(placing: Placing, field: ObjectLayout, node: Node): Promise<Map<string, Load> | undefined> {
  const itself = propertyAt(field, "itself");
  if (node.kind !== "group" && !(node.kind === "array" && itself !== undefined)) return undefined;
  const members = new Map<string, Load>();
  const { number } = placing;
  const numbered = propertyAt(field, "number");
  if (number !== undefined && numbered !== undefined)
    members.set(numbered, async () => ({ kind: "scalar", path: node.path, value: number }));
  for (const [key, load] of await attributeMembers(placing, field, node)) members.set(key, load);
  if (node.kind === "group") await addChildren(placing, field, { members, group: node });
  else if (itself !== undefined) members.set(itself, async () => node);
  return members;
}

/** The name under which the property is found that is the node itself, or the number in its name. */
function propertyAt({ properties }: ObjectLayout, kind: "itself" | "number"): string | undefined {
  const found = Object.entries(properties).find(([, { place }]) => place?.kind === kind);
  return found && (found[1].stored?.name ?? found[0]);
}

interface Growing {
  readonly members: Map<string, Load>;
  readonly group: GroupNode;
}

async function addChildren(placing: Placing, field: ObjectLayout, { members, group }: Growing): Promise<void> {
  const taken = new Set<string>();
  const add = async (key: string, member: FieldLayout): Promise<void> => {
    const found = await placedMember(placing, { member, group, required: field.required.includes(key) });
    for (const name of found?.takes ?? []) taken.add(name);
    if (found?.load) members.set(member.stored?.name ?? key, found.load);
  };
  for (const [key, member] of Object.entries(field.properties)) await add(key, member);
  for (const [name] of memberNames(field, group.keys)) {
    if (!taken.has(name) && !members.has(name)) members.set(name, (options) => group.child(name, options));
  }
}

async function attributeMembers(
  { layout, options }: Placing,
  field: ObjectLayout,
  node: GroupNode | ArrayNode,
): Promise<ReadonlyMap<string, Load>> {
  const members = new Map<string, Load>();
  const properties = Object.entries(field.properties).flatMap(([key, member]) => {
    const place = placeOf(layout, member);
    return place?.kind === "attribute" ? [{ key: member.stored?.name ?? key, name: place.name }] : [];
  });
  const attributes = properties.length > 0 ? await node.attributes?.(options) : undefined;
  for (const { key, name } of properties)
    if (attributes?.keys.includes(name)) members.set(key, (work) => attributes.child(name, work));
  return members;
}

/** A member that is not simply a child of its name. */
interface PlacedMember {
  /** Children of the group that belong to it. */
  readonly takes: readonly string[];
  /** Undefined when it is not there. */
  readonly load: Load | undefined;
}

interface Wanted {
  readonly member: FieldLayout;
  readonly group: GroupNode;
  readonly required: boolean;
}

async function placedMember(placing: Placing, wanted: Wanted): Promise<PlacedMember | undefined> {
  const { member, group } = wanted;
  const place = placeOf(placing.layout, member);
  if (place?.kind === "folder") return folderMember(group, place.name, placing.options);
  const target = dereference(placing.layout, member);
  if (target.kind === "list" && target.numbered) return numberedMember(wanted, target);
  if (target.kind !== "sparse") return undefined;
  const takes = memberNamesOf(target).filter((name) => group.keys.includes(name));
  // One part says that there is a matrix; what is missing of it is an error then.
  return { takes, load: takes.length > 0 ? async () => undefined : undefined };
}

/** Without children nothing tells an empty list from none: it is there when the schema requires it. */
function numberedMember({ group, required }: Wanted, { numbered, rule }: ListLayout): PlacedMember {
  if (!numbered) throw new TypeError(`no numbered list at ${rule}`);
  const { children, odd } = numberedNames(group.keys, numbered);
  const takes = [...children.map(({ name }) => name), ...odd];
  const load = async (): Promise<Node> => numberedList(group, numbered);
  return { takes, load: takes.length > 0 || required ? load : undefined };
}

async function folderMember(group: GroupNode, path: string, options: WorkOptions): Promise<PlacedMember> {
  const names = path.split("/");
  const first = names[0] as string;
  let node: Node | undefined = group;
  for (const name of names) node = node?.kind === "group" ? await node.child(name, options) : undefined;
  const found = node;
  return { takes: [first], load: found && (async () => found) };
}

/** Where the container has a member: stated beside a reference, or by the part that it names. */
export function placeOf(layout: Layout, field: FieldLayout): Place | undefined {
  let current: FieldLayout | undefined = field;
  for (let hops = 0; hops < 64 && current; hops++) {
    if (current.place) return current.place;
    current = current.kind === "ref" ? layout.defs[current.name] : undefined;
  }
  return undefined;
}
