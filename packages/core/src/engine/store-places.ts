import { FormatError } from "../errors.js";
import type { FieldLayout, Layout, Numbered, ObjectLayout } from "../layout/layout.js";
import type { WorkOptions } from "../source/source.js";
import type { GroupNode } from "../tree/node.js";
import { AttributedTree, type WriteTree } from "../tree/write.js";
import { elementPath, memberPath } from "../value/path.js";
import type { Value } from "../value/value.js";
import { exactValue } from "./exact.js";
import { nameOf } from "./numbered.js";
import { PlacedGroup, placeOf } from "./placed.js";
import { dereference } from "./resolve.js";
import { plainScalar } from "./scalar.js";

interface Storing {
  readonly layout: Layout;
  readonly options: WorkOptions;
}

/**
 * What a container writes for an object whose `members` are encoded: attributes beside them, the items of numbered lists and
 * the parts of sparse arrays among them. Attributes of an open file that the schema does not know stay. Throws `FormatError`
 * `unwritable` for names that meet.
 */
export async function storePlaces(
  { layout, options }: Storing,
  field: ObjectLayout,
  group: GroupNode,
  members: ReadonlyMap<Value, WriteTree>,
): Promise<WriteTree> {
  const store = new Store(group.path);
  const fields = new Map(Object.entries(field.properties).map(([key, member]) => [member.stored?.name ?? key, member]));
  for (const [name, tree] of members) {
    const member = typeof name === "string" ? fields.get(name) : undefined;
    store.add(layout, member, { name, tree });
  }
  if (group instanceof PlacedGroup) await store.keepAttributes(group, options);
  return store.tree(field.stored?.ordered ?? false);
}

class Store {
  readonly #path: string;
  readonly #members = new Map<Value, WriteTree>();
  readonly #attributes = new Map<string, Value>();
  #itself: WriteTree | undefined;
  #number: number | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  add(layout: Layout, member: FieldLayout | undefined, { name, tree }: { name: Value; tree: WriteTree }): void {
    const place = member && placeOf(layout, member);
    const target = member && dereference(layout, member);
    if (place?.kind === "attribute") this.#attributes.set(place.name, tree as Value);
    else if (place?.kind === "itself") this.#itself = tree;
    else if (place?.kind === "number") this.#number = plainScalar(tree as Value) as number;
    else if (target?.kind === "list" && target.numbered) this.#addItems(String(name), target.numbered, tree);
    else if (target?.kind === "sparse") this.#addParts(tree);
    else if (tree instanceof NumberedTree)
      throw new FormatError("unwritable", "it has a number, but its name has none: it is no item of a numbered list", {
        path: memberPath(this.#path, String(name)),
      });
    else this.#set(name, tree);
  }

  /** Parts of a sparse array, and the attributes that say how large it is. */
  #addParts(tree: WriteTree): void {
    const parts = tree instanceof AttributedTree ? tree.value : tree;
    for (const [part, array] of parts as ReadonlyMap<Value, WriteTree>) this.#set(part, array);
    if (!(tree instanceof AttributedTree)) return;
    for (const [name, value] of tree.attributes) this.#attributes.set(name, value);
  }

  #addItems(key: string, rule: Numbered, items: WriteTree): void {
    for (const [index, item] of (items as readonly WriteTree[]).entries()) {
      const number = item instanceof NumberedTree ? item.number : rule.from + index;
      if (!(Number.isSafeInteger(number) && number >= rule.from))
        throw new FormatError("unwritable", `${number} is no number from ${rule.from} on`, {
          path: elementPath(memberPath(this.#path, key), index),
        });
      this.#set(nameOf(number, rule), item);
    }
  }

  #set(name: Value, tree: WriteTree): void {
    if (this.#members.has(name))
      throw new FormatError("unwritable", `two members are called ${JSON.stringify(name)}`, { path: this.#path });
    this.#members.set(name, tree);
  }

  async keepAttributes(group: PlacedGroup, options: WorkOptions): Promise<void> {
    const attributes = await group.stored.attributes?.(options);
    for (const name of attributes?.keys ?? []) {
      const node = this.#attributes.has(name) ? undefined : await attributes?.child(name, options);
      if (node) this.#attributes.set(name, (await exactValue(node, options)) as Value);
    }
  }

  tree(ordered: boolean): WriteTree {
    const value = this.#itself ?? this.#members;
    const rest = this.#itself === undefined ? undefined : [...this.#members.keys()][0];
    if (rest !== undefined)
      throw new FormatError("unwritable", `an array has no member ${JSON.stringify(rest)}`, { path: this.#path });
    const plain = this.#attributes.size === 0 && !ordered;
    const tree = new AttributedTree(value, { attributes: this.#attributes, ordered });
    if (this.#number !== undefined) return new NumberedTree(tree, this.#number);
    return plain ? value : tree;
  }
}

/** An item whose name has a number of its own. */
class NumberedTree extends AttributedTree {
  readonly number: number;

  constructor({ value, attributes, ordered }: AttributedTree, number: number) {
    super(value, { attributes, ordered });
    this.number = number;
  }
}
