import type { ArrayNode, GroupNode, Node, WorkOptions } from "@somakit/core";
import { isFormatError } from "@somakit/core/errors";

/** Parts of a compressed sparse row matrix, as scipy, anndata and h5sparse call them. */
export const PARTS = ["data", "indices", "indptr"] as const;

/** Where the number of rows and columns stands. */
const SHAPES = ["shape", "h5sparse_shape", "_shape"];

/**
 * Columns of the matrix whose parts are in a group; undefined where there is none, where nothing says how many there are, and
 * where the parts do not agree with that.
 */
export async function columnsOf(group: GroupNode, options: WorkOptions): Promise<number | undefined> {
  if (PARTS.some((part) => !group.keys.includes(part))) return undefined;
  const [data, indices, indptr] = await Promise.all(PARTS.map((part) => arrayAt(group, part, options)));
  if (!data || !indices || !indptr) return undefined;
  const whole = [indices, indptr].every(({ type, shape }) => shape.length === 1 && /^u?int/.test(type.name));
  if (!whole || data.shape.length === 0 || data.shape[0] !== indices.shape[0]) return undefined;
  const attributes = await group.attributes?.(options);
  for (const place of [group, attributes]) {
    const key = SHAPES.find((name) => place?.keys.includes(name));
    const node = key === undefined ? undefined : await place?.child(key, options);
    const sizes = node && (await numbersOf(node, options));
    if (sizes?.length !== 2 || sizes[0] !== (indptr.shape[0] ?? 0) - 1) continue;
    return (await fitsBelow(indices, sizes[1] as number, options)) ? sizes[1] : undefined;
  }
  return undefined;
}

async function arrayAt(group: GroupNode, key: string, options: WorkOptions): Promise<ArrayNode | undefined> {
  const node = await group.child(key, options);
  return node?.kind === "array" ? node : undefined;
}

async function numbersOf(node: Node, options: WorkOptions): Promise<readonly number[] | undefined> {
  if (node.kind !== "array" || node.shape.length !== 1 || (node.shape[0] ?? 0) > 8) return undefined;
  return [...(await node.load(options))].map(Number);
}

/** Whether all columns are below `columns`: of what is stored by columns the same parts are called the same. */
async function fitsBelow(indices: ArrayNode, columns: number, options: WorkOptions): Promise<boolean> {
  try {
    for (const index of await indices.load(options)) if (Number(index) >= columns) return false;
    return true;
  } catch (error) {
    if (isFormatError(error)) return false;
    throw error;
  }
}
