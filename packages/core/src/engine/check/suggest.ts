/** "did you mean …?" for a key that differs in one or two characters. */
export function nearest(key: string, known: readonly string[]): string | undefined {
  const close = known.find((name) => name !== key && distance(name, key) <= (key.length > 4 ? 2 : 1));
  return close === undefined ? undefined : `did you mean ${close}?`;
}

/** Levenshtein distance of two short names. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2 || a.length > 100) return 3;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
