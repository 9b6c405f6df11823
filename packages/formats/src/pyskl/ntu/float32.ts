/** Sums and comparisons in the order and precision in which numpy and Python make them, to get the same bits. */

const { fround } = Math;

/**
 * `np.sum(np.var(points, axis=0))` of the rows of three among `points`: sums go down the rows one after the other, every
 * step is rounded to float32.
 */
export function spreadOf(points: Float32Array): number {
  const count = points.length / 3;
  const sums = columnSums(points, 0, 0, 0, false);
  const divisor = fround(count);
  const [x, y, z] = sums.map((sum) => fround(sum / divisor)) as [number, number, number];
  const [a, b, c] = columnSums(points, x, y, z, true).map((sum) => fround(sum / divisor)) as [number, number, number];
  return fround(fround(a + b) + c);
}

/** Sums of each column, of its squared distances to x, y, z when `squared`. */
function columnSums(points: Float32Array, x: number, y: number, z: number, squared: boolean): readonly number[] {
  let [a, b, c] = [0, 0, 0];
  for (let at = 0; at < points.length; at += 3) {
    const u = fround((points[at] as number) - x);
    const v = fround((points[at + 1] as number) - y);
    const w = fround((points[at + 2] as number) - z);
    a = fround(a + (squared ? fround(u * u) : u));
    b = fround(b + (squared ? fround(v * v) : v));
    c = fround(c + (squared ? fround(w * w) : w));
  }
  return [a, b, c];
}

/** Elements that numpy sums in one go. */
const BLOCK = 128;

/** `np.sum(np.abs(values))` of values that lie one behind the other: by halves, and in eight lanes below that. */
export function magnitude(values: Float32Array): number {
  const { length } = values;
  if (length > BLOCK) {
    const half = (length >> 1) - ((length >> 1) % 8);
    return fround(magnitude(values.subarray(0, half)) + magnitude(values.subarray(half)));
  }
  const whole = length < 8 ? 0 : length - (length % 8);
  let sum = 0;
  if (whole > 0) {
    const lanes = new Float32Array(8);
    for (let at = 0; at < whole; at++) lanes[at % 8] = (lanes[at % 8] as number) + Math.abs(values[at] as number);
    const [a, b, c, d, e, f, g, h] = lanes as unknown as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const left = fround(fround(a + b) + fround(c + d));
    sum = fround(left + fround(fround(e + f) + fround(g + h)));
  }
  for (let at = whole; at < length; at++) sum = fround(sum + Math.abs(values[at] as number));
  return sum;
}

/** Lists below this length Python sorts by insertion alone. */
const MIN_MERGE = 64;

/**
 * `list.sort` of CPython by ascending `keyOf`. Keys that are NaN are smaller than nothing and greater than nothing, so
 * where they end up depends on what is compared with what: short lists are sorted as CPython does, by binary insertion
 * behind the run that they begin with.
 */
export function sortedAsPython<T>(items: readonly T[], keyOf: (item: T) => number): T[] {
  if (items.length >= MIN_MERGE || !items.some((item) => Number.isNaN(keyOf(item))))
    return [...items].sort((a, b) => keyOf(a) - keyOf(b) || 0);
  const run = firstRun(items.map(keyOf));
  const sorted = items.slice(0, run.length);
  if (run.descending) sorted.reverse();
  for (const item of items.slice(run.length)) {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (keyOf(item) < keyOf(sorted[middle] as T)) high = middle;
      else low = middle + 1;
    }
    sorted.splice(low, 0, item);
  }
  return sorted;
}

/** How many keys at the start ascend, or strictly descend. */
function firstRun(keys: readonly number[]): { readonly length: number; readonly descending: boolean } {
  const falls = (at: number): boolean => (keys[at] as number) < (keys[at - 1] as number);
  if (keys.length < 2) return { length: keys.length, descending: false };
  const descending = falls(1);
  let length = 2;
  while (length < keys.length && falls(length) === descending) length++;
  return { length, descending };
}
