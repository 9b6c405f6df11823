/** The best of five ways to say a line by the bytes before it and above it, chosen anew for each line. */
const FILTERS = 5;

/**
 * Filters the lines of an image, each of `lineBytes` bytes: before each stands which filter it has, the one whose
 * differences are smallest in sum. `pixelBytes` is how far back the same sample of the pixel before is.
 */
export function filterLines(raw: Uint8Array, lineBytes: number, pixelBytes: number): Uint8Array {
  const lines = raw.byteLength / lineBytes;
  const out = new Uint8Array(lines * (1 + lineBytes));
  // Zeros stand for what is left of the first pixel and above the first line.
  const above = new Uint8Array(pixelBytes + lineBytes);
  const line = new Uint8Array(pixelBytes + lineBytes);
  const tries = Array.from({ length: FILTERS }, () => new Uint8Array(lineBytes));
  for (let y = 0; y < lines; y++) {
    line.set(raw.subarray(y * lineBytes, (y + 1) * lineBytes), pixelBytes);
    const best = tryAll(line, above, pixelBytes, tries);
    out[y * (1 + lineBytes)] = best;
    out.set(tries[best] as Uint8Array, y * (1 + lineBytes) + 1);
    above.set(line);
  }
  return out;
}

/** Fills `tries`, in the order of the filters' numbers: none, left, above, mean, Paeth. Returns the best. */
function tryAll(line: Uint8Array, above: Uint8Array, pixelBytes: number, tries: readonly Uint8Array[]): number {
  const [none, left, up, mean, paeth] = tries as [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  let [sumNone, sumLeft, sumUp, sumMean, sumPaeth] = [0, 0, 0, 0, 0];
  for (let i = 0; i < none.length; i++) {
    const byte = line[i + pixelBytes] as number;
    const a = line[i] as number;
    const b = above[i + pixelBytes] as number;
    const c = above[i] as number;
    none[i] = byte;
    left[i] = byte - a;
    up[i] = byte - b;
    mean[i] = byte - ((a + b) >> 1);
    paeth[i] = byte - nearest(a, b, c);
    sumNone += size(byte);
    sumLeft += size(left[i] as number);
    sumUp += size(up[i] as number);
    sumMean += size(mean[i] as number);
    sumPaeth += size(paeth[i] as number);
  }
  const sums = [sumNone, sumLeft, sumUp, sumMean, sumPaeth];
  return sums.indexOf(Math.min(...sums));
}

/** How far a difference is from zero. */
function size(difference: number): number {
  return difference < 128 ? difference : 256 - difference;
}

/** Which of left, above and above left is nearest to left + above - above left. */
function nearest(left: number, above: number, corner: number): number {
  const a = Math.abs(above - corner);
  const b = Math.abs(left - corner);
  const c = Math.abs(left + above - 2 * corner);
  if (a <= b && a <= c) return left;
  return b <= c ? above : corner;
}
