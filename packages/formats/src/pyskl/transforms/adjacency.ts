import { NdArray } from "@somakit/core/ndarray";
import type { KeypointPair, SkeletonGraph } from "./layouts.js";

/**
 * How a graph becomes matrices.
 *
 * - `spatial`: identity, inward, outward [3, V, V]; the latter two with every column divided by its sum
 * - `binary_adj`: inward and outward together [1, V, V], not divided
 * - `stgcn_spatial`: for each number of hops from 0 to `maxHops`, the pairs that far apart, divided by the sums of the
 *   columns of all pairs within `maxHops`; those nearer to the centre apart from those farther away [1 + 2 maxHops, V, V].
 *   Keypoints more than `maxHops` from the centre count as equally far
 */
export type AdjacencyMode = "spatial" | "binary_adj" | "stgcn_spatial";

export interface AdjacencyOptions {
  /** Default `spatial`. */
  readonly mode?: AdjacencyMode | undefined;
  /** Only for `stgcn_spatial`. Default 1. */
  readonly maxHops?: number | undefined;
}

type Matrix = Float64Array;

/** The matrices of `graph` as float32 [K, V, V]. Throws `RangeError` when `maxHops` is no positive integer. */
export function adjacencyOf(graph: SkeletonGraph, options: AdjacencyOptions = {}): NdArray<"float32"> {
  const { mode = "spatial", maxHops = 1 } = options;
  const size = graph.keypoints.length;
  const list = mode === "stgcn_spatial" ? stgcnMatrices(graph, maxHops) : plainMatrices(graph, mode);
  const data = new Float32Array(list.length * size * size);
  for (const [index, matrix] of list.entries()) data.set(matrix, index * size * size);
  return NdArray.from<"float32">("float32", data, [list.length, size, size]);
}

function plainMatrices({ inward, keypoints }: SkeletonGraph, mode: "spatial" | "binary_adj"): Matrix[] {
  const size = keypoints.length;
  const outward = inward.map(([child, parent]): KeypointPair => [parent, child]);
  if (mode === "binary_adj") return [edgeMatrix([...inward, ...outward], size)];
  const self = keypoints.map((_, index): KeypointPair => [index, index]);
  return [edgeMatrix(self, size), ...[inward, outward].map((edges) => byColumn(edgeMatrix(edges, size), size))];
}

/** 1 at [to, from] for every pair [from, to]. */
function edgeMatrix(edges: readonly KeypointPair[], size: number): Matrix {
  const matrix = new Float64Array(size * size);
  for (const [from, to] of edges) matrix[to * size + from] = 1;
  return matrix;
}

/** `matrix` with every column divided by its sum, where that is not 0. */
function byColumn(matrix: Matrix, size: number): Matrix {
  const sums = new Float64Array(size);
  for (let at = 0; at < matrix.length; at++) sums[at % size] = (sums[at % size] as number) + (matrix[at] as number);
  return matrix.map((value, at) => ((sums[at % size] as number) > 0 ? value / (sums[at % size] as number) : 0));
}

function stgcnMatrices(graph: SkeletonGraph, maxHops: number): Matrix[] {
  if (!Number.isInteger(maxHops) || maxHops < 1) throw new RangeError(`maxHops is 1 or more, ${maxHops} given`);
  const size = graph.keypoints.length;
  // Upstream measures no farther than maxHops: what is beyond is equally far from the centre.
  const hops = hopsBetween(graph).map((hop) => (hop <= maxHops ? hop : Number.POSITIVE_INFINITY));
  const shares = byColumn(
    hops.map((hop) => (hop <= maxHops ? 1 : 0)),
    size,
  );
  const toCenter = (index: number): number => hops[index * size + graph.center] as number;
  const matrices: Matrix[] = [];
  for (let hop = 0; hop <= maxHops; hop++) {
    const part = (nearer: boolean): Matrix =>
      shares.map((share, at) => {
        const [row, column] = [Math.floor(at / size), at % size];
        return hops[at] === hop && toCenter(row) >= toCenter(column) === nearer ? share : 0;
      });
    matrices.push(part(true));
    if (hop > 0) matrices.push(part(false));
  }
  return matrices;
}

/** Bones between any two keypoints [V, V], by the shortest way; `Infinity` where there is none. */
function hopsBetween({ inward, keypoints }: SkeletonGraph): Float64Array {
  const size = keypoints.length;
  const hops = new Float64Array(size * size).fill(Number.POSITIVE_INFINITY);
  for (let start = 0; start < size; start++) {
    hops[start * size + start] = 0;
    const queue = [start];
    for (const from of queue) {
      for (const pair of inward) {
        const to = pair[0] === from ? pair[1] : pair[1] === from ? pair[0] : undefined;
        if (to === undefined || Number.isFinite(hops[start * size + to])) continue;
        hops[start * size + to] = (hops[start * size + from] as number) + 1;
        queue.push(to);
      }
    }
  }
  return hops;
}
