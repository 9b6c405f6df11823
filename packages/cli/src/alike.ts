/** The one of `names` that was most likely meant by `name`; undefined where none is much like it. */
export function alike(name: string, names: readonly string[]): string | undefined {
  const wanted = name.toLowerCase();
  let best: { readonly name: string; readonly far: number } | undefined;
  for (const candidate of names.slice(0, MOST_NAMES)) {
    const far = distance(wanted, candidate.toLowerCase());
    if (!best || far < best.far) best = { name: candidate, far };
  }
  // Of a short name little can be wrong before it is another one.
  return best && best.far <= Math.max(1, Math.floor(wanted.length / 3)) ? best.name : undefined;
}

/** Names of a file are as many and as long as whoever wrote it pleased. */
const MOST_NAMES = 10_000;
const LONGEST = 100;

/** How many signs have to be put in, taken away, replaced or swapped to make one text of the other. */
function distance(a: string, b: string): number {
  if (a.length > LONGEST || b.length > LONGEST) return a === b ? 0 : Number.POSITIVE_INFINITY;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(
        (last[j] as number) + 1,
        (row[j - 1] as number) + 1,
        (last[j - 1] as number) + same,
        swapped ? (before[j - 2] as number) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    before = last;
    last = row;
  }
  return last[b.length] as number;
}
