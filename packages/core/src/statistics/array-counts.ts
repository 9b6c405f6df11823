import type { ArrayTally } from "./tallies.js";
import { byRank } from "./value-counts.js";

/** The header of an array. */
export interface CountedArray {
  readonly type: { readonly name: string; readonly itemSize: number };
  readonly shape: readonly number[];
}

interface Counted {
  /** Where the key was met first. */
  rank: number;
  items: number;
  readonly dtypes: Map<string, number>;
  shape: [number, number][] | undefined;
  bytes: number;
}

/** Counts arrays by their keys. Looks at headers only. */
export class ArrayCounts {
  readonly #keys = new Map<string, Counted>();

  add(key: string, rank: number, { type, shape }: CountedArray): void {
    let known = this.#keys.get(key);
    if (!known) {
      known = { rank, items: 0, dtypes: new Map(), shape: shape.map((size) => [size, size]), bytes: 0 };
      this.#keys.set(key, known);
    }
    known.rank = Math.min(known.rank, rank);
    known.items++;
    known.dtypes.set(type.name, (known.dtypes.get(type.name) ?? 0) + 1);
    known.bytes += shape.reduce((product, size) => product * size, type.itemSize);
    if (known.shape?.length !== shape.length) known.shape = undefined;
    for (const [axis, range] of (known.shape ?? []).entries()) {
      const size = shape[axis] as number;
      range[0] = Math.min(range[0], size);
      range[1] = Math.max(range[1], size);
    }
  }

  all(): readonly ArrayTally[] {
    return byRank(this.#keys).map(([key, { items, dtypes, shape, bytes }]) => ({
      key,
      items,
      dtypes: new Map([...dtypes].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))),
      shape,
      bytes,
    }));
  }
}
