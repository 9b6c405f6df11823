/** Bytes of a map with one bit for each 16-bit value. */
export const BITMAP_BYTES: number = 65536 >> 3;

/** Which values there are, numbered without gaps. Zero always is one, and has no bit. */
export interface ValueRange {
  readonly bitmap: Uint8Array;
  /** First and last byte of the map that is not zero; the first is behind the last when all are. */
  readonly first: number;
  readonly last: number;
}

export function rangeOf(values: Uint16Array): ValueRange {
  const bitmap = new Uint8Array(BITMAP_BYTES);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    bitmap[value >> 3] = (bitmap[value >> 3] as number) | (1 << (value & 7));
  }
  bitmap[0] = (bitmap[0] as number) & ~1;
  let first = 0;
  while (first < BITMAP_BYTES - 1 && bitmap[first] === 0) first++;
  let last = BITMAP_BYTES - 1;
  while (last > 0 && bitmap[last] === 0) last--;
  return { bitmap, first, last };
}

/** The values of a map in ascending order, zero first: entry n is the value with number n. */
export function valuesOf(bitmap: Uint8Array): Uint16Array {
  const values = new Uint16Array(65536);
  let count = 1;
  for (let byte = 0; byte < BITMAP_BYTES; byte++) {
    const bits = bitmap[byte] as number;
    for (let bit = 0; bits >> bit !== 0; bit++) {
      const value = 8 * byte + bit;
      if ((bits >> bit) & 1 && value > 0) values[count++] = value;
    }
  }
  return values.subarray(0, count);
}

/** Replaces values by their numbers. */
export function toNumbers(data: Uint16Array, values: Uint16Array): void {
  const numbers = new Uint16Array(65536);
  for (let i = 0; i < values.length; i++) numbers[values[i] as number] = i;
  for (let i = 0; i < data.length; i++) data[i] = numbers[data[i] as number] as number;
}

/** Replaces numbers by their values; false when there is one that has none. */
export function toValues(data: Uint16Array, values: Uint16Array): boolean {
  let greatest = 0;
  for (let i = 0; i < data.length; i++) {
    const number = data[i] as number;
    if (number > greatest) greatest = number;
    data[i] = values[number] as number;
  }
  return greatest < values.length;
}
