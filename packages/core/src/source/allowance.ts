/**
 * How much more than its own bytes a file may take in memory before it counts as an attack. Honest data shrinks by
 * compression, packing and sharing, rarely to a hundredth; what does shrink further is small, or asked for by name
 * (`maxLoadBytes`).
 */
export const MAX_GROWTH = 100;

/** Whatever a file says, this many bytes are harmless. */
export const HARMLESS: number = 48 * 2 ** 20;

/** Bytes that may be made of `stored` ones. */
export function allowedFrom(stored: number): number {
  return Math.max(HARMLESS, MAX_GROWTH * stored);
}
