const METRES: Readonly<Record<string, number>> = { m: 1, cm: 0.01, mm: 0.001 };

/** What a length is multiplied by to be in another unit; undefined where one is no length of space. */
export function factorBetween(from: string, to: string): number | undefined {
  if (from === to) return 1;
  if (from === "mm" && to === "m") return 1 / 1000;
  if (from === "m" && to === "mm") return 1000;
  return METRES[from] !== undefined && METRES[to] !== undefined ? METRES[from] / METRES[to] : undefined;
}
