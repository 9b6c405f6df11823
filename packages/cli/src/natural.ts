/** Order in which numbers inside of names count as numbers: `take_2` before `take_10`. The same everywhere. */
export function naturally(a: string, b: string): number {
  const [these, those] = [a.match(PARTS) ?? [], b.match(PARTS) ?? []];
  for (let at = 0; at < Math.min(these.length, those.length); at++) {
    const order = compareParts(these[at] as string, those[at] as string);
    if (order !== 0) return order;
  }
  return these.length - those.length || compareTexts(a, b);
}

const PARTS = /\d+|\D+/g;

function compareParts(a: string, b: string): number {
  if (!/^\d/.test(a) || !/^\d/.test(b)) return compareTexts(a, b);
  const [m, n] = [a.replace(/^0+/, ""), b.replace(/^0+/, "")];
  return m.length - n.length || compareTexts(m, n);
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
