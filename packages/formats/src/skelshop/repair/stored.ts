import type { ArrayNode, GroupNode, Node, Value, WorkOptions } from "@somakit/core";
import { exactValue } from "@somakit/core/engine";
import { NumpyScalar, plain } from "@somakit/core/value";

/** A group with its attributes, whatever is wrong with them. */
export interface StoredGroup {
  readonly node: GroupNode;
  readonly attributes: ReadonlyMap<string, Value>;
}

export async function storedGroup(node: Node | undefined, options: WorkOptions): Promise<StoredGroup | undefined> {
  return node?.kind === "group" ? { node, attributes: await attributesOf(node, options) } : undefined;
}

export async function attributesOf(node: Node, options: WorkOptions): Promise<ReadonlyMap<string, Value>> {
  const group = await node.attributes?.(options);
  const values = new Map<string, Value>();
  for (const name of group?.keys ?? []) {
    const child = await group?.child(name, options);
    if (child) values.set(name, (await exactValue(child, options)) as Value);
  }
  return values;
}

/** A whole number from 0 on; undefined for anything else. */
export function wholeOf({ attributes }: StoredGroup, name: string): number | undefined {
  const value = scalarOf(attributes.get(name));
  const number = typeof value === "bigint" ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

export function textOf({ attributes }: StoredGroup, name: string): string | undefined {
  const value = scalarOf(attributes.get(name));
  return typeof value === "string" ? value : undefined;
}

/** Whether an attribute is set and not 0, whatever its type. */
export function isSet({ attributes }: StoredGroup, name: string): boolean {
  return Boolean(Number(scalarOf(attributes.get(name)) ?? 0));
}

function scalarOf(value: Value | undefined): unknown {
  return value instanceof NumpyScalar ? value.value : plain(value ?? null);
}

export async function arrayAt(group: GroupNode, name: string, options: WorkOptions): Promise<ArrayNode | undefined> {
  const node = await group.child(name, options);
  return node?.kind === "array" ? node : undefined;
}

/** The number in a name such as `pose12`; undefined for names that are none. */
export function numberIn(name: string, prefix: string): number | undefined {
  const digits = name.slice(prefix.length);
  if (!name.startsWith(prefix) || !/^(0|[1-9][0-9]*)$/.test(digits)) return undefined;
  return Number.isSafeInteger(Number(digits)) ? Number(digits) : undefined;
}
