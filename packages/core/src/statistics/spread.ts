/** How numbers lie: their extent, mean and median, and how many are in each tenth of the extent of the histogram. */
export interface Spread {
  readonly items: number;
  readonly smallest: number;
  readonly largest: number;
  readonly mean: number;
  /** To a thousandth of the largest number, where there are more than 256 different ones. */
  readonly median: number;
  /** Ten ranges of equal width from 0 to `to`. */
  readonly histogram: { readonly to: number; readonly counts: readonly number[] };
}

const MOST_EXACT = 256;
/** A power of two times the ten bars of a histogram, so that pairs of bins can be joined. */
const BINS = 1280;
const BARS = 10;

/** Gathers numbers from 0 on without keeping them. */
export class SpreadCounts {
  #exact: Map<number, number> | undefined = new Map();
  #bins = new Float64Array(BINS);
  /** The bins go from 0 to here. */
  #to = 1;
  /** Numbers that are just that: they are in the last bin as long as there are no larger ones. */
  #atTop = 0;
  #items = 0;
  #sum = 0;
  #smallest = Number.POSITIVE_INFINITY;
  #largest = Number.NEGATIVE_INFINITY;

  /** Takes a finite number that is not negative. */
  add(value: number): void {
    this.#items++;
    this.#sum += value;
    if (value < this.#smallest) this.#smallest = value;
    if (value > this.#largest) this.#largest = value;
    this.#bin(value);
    const exact = this.#exact;
    if (!exact) return;
    exact.set(value, (exact.get(value) ?? 0) + 1);
    if (exact.size > MOST_EXACT) this.#exact = undefined;
  }

  #bin(value: number): void {
    while (value > this.#to) this.#double();
    if (value === this.#to) this.#atTop++;
    else this.#put(Math.floor((value / this.#to) * BINS), 1);
  }

  #put(bin: number, times: number): void {
    this.#bins[bin] = (this.#bins[bin] as number) + times;
  }

  #double(): void {
    const bins = new Float64Array(BINS);
    for (let at = 0; at < BINS; at++) bins[at >> 1] = (bins[at >> 1] as number) + (this.#bins[at] as number);
    this.#bins = bins;
    this.#to *= 2;
    this.#put(BINS / 2, this.#atTop);
    this.#atTop = 0;
  }

  /** Undefined without any number. */
  get value(): Spread | undefined {
    if (this.#items === 0) return undefined;
    const counts = Array.from({ length: BARS }, (_, bar) => {
      const width = BINS / BARS;
      const inside = this.#bins.subarray(bar * width, (bar + 1) * width).reduce((sum, count) => sum + count, 0);
      return inside + (bar === BARS - 1 ? this.#atTop : 0);
    });
    return {
      items: this.#items,
      smallest: this.#smallest,
      largest: this.#largest,
      mean: this.#sum / this.#items,
      median: this.#exact ? medianOf(this.#exact, this.#items) : this.#binnedMedian(),
      histogram: { to: this.#to, counts },
    };
  }

  #binnedMedian(): number {
    let seen = 0;
    const bin = this.#bins.findIndex((count) => {
      seen += count;
      return seen * 2 >= this.#items;
    });
    if (bin < 0) return this.#to;
    const middle = ((bin + 0.5) / BINS) * this.#to;
    return Math.min(this.#largest, Math.max(this.#smallest, middle));
  }
}

/** The lower of the two in the middle, where there are two. */
function medianOf(counts: ReadonlyMap<number, number>, items: number): number {
  let seen = 0;
  for (const [value, count] of [...counts].sort(([a], [b]) => a - b)) {
    seen += count;
    if (seen * 2 >= items) return value;
  }
  return Number.NaN;
}
