import type { Canvas, Region } from "./canvas.js";

/** Pixels to be drawn into a rectangle. */
export interface Stretched {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
  readonly columns: number;
  readonly lines: number;
  readonly crisp: boolean;
}

/**
 * Draws pixels into a rectangle: the mean of those that become one pixel where they get smaller; where they get larger, squares if
 * crisp, else what is between the four around. Pixels whose centre is outside of the rectangle stay as they are.
 */
export function drawImage(canvas: Canvas, region: Region, image: Stretched, opacity: number): void {
  const { x, y, width, height, columns, lines } = image;
  if (!(width > 0 && height > 0 && columns > 0 && lines > 0)) return;
  const left = Math.max(region.left, Math.ceil(x - 0.5));
  const right = Math.min(region.right, Math.ceil(x + width - 0.5));
  const top = Math.max(region.top, Math.ceil(y - 0.5));
  const bottom = Math.min(region.bottom, Math.ceil(y + height - 0.5));
  if (left >= right) return;
  const across = Array.from({ length: right - left }, (_, i) =>
    weightsAt(left + i - x, columns / width, columns, image.crisp),
  );
  const sums = new Float64Array(4);
  for (let line = top; line < bottom; line++) {
    const down = weightsAt(line - y, lines / height, lines, image.crisp);
    for (let at = left; at < right; at++) {
      sumOf(image, across[at - left] as Weights, down, sums);
      const [red = 0, green = 0, blue = 0, alpha = 0] = sums;
      if (alpha > 0) canvas.blend(at, line, red / alpha, green / alpha, blue / alpha, (alpha / 255) * opacity);
    }
  }
}

/** Which samples along one axis a pixel is made of: from `first` on, so much of each; together 1. */
interface Weights {
  readonly first: number;
  readonly shares: readonly number[];
}

/** For the pixel that begins at `from`, where each pixel is `step` samples. */
function weightsAt(from: number, step: number, count: number, crisp: boolean): Weights {
  const clamp = (index: number): number => Math.min(count - 1, Math.max(0, index));
  if (step <= 1) {
    const middle = (from + 0.5) * step;
    if (crisp) return { first: clamp(Math.floor(middle)), shares: [1] };
    const first = clamp(Math.floor(middle - 0.5));
    const share = Math.min(1, Math.max(0, middle - 0.5 - first));
    return { first, shares: first === count - 1 ? [1] : [1 - share, share] };
  }
  const [start, stop] = [Math.min(count, Math.max(0, from * step)), Math.min(count, Math.max(0, (from + 1) * step))];
  if (stop <= start) return { first: clamp(Math.floor(start)), shares: [1] };
  const first = Math.floor(start);
  const shares: number[] = [];
  for (let sample = first; sample < stop; sample++)
    shares.push((Math.min(stop, sample + 1) - Math.max(start, sample)) / (stop - start));
  return { first, shares };
}

/** Weighted sums: of the colours times alpha, and of alpha. */
function sumOf({ pixels, columns }: Stretched, across: Weights, down: Weights, sums: Float64Array): void {
  sums.fill(0);
  for (let i = 0; i < down.shares.length; i++) {
    for (let j = 0; j < across.shares.length; j++) {
      const at = 4 * ((down.first + i) * columns + across.first + j);
      const alpha = (pixels[at + 3] as number) * (down.shares[i] as number) * (across.shares[j] as number);
      for (let part = 0; part < 3; part++) sums[part] = (sums[part] as number) + (pixels[at + part] as number) * alpha;
      sums[3] = (sums[3] as number) + alpha;
    }
  }
}
