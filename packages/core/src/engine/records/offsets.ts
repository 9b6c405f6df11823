/** No more places are kept; with more records, every second, fourth, … of them is. */
const MOST = 2 ** 20;

/** Where records begin: of all of them, or of every so many when there are too many to keep. */
export class Offsets {
  #places = new Float64Array(64);
  #kept = 0;
  #stride = 1;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(offset: number): void {
    if (this.#count++ % this.#stride !== 0) return;
    if (this.#kept === MOST) {
      this.#thin();
      // The one to be added stands on a whole multiple of the doubled stride, as MOST is even.
    }
    if (this.#kept === this.#places.length) {
      const grown = new Float64Array(2 * this.#kept);
      grown.set(this.#places);
      this.#places = grown;
    }
    this.#places[this.#kept++] = offset;
  }

  /** The last kept place at or before a record, and which record is there. Undefined for a record that there is not. */
  before(index: number): { readonly index: number; readonly offset: number } | undefined {
    if (!(index >= 0 && index < this.#count)) return undefined;
    const kept = Math.floor(index / this.#stride);
    return { index: kept * this.#stride, offset: this.#places[kept] as number };
  }

  #thin(): void {
    this.#kept = MOST / 2;
    for (let i = 0; i < this.#kept; i++) this.#places[i] = this.#places[2 * i] as number;
    this.#stride *= 2;
  }
}
