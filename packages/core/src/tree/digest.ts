import { FormatError, isFormatError } from "../errors.js";
import type { WorkOptions } from "../source/source.js";
import type { Value } from "../value/value.js";
import { digestArrayNode, spelledOut } from "./digest-array.js";
import { ValueDigest } from "./digest-value.js";
import type { GroupNode, ListNode, Node } from "./node.js";

export interface DigestOptions extends WorkOptions {
  /** How the result is wrapped. Default: `npz` for an archive, `npy` for one array, else `pickle`. */
  readonly container?: string | undefined;
  /** Objects that may be looked at, counting shared ones each time, and long texts as several. Default 2 million. */
  readonly maxObjects?: number | undefined;
  /** How deep objects may be nested. Default 500. */
  readonly maxDepth?: number | undefined;
  /**
   * Called for each entry of an archive that cannot be read; the digest then has `{ unreadable: code }` in its place.
   * Without it the first such entry is an error.
   */
  readonly onUnreadable?: ((error: FormatError) => void) | undefined;
}

const MAX_OBJECTS = 2_000_000;
const MAX_DEPTH = 500;

/**
 * A short, exact description of all that is in a file, as JSON: equal digests mean equal content. Arrays appear with
 * their checksum, first elements and sum, other values as they are, attributes under `@`. `describe.py`, beside the conformance fixtures,
 * prints the same for the Python side.
 *
 * Throws `FormatError` `limit` for values that are nested too deep, contain themselves or are too many.
 */
export async function digest(node: Node, options: DigestOptions = {}): Promise<Readonly<Record<string, unknown>>> {
  const values = new ValueDigest(options.maxObjects ?? MAX_OBJECTS, options.maxDepth ?? MAX_DEPTH);
  const container = options.container ?? containerOf(node);
  return { [container]: await digestNode(node, values, options) };
}

function containerOf(node: Node): string {
  if (node.kind === "array") return "npy";
  return node.kind === "group" && !node.load ? "npz" : "pickle";
}

async function digestNode(node: Node, values: ValueDigest, options: DigestOptions): Promise<unknown> {
  const attributes = await node.attributes?.(options);
  if (!attributes || attributes.keys.length === 0) return digestContent(node, values, options);
  const stated = await digestContent(attributes, values, options);
  const content = await digestContent(node, values, options);
  return { "@": stated, ...(typeof content === "object" && content !== null ? content : { value: content }) };
}

async function digestContent(node: Node, values: ValueDigest, options: DigestOptions): Promise<unknown> {
  if (node.kind === "array") {
    if (node.type.name !== "object" && node.chunks) {
      values.count(spelledOut(node), node.path);
      return digestArrayNode(node, options);
    }
    return values.of(await node.load(options), node.path);
  }
  if (node.kind === "scalar") return values.of(node.value, node.path);
  if (node.load) return values.of(await node.load(options), node.path);
  if (node.kind === "list") return digestList(node, values, options);
  const members: [string, unknown][] = [];
  for (const key of node.keys) {
    options.signal?.throwIfAborted();
    members.push([key, await digestEntry(node, key, values, options)]);
  }
  return Object.fromEntries(members);
}

async function digestList(node: ListNode, values: ValueDigest, options: DigestOptions): Promise<unknown[]> {
  const items: unknown[] = [];
  for (let index = 0; index < node.length; index++) {
    options.signal?.throwIfAborted();
    items.push(await digestNode(await node.child(index, options), values, options));
  }
  return items;
}

async function digestEntry(
  group: GroupNode,
  key: string,
  values: ValueDigest,
  options: DigestOptions,
): Promise<unknown> {
  try {
    const child = await group.child(key, options);
    if (!child) throw new FormatError("missing", "a listed member is not there", { path: key });
    return isRawEntry(child) ? rawJson(child, values) : await digestNode(child, values, options);
  } catch (error) {
    if (!options.onUnreadable || !isFormatError(error)) throw error;
    options.onUnreadable(error);
    return { unreadable: error.code };
  }
}

/** An archive entry that is no array. */
type RawEntry = Extract<Node, { kind: "scalar" }> & { readonly value: Uint8Array };

function rawJson({ path, value }: RawEntry, values: ValueDigest): unknown {
  return { rawbytes: (values.of(value, path) as { readonly bytes: string }).bytes };
}

function isRawEntry(node: Node): node is RawEntry {
  return node.kind === "scalar" && (node.value as Value) instanceof Uint8Array;
}
