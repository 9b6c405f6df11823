import { FormatError } from "../errors.js";
import type { WorkOptions } from "../source/source.js";
import { elementPath, parsePath } from "../value/path.js";
import type { ArrayNode, GroupNode, Node } from "./node.js";
import { nodeOfValue } from "./value-node.js";

/**
 * The node at `path` below `root`, such as `annotations[3].keypoint`, or of attributes `timeline@start_frame`. An array without axes that holds one object is
 * stepped through; an index into any other array gives a view of it, negative ones count from the end.
 * Throws `FormatError` `missing` that says what there is instead, `SyntaxError` for a path that cannot be read.
 */
export async function findNode(root: Node, path: string, options: WorkOptions = {}): Promise<Node> {
  const at = attributeAt(path);
  if (at >= 0) {
    const owner = await findNode(root, path.slice(0, at), options);
    const attributes = await owner.attributes?.(options);
    if (!attributes) throw missing(owner, "has no attributes");
    return findNode(attributes, path.slice(at + 1), options);
  }
  let node = root;
  for (const step of parsePath(path)) {
    const place = await unboxed(node, options);
    node = typeof step === "string" ? await member(place, step, options) : await element(place, step, options);
  }
  return node;
}

/** Where in a path the name of an attribute begins; -1 when it names none. Keys with `@` in them are in quotes. */
function attributeAt(path: string): number {
  const [outside = ""] = /^(?:"(?:[^"\\]|\\.)*"|[^"@])*/.exec(path) ?? [];
  return outside.length < path.length && path[outside.length] === "@" ? outside.length : -1;
}

/** What an object array without axes holds, as a node; any other node itself. */
export async function unboxed(node: Node, options: WorkOptions = {}): Promise<Node> {
  if (node.kind !== "array" || node.type.name !== "object" || node.shape.length > 0) return node;
  return nodeOfValue((await node.load(options)).get(), node.path);
}

async function member(node: Node, key: string, options: WorkOptions): Promise<Node> {
  if (node.kind !== "group") throw missing(node, `has no members, so no ${JSON.stringify(key)}`);
  const child = await node.child(key, options);
  return child ?? Promise.reject(missing(node, `has no ${JSON.stringify(key)}; it has ${namesOf(node)}`));
}

const SHOWN = 12;

function namesOf({ keys }: GroupNode): string {
  if (keys.length === 0) return "nothing";
  const more = keys.length > SHOWN ? ` and ${keys.length - SHOWN} more` : "";
  return (
    keys
      .slice(0, SHOWN)
      .map((key) => JSON.stringify(key))
      .join(", ") + more
  );
}

async function element(node: Node, index: number, options: WorkOptions): Promise<Node> {
  const length = node.kind === "list" ? node.length : node.kind === "array" ? node.shape[0] : undefined;
  if (length === undefined) throw missing(node, `has no elements, so no [${index}]`);
  const at = index < 0 ? index + length : index;
  if (!(at >= 0 && at < length)) throw missing(node, `has ${length} elements, so no [${index}]`);
  if (node.kind === "list") return node.child(at, options);
  const array = node as ArrayNode;
  const path = elementPath(array.path, at);
  const view = (await array.load(options)).slice(at);
  return nodeOfValue(view.ndim === 0 && view.dtype === "object" ? view.get() : view, path);
}

function missing(node: Node, what: string): FormatError {
  return new FormatError("missing", `${node.path === "" ? "the file" : node.path} ${what}`);
}
