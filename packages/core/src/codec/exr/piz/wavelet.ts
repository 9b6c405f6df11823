/** A plane of 16-bit numbers inside a longer array, which is changed in place. */
export interface Plane {
  readonly data: Uint16Array;
  readonly start: number;
  readonly columns: number;
  readonly rows: number;
  /** Steps to the next column and to the next row. */
  readonly columnStep: number;
  readonly rowStep: number;
}

/** Up to this many different numbers sums and differences need no modulo: they stay within 16 bits. */
const FEW = 1 << 14;

/** The two-dimensional Haar wavelet of PIZ. `numbers` is how many different ones the plane may have. */
export function encodeWavelet(plane: Plane, numbers: number): void {
  const pair = numbers <= FEW ? encodeFew : encodeMany;
  const shorter = Math.min(plane.columns, plane.rows);
  for (let step = 1; 2 * step <= shorter; step *= 2) {
    encodeLevel(plane, step, pair);
  }
}

/** The inverse of {@link encodeWavelet}. */
export function decodeWavelet(plane: Plane, numbers: number): void {
  const level = numbers <= FEW ? decodeFewLevel : decodeManyLevel;
  const shorter = Math.min(plane.columns, plane.rows);
  let step = 1;
  while (2 * step <= shorter) step *= 2;
  for (step /= 2; step >= 1; step /= 2) level(plane, step);
}

/** Replaces the numbers at `a` and `b` by their mean and their difference. */
type Pair = (data: Uint16Array, a: number, b: number) => void;

function encodeFew(data: Uint16Array, a: number, b: number): void {
  const first = signed(data[a] as number);
  const second = signed(data[b] as number);
  data[a] = (first + second) >> 1;
  data[b] = first - second;
}

function encodeMany(data: Uint16Array, a: number, b: number): void {
  const first = ((data[a] as number) + 0x8000) & 0xffff;
  const difference = first - (data[b] as number);
  const mean = (first + (data[b] as number)) >> 1;
  data[a] = difference < 0 ? mean + 0x8000 : mean;
  data[b] = difference;
}

function signed(value: number): number {
  return (value << 16) >> 16;
}

function encodeLevel(plane: Plane, step: number, pair: Pair): void {
  const { data, start, columns, rows } = plane;
  const right = step * plane.columnStep;
  const down = step * plane.rowStep;
  for (let y = 0, line = start; y + 2 * step <= rows; y += 2 * step, line += 2 * down) {
    let at = line;
    for (let x = 0; x + 2 * step <= columns; x += 2 * step, at += 2 * right) {
      pair(data, at, at + right);
      pair(data, at + down, at + down + right);
      pair(data, at, at + down);
      pair(data, at + right, at + down + right);
    }
    if (columns & step) pair(data, at, at + down);
  }
  if ((rows & step) === 0) return;
  let at = start + (rows & ~(2 * step - 1)) * plane.rowStep;
  for (let x = 0; x + 2 * step <= columns; x += 2 * step, at += 2 * right) pair(data, at, at + right);
}

/**
 * The loops of the two decoders are spelt out, since calls in them cost half the time. For odd sizes the last column and
 * the last row of a level have pairs along one axis only.
 */
function decodeFewLevel(plane: Plane, step: number): void {
  const { data, start, columns, rows } = plane;
  const right = step * plane.columnStep;
  const down = step * plane.rowStep;
  for (let y = 0, line = start; y + 2 * step <= rows; y += 2 * step, line += 2 * down) {
    let at = line;
    for (let x = 0; x + 2 * step <= columns; x += 2 * step, at += 2 * right) {
      const below = signed(data[at + down] as number);
      const corner = signed(data[at + down + right] as number);
      const top = signed(signed(data[at] as number) + (below & 1) + (below >> 1));
      const other = signed(signed(data[at + right] as number) + (corner & 1) + (corner >> 1));
      const bottom = signed(top - below);
      const difference = signed(other - corner);
      const first = top + (other & 1) + (other >> 1);
      const third = bottom + (difference & 1) + (difference >> 1);
      data[at] = first;
      data[at + right] = first - other;
      data[at + down] = third;
      data[at + down + right] = third - difference;
    }
    if (columns & step) decodeFew(data, at, at + down);
  }
  if ((rows & step) === 0) return;
  let at = start + (rows & ~(2 * step - 1)) * plane.rowStep;
  for (let x = 0; x + 2 * step <= columns; x += 2 * step, at += 2 * right) decodeFew(data, at, at + right);
}

function decodeFew(data: Uint16Array, a: number, b: number): void {
  const difference = signed(data[b] as number);
  const first = signed(data[a] as number) + (difference & 1) + (difference >> 1);
  data[a] = first;
  data[b] = first - difference;
}

function decodeManyLevel(plane: Plane, step: number): void {
  const { data, start, columns, rows } = plane;
  const right = step * plane.columnStep;
  const down = step * plane.rowStep;
  for (let y = 0, line = start; y + 2 * step <= rows; y += 2 * step, line += 2 * down) {
    let at = line;
    for (let x = 0; x + 2 * step <= columns; x += 2 * step, at += 2 * right) {
      const below = data[at + down] as number;
      const corner = data[at + down + right] as number;
      const bottom = ((data[at] as number) - (below >> 1)) & 0xffff;
      const top = (below + bottom - 0x8000) & 0xffff;
      const difference = ((data[at + right] as number) - (corner >> 1)) & 0xffff;
      const other = (corner + difference - 0x8000) & 0xffff;
      const second = (top - (other >> 1)) & 0xffff;
      const fourth = (bottom - (difference >> 1)) & 0xffff;
      data[at] = other + second - 0x8000;
      data[at + right] = second;
      data[at + down] = difference + fourth - 0x8000;
      data[at + down + right] = fourth;
    }
    if (columns & step) decodeMany(data, at, at + down);
  }
  if ((rows & step) === 0) return;
  let at = start + (rows & ~(2 * step - 1)) * plane.rowStep;
  for (let x = 0; x + 2 * step <= columns; x += 2 * step, at += 2 * right) decodeMany(data, at, at + right);
}

function decodeMany(data: Uint16Array, a: number, b: number): void {
  const difference = data[b] as number;
  const second = ((data[a] as number) - (difference >> 1)) & 0xffff;
  data[b] = second;
  data[a] = difference + second - 0x8000;
}
