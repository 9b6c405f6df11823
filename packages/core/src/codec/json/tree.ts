import type { WorkOptions } from "../../source/source.js";
import type { GroupNode, ListNode, Node } from "../../tree/node.js";
import { nodeOfValue, singleOf } from "../../tree/value-node.js";
import { elementPath, memberPath } from "../../value/path.js";
import type { Value } from "../../value/value.js";
import type { JsonDocument } from "./document.js";
import type { JsonMember, JsonOutline, ListOutline, ObjectOutline } from "./outline.js";
import { StoredObject } from "./stored-object.js";

/** The node of a large list or object: what is inside is read when it is asked for. */
export function nodeOfOutline(document: JsonDocument, outline: JsonOutline, path: string): Node {
  return outline.kind === "list" ? listOf(document, outline, path) : groupOf(document, outline, path);
}

function groupOf(document: JsonDocument, { members }: ObjectOutline, path: string): GroupNode {
  const child = async (key: string, options: WorkOptions = {}): Promise<Node | undefined> => {
    const member = members.get(key);
    if (!member) return undefined;
    const at = memberPath(path, key);
    if (member.inside) return nodeOfOutline(document, member.inside, at);
    return nodeOfValue(await document.value(member.start, member.stop, options), at);
  };
  return {
    kind: "group",
    path,
    keys: [...members.keys()],
    child,
    load: (options = {}) => objectValue(document, members, options),
    ...(document.isAtHand && {
      valueNow: (key: string) => {
        const member = members.get(key);
        return member && !member.inside ? singleOf(document.valueNow(member.start, member.stop)) : undefined;
      },
    }),
  };
}

function listOf(document: JsonDocument, outline: ListOutline, path: string): ListNode {
  const child = async (index: number, options: WorkOptions = {}): Promise<Node> => {
    const inside = outline.inside.get(index);
    if (inside) return nodeOfOutline(document, inside, elementPath(path, index));
    const { items, first } = await document.block(outline, index, options);
    return nodeOfItem(items[index - first], elementPath(path, index));
  };
  const list: ListNode = {
    kind: "list",
    path,
    length: outline.length,
    itemwise: true,
    form: "list",
    child,
    load: (options = {}) => listValue(document, outline, options),
  };
  if (!document.isAtHand) return list;
  const itemNow = (index: number): Value | undefined => {
    if (!(index >= 0 && index < outline.length) || outline.inside.has(index)) return undefined;
    const { items, first } = document.blockNow(outline, index);
    const item = items[index - first];
    return item instanceof StoredObject ? undefined : singleOf(item);
  };
  return { ...list, itemNow };
}

function nodeOfItem(item: Value | StoredObject | undefined, path: string): Node {
  if (!(item instanceof StoredObject)) return nodeOfValue(item, path);
  return {
    kind: "group",
    path,
    keys: item.keys,
    child: async (key) => {
      const value = item.member(key);
      return value === undefined ? undefined : nodeOfValue(value, memberPath(path, key));
    },
    load: async () => item.value(),
    valueNow: (key) => item.single(key),
  };
}

async function objectValue(
  document: JsonDocument,
  members: ReadonlyMap<string, JsonMember>,
  options: WorkOptions,
): Promise<Value> {
  const map = new Map<Value, Value>();
  for (const [key, { start, stop, inside }] of members)
    map.set(key, inside ? await wholeValue(document, inside, options) : await document.value(start, stop, options));
  return map;
}

async function listValue(document: JsonDocument, outline: ListOutline, options: WorkOptions): Promise<Value> {
  const values: Value[] = [];
  while (values.length < outline.length) {
    const inside = outline.inside.get(values.length);
    if (inside) values.push(await wholeValue(document, inside, options));
    else for (const item of await document.values(outline, values.length, options)) values.push(item);
  }
  return values;
}

function wholeValue(document: JsonDocument, outline: JsonOutline, options: WorkOptions): Promise<Value> {
  if (outline.kind === "list") return listValue(document, outline, options);
  return objectValue(document, outline.members, options);
}
