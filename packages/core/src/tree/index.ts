/** What containers hold, as a lazy tree of groups, lists, arrays and scalars. */

export { type DiffOptions, diffTrees } from "./diff/diff.js";
export type { ElementDifference, NodeWords, Side, TreeDifference } from "./diff/difference.js";
export { type DigestOptions, digest } from "./digest.js";
export { findNode, unboxed } from "./find.js";
export { loadRanges } from "./load-ranges.js";
export type { ArrayNode, Attributed, GroupNode, ListNode, Node, ScalarNode } from "./node.js";
export { nodeOfValue } from "./value-node.js";
export { type ArrayStorage, AttributedTree, type AttributedTreeOptions, type WriteTree } from "./write.js";
