import { FormatError } from "../errors.js";
import type { ContainerLayout, Elsewhere, ObjectLayout } from "../layout/layout.js";
import { idleFile } from "../source/folder-idle.js";
import type { Folder, WorkOptions } from "../source/source.js";
import type { GroupNode, Node } from "../tree/node.js";
import { memberPath } from "../value/path.js";

/** The key whose text is the path of the file that has the rest of an object; undefined for objects that are whole. */
export function elsewhereKey({ properties }: ObjectLayout): (Elsewhere & { readonly key: string }) | undefined {
  for (const [key, field] of Object.entries(properties))
    if (field.kind === "scalar" && field.elsewhere) return { key, ...field.elsewhere };
  return undefined;
}

/** Files of which the tables stay in memory; arrays are read when they are asked for. */
const MOST_OPEN = 16;

/** Files below one folder that hold the rest of objects of another file, in the same container as that. */
export class OtherFiles {
  readonly #folder: Folder;
  readonly #container: ContainerLayout;
  /** The file used last is last. */
  readonly #trees = new Map<string, Promise<Node>>();

  constructor(folder: Folder, container: ContainerLayout) {
    this.#folder = folder;
    this.#container = container;
  }

  /**
   * An object with the members that another file has of it, which count more than its own: those under `name`, or all of a file
   * that has the members of one object only. Throws `FormatError`: `refused` for a path that leads out of the folder, `missing`
   * for a file that is not there and for one that has nothing of the object, `mismatch` for what is no dict.
   */
  async whole(
    own: GroupNode,
    { path, name, object }: { readonly path: string; readonly name: string; readonly object: ObjectLayout },
    options: WorkOptions = {},
  ): Promise<GroupNode> {
    const inside = insidePath(path);
    const root = await this.#tree(inside, options);
    const rest = root.kind === "group" ? ((await root.child(name, options)) ?? onlyObject(root, object)) : undefined;
    if (!rest) throw new FormatError("missing", `the file has nothing of ${JSON.stringify(name)}`, { path: inside });
    if (rest.kind !== "group") throw new FormatError("mismatch", "a dict expected", { path: memberPath(inside, name) });
    return {
      kind: "group",
      path: own.path,
      keys: [...new Set([...own.keys, ...rest.keys])],
      child: (key, how) => (rest.keys.includes(key) ? rest : own).child(key, how),
      valueNow: (key) => (rest.keys.includes(key) ? rest : own).valueNow?.(key),
    };
  }

  #tree(path: string, options: WorkOptions): Promise<Node> {
    const known = this.#trees.get(path);
    const tree = known ?? this.#open(path, options);
    // Whoever asked gets the error; here it only must not count as unhandled.
    if (!known) tree.catch(() => this.#trees.delete(path));
    this.#trees.delete(path);
    this.#trees.set(path, tree);
    const [oldest] = this.#trees.keys();
    if (this.#trees.size > MOST_OPEN && oldest !== undefined) this.#trees.delete(oldest);
    return tree;
  }

  async #open(path: string, { signal }: WorkOptions): Promise<Node> {
    const { codec, classes } = this.#container;
    return codec.open(await idleFile(this.#folder, path, { signal }), {
      signal,
      path: `${path}:`,
      ...(classes && { classes }),
    });
  }
}

/** A file in which the members of an object lie at the root. */
function onlyObject(root: GroupNode, { properties }: ObjectLayout): GroupNode | undefined {
  return root.keys.some((key) => Object.hasOwn(properties, key)) ? root : undefined;
}

/** A path without steps that stay where they are. Folders refuse what leads out of them. */
function insidePath(path: string): string {
  if (path.startsWith("/")) throw new FormatError("refused", "not a path inside the folder", { path });
  const steps = path.split("/").filter((step) => step !== "" && step !== ".");
  if (steps.length === 0 || steps.includes(".."))
    throw new FormatError("refused", "not a path inside the folder", { path });
  return steps.join("/");
}
