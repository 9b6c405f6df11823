import type { Dim } from "../layout/layout.js";
import type { SizeTally } from "./tallies.js";
import { byRank, count, sorted } from "./value-counts.js";

/** The symbols that one object binds, while its members are looked at. */
export class SizeScope {
  readonly dims: Readonly<Record<string, Dim>>;
  readonly path: string;
  readonly #outer: SizeScope | undefined;
  readonly #shown = new Map<string, number>();
  readonly #stated = new Map<string, number>();
  readonly #states: ReadonlySet<string>;

  constructor(dims: Readonly<Record<string, Dim>>, path: string, outer: SizeScope | undefined) {
    this.dims = dims;
    this.path = path;
    this.#outer = outer;
    this.#states = new Set(Object.values(dims).flatMap(({ equals }) => statedBy(equals)));
  }

  /** Whether a member of the object states a size. */
  states(key: string): boolean {
    return this.#states.has(key);
  }

  state(key: string, value: number): void {
    this.#stated.set(key, value);
  }

  /** A member has this many along the symbol. The first that shows it counts. */
  show(symbol: string, size: number): void {
    if (!Object.hasOwn(this.dims, symbol)) this.#outer?.show(symbol, size);
    else if (!this.#shown.has(symbol)) this.#shown.set(symbol, size);
  }

  /** What the object states, else what its members show. */
  size(symbol: string): number | undefined {
    return this.#statedSize(this.dims[symbol]) ?? this.#shown.get(symbol);
  }

  #statedSize(dim: Dim | undefined): number | undefined {
    if (dim?.equals === undefined) return undefined;
    const numbers = statedBy(dim.equals).map((key) => this.#stated.get(key));
    const [first, second = 0] = numbers;
    if (first === undefined || numbers.includes(undefined) || numbers.includes(dim.unset ?? Number.NaN))
      return undefined;
    return first - second;
  }
}

function statedBy(equals: Dim["equals"]): readonly string[] {
  if (equals === undefined) return [];
  return typeof equals === "string" ? [equals] : equals.minus;
}

interface Counted {
  /** Where the object was met first. */
  rank: number;
  readonly tally: Omit<SizeTally, "counts">;
  readonly counts: Map<number, number>;
}

/** Counts the sizes of symbols by the objects that bind them. */
export class SizeCounts {
  readonly #tallies = new Map<string, Counted>();

  /** Takes the sizes of an object all of whose members were looked at. */
  add(scope: SizeScope, rank: number): void {
    const { path, dims } = scope;
    for (const [symbol, { role, description }] of Object.entries(dims)) {
      const size = scope.size(symbol);
      const key = `${path} ${symbol}`;
      const known = this.#tallies.get(key) ?? { rank, tally: { symbol, path, role, description }, counts: new Map() };
      this.#tallies.set(key, known);
      known.rank = Math.min(known.rank, rank);
      if (size !== undefined) count(known.counts, size);
    }
  }

  all(): readonly SizeTally[] {
    const filled = byRank(this.#tallies)
      .map(([, counted]) => counted)
      .filter(({ counts }) => counts.size > 0);
    return filled.map(({ tally, counts }) => ({ ...tally, counts: sorted(counts) }));
  }
}
