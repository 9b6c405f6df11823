import type { ContainerLayout, Layout } from "../layout/layout.js";
import type { WorkOptions } from "../source/source.js";
import type { Node } from "../tree/node.js";
import { placesAnything } from "./places.js";

/** The tree of a container as the schema has it: as the container says, else see `placedTree`. */
export async function presentedTree(
  layout: Layout,
  container: ContainerLayout,
  tree: Node,
  options: WorkOptions = {},
): Promise<Node> {
  if (container.codec.present) return container.codec.present(layout, container, tree, options);
  if (!placesAnything(layout)) return tree;
  const { placedTree } = await import("./placed.js");
  return placedTree(layout, tree, options);
}
