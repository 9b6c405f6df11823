/**
 * The smallest numeric type that holds the values of both, as numpy promotes them: `|b1`, `<i2`, `<f4`, … without byte
 * order (`i2`). `undefined` when one of them is no number.
 */
export function promote(a: string, b: string): string | undefined {
  if (a === b) return NUMBER.test(a) ? a : undefined;
  if (!NUMBER.test(a) || !NUMBER.test(b)) return undefined;
  const [low, high] = [parse(a), parse(b)].sort((x, y) => RANK.indexOf(x.kind) - RANK.indexOf(y.kind)) as [Code, Code];
  if (low.kind === "b") return high.kind + high.size;
  if (high.kind === "c") {
    const part = low.kind === "c" ? low.size / 2 : floatFor(low);
    return `c${Math.max(high.size, 2 * Math.max(4, part))}`;
  }
  if (high.kind === "f") return `f${Math.max(high.size, floatFor(low))}`;
  if (low.kind === high.kind) return low.kind + Math.max(low.size, high.size);
  // Signed and unsigned: the signed type must be the wider one.
  if (low.size > high.size) return `i${low.size}`;
  return high.size === 8 ? "f8" : `i${2 * high.size}`;
}

interface Code {
  readonly kind: "b" | "i" | "u" | "f" | "c";
  readonly size: number;
}

const NUMBER = /^(?:b1|[iu][1248]|f[248]|c(?:8|16))$/;
const RANK = ["b", "i", "u", "f", "c"];

function parse(code: string): Code {
  return { kind: code[0] as Code["kind"], size: Number(code.slice(1)) };
}

/** Size of the float that numpy takes for a type. */
function floatFor({ kind, size }: Code): number {
  return kind === "f" ? size : Math.min(8, 2 * size);
}
