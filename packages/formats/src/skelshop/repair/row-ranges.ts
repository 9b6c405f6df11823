/** Which stored elements belong to each row, `from[row]` up to `to[row]`. What lies between rows belongs to none. */
export interface RowRanges {
  readonly from: Float64Array;
  readonly to: Float64Array;
  /** What was wrong, in words. */
  readonly faults: readonly RowFault[];
}

export interface RowFault {
  readonly message: string;
  /** Whether stored elements belong to no row now. */
  readonly loss: boolean;
}

export interface StoredRows {
  /** Where each row starts, as far as the file says so. */
  readonly starts: ArrayLike<number>;
  /** The columns of all stored elements. */
  readonly columns: ArrayLike<number>;
}

/**
 * The rows of a matrix whose row starts may be damaged. Starts that are in order count. Between two of those, rows are told by
 * the columns, which ascend in a row, if they tell as many rows as there have to be; else what is stored there is given up.
 */
export function rowRanges({ starts, columns }: StoredRows, rows: number): RowRanges {
  const faults: RowFault[] = [];
  const ends = fittedStarts(starts, rows, columns.length, faults);
  const good = soundStarts(ends, columns.length);
  const from = new Float64Array(rows);
  const to = new Float64Array(rows);
  const first = good[0] as number;
  if (first !== 0 || ends[0] !== 0) {
    // Writing a frame twice has set all starts before it to one number.
    const at = sameAsFirst(ends, good);
    if (at === 0) {
      faults.push({ message: `the first row starts at ${ends[0]}, not at 0`, loss: false });
      ends[0] = 0;
    }
    divide({ from, to, faults }, { columns, row: 0, stop: at, start: 0, end: ends[at] as number, mayRepeat: true });
    while ((good[0] as number) < at) good.shift();
  }
  for (let index = 1; index < good.length; index++) {
    const [row, stop] = [good[index - 1] as number, good[index] as number];
    const [start, end] = [ends[row] as number, ends[stop] as number];
    if (stop > row + 1) divide({ from, to, faults }, { columns, row, stop, start, end, mayRepeat: false });
    else {
      from[row] = start;
      to[row] = end;
    }
  }
  finishLast({ from, to, faults }, { ends, good, rows, stored: columns.length });
  return { from, to, faults };
}

/** As many starts as rows and one more. */
function fittedStarts(starts: ArrayLike<number>, rows: number, stored: number, faults: RowFault[]): number[] {
  const fitted = Array.from(starts).slice(0, rows + 1);
  if (starts.length !== rows + 1)
    faults.push({ message: `${starts.length} row starts, ${rows + 1} expected`, loss: false });
  while (fitted.length < rows + 1) fitted.push(stored);
  return fitted;
}

/**
 * Indices of the starts that are in every longest choice of starts that never fall and lie among what is stored: where one of two
 * must be wrong, neither is sound.
 */
function soundStarts(ends: readonly number[], stored: number): number[] {
  const inside = ends.flatMap((start, index) =>
    Number.isInteger(start) && start >= 0 && start <= stored ? [index] : [],
  );
  const values = inside.map((index) => ends[index] as number);
  const upTo = longestUpTo(values);
  const fromHere = longestUpTo(values.map((value) => -value).reverse()).reverse();
  const longest = upTo.reduce((most, length) => Math.max(most, length), 0);
  const chosen = new Map<number, number[]>();
  for (const [at, length] of upTo.entries()) {
    if (length + (fromHere[at] as number) - 1 !== longest) continue;
    chosen.set(length, [...(chosen.get(length) ?? []), inside[at] as number]);
  }
  const sound = [...chosen.values()].flatMap((indices) => (indices.length === 1 ? indices : []));
  return sound.length === 0 ? [0] : sound.sort((a, b) => a - b);
}

/** The length of the longest choice of values that never falls and ends with each value. */
function longestUpTo(values: readonly number[]): number[] {
  /** For each length, the smallest value that such a choice can end with. */
  const tails: number[] = [];
  return values.map((value) => {
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((tails[middle] as number) <= value) low = middle + 1;
      else high = middle;
    }
    tails[low] = value;
    return low + 1;
  });
}

/** The last of the sound starts that equal the first one. */
function sameAsFirst(ends: readonly number[], good: readonly number[]): number {
  const [first = 0] = good;
  let last = first;
  for (const index of good) {
    if (ends[index] !== ends[first]) break;
    last = index;
  }
  return last;
}

interface Target {
  readonly from: Float64Array;
  readonly to: Float64Array;
  readonly faults: RowFault[];
}

interface Stretch {
  readonly columns: ArrayLike<number>;
  /** Rows `row` up to `stop` have the elements `start` up to `end`. */
  readonly row: number;
  readonly stop: number;
  readonly start: number;
  readonly end: number;
  /** Whether the last row may be stored twice, the first time in front of `end`. */
  readonly mayRepeat: boolean;
}

function divide(target: Target, { columns, row, stop, start, end, mayRepeat }: Stretch): void {
  if (row === stop) return;
  const bounds = ascendingRuns(columns, start, end);
  const runs = bounds.length - 1;
  const count = stop - row;
  const where = count === 1 ? `row ${row}` : `rows ${row} to ${stop - 1}`;
  const isTold = start === end || count === 1 || runs === count;
  const isRepeated = mayRepeat && runs === count + 1;
  for (let index = 0; index < count; index++) {
    const isSingle = count === 1 && !isRepeated;
    const known = runs === count || isRepeated;
    target.from[row + index] = isSingle || !known ? start : (bounds[index] as number);
    target.to[row + index] = isSingle ? end : known ? (bounds[index + 1] as number) : start;
  }
  if (isRepeated)
    target.faults.push({
      message: `starts of ${where} were overwritten when a frame was written twice; the columns tell them`,
      loss: true,
    });
  else if (isTold)
    target.faults.push({ message: `starts of ${where} are damaged; the columns tell them`, loss: false });
  else
    target.faults.push({ message: `starts of ${where} are damaged; what they hold cannot be told apart`, loss: true });
}

/** Where the columns between `start` and `end` begin to ascend anew, with both. */
function ascendingRuns(columns: ArrayLike<number>, start: number, end: number): number[] {
  const bounds = [start];
  for (let index = start + 1; index < end; index++)
    if ((columns[index] as number) <= (columns[index - 1] as number)) bounds.push(index);
  if (end > start) bounds.push(end);
  return bounds;
}

interface Ending {
  readonly ends: readonly number[];
  readonly good: readonly number[];
  readonly rows: number;
  readonly stored: number;
}

/** Rows behind the last sound start, and elements behind the last row. */
function finishLast({ from, to, faults }: Target, { ends, good, rows, stored }: Ending): void {
  const last = good.at(-1) as number;
  const end = ends[last] as number;
  if (last < rows) {
    // Nothing says where these end: the first of them takes what is left only if it is the only one.
    from.fill(stored, last);
    to.fill(stored, last);
    if (rows - last === 1) from[last] = end;
    const loss = rows - last > 1 && end < stored;
    faults.push({ message: `ends of the rows from ${last} on are damaged`, loss });
  } else if (end < stored) {
    faults.push({ message: `${stored - end} stored keypoints belong to no row`, loss: true });
  }
}
