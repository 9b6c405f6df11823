import { MOST_LABELS, MOST_VALUES, type NumberRange, type TallyValue, type ValueTally } from "./tallies.js";

/** Longer texts are no values that occur again. */
const LONGEST = 200;
/** Different values of all keys together, so that no file fills the memory. */
const MOST_OF_ALL = 1 << 18;

interface Counted {
  /** Where the key was met first. */
  rank: number;
  items: number;
  counts: Map<TallyValue, number> | undefined;
  readonly range: RunningRange;
  readonly labels: string | undefined;
}

/** Counts single values by their keys. */
export class ValueCounts {
  readonly #keys = new Map<string, Counted>();
  #distinct = 0;

  /** Whether nothing more can be learned of a key from further values but how many there are. */
  isFull(key: string): boolean {
    const known = this.#keys.get(key);
    return known !== undefined && known.counts === undefined;
  }

  /** One object has these values under the key. Keys are listed by the smallest `rank` with which they were met. */
  add(key: string, rank: number, values: Iterable<TallyValue>, labels?: string): void {
    let known = this.#keys.get(key);
    if (!known) {
      known = { rank, items: 0, counts: new Map(), range: new RunningRange(), labels };
      this.#keys.set(key, known);
    }
    known.rank = Math.min(known.rank, rank);
    known.items++;
    for (const value of values) this.#count(known, value);
  }

  #count(known: Counted, value: TallyValue): void {
    if (typeof value === "number") known.range.add(value);
    const { counts } = known;
    if (!counts) return;
    const before = counts.get(value);
    if (before === undefined) {
      const most = known.labels === undefined ? MOST_VALUES : MOST_LABELS;
      const isLong = typeof value === "string" && value.length > LONGEST;
      if (isLong || counts.size >= most || this.#distinct >= MOST_OF_ALL) {
        this.#distinct -= counts.size;
        known.counts = undefined;
        return;
      }
      this.#distinct++;
    }
    counts.set(value, (before ?? 0) + 1);
  }

  all(): readonly ValueTally[] {
    return byRank(this.#keys).map(([key, { items, counts, range, labels }]) => ({
      key,
      items,
      counts: counts && sortedValues(counts),
      ...(range.value && { numbers: range.value }),
      ...(labels !== undefined && { labels }),
    }));
  }
}

/** Entries in the order in which they were met, whichever was looked at first. */
export function byRank<T extends { readonly rank: number }>(entries: ReadonlyMap<string, T>): [string, T][] {
  return [...entries].sort(([, a], [, b]) => a.rank - b.rank);
}

/** Extent and mean of numbers of which none is kept; what is not finite is left out. */
export class RunningRange {
  #smallest = Number.POSITIVE_INFINITY;
  #largest = Number.NEGATIVE_INFINITY;
  #sum = 0;
  #count = 0;

  add(value: number): void {
    if (!Number.isFinite(value)) return;
    if (value < this.#smallest) this.#smallest = value;
    if (value > this.#largest) this.#largest = value;
    this.#sum += value;
    this.#count++;
  }

  /** Undefined without any number. */
  get value(): NumberRange | undefined {
    if (this.#count === 0) return undefined;
    return { smallest: this.#smallest, largest: this.#largest, mean: this.#sum / this.#count };
  }
}

/** Numbers in their order, then texts in theirs, then false and true. */
function sortedValues(counts: ReadonlyMap<TallyValue, number>): ReadonlyMap<TallyValue, number> {
  const rank = (value: TallyValue): number => ["number", "string", "boolean"].indexOf(typeof value);
  const order = (a: TallyValue, b: TallyValue): number => {
    if (typeof a === "number" && typeof b === "number") return a - b;
    return rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0);
  };
  return new Map([...counts].sort(([a], [b]) => order(a, b)));
}

/** Numbers in their order. */
export function sorted(counts: ReadonlyMap<number, number>): ReadonlyMap<number, number> {
  return new Map([...counts].sort(([a], [b]) => a - b));
}

export function count(counts: Map<number, number>, value: number, times = 1): void {
  counts.set(value, (counts.get(value) ?? 0) + times);
}
