import type { SignedAxis } from "../../layout/layout.js";
import type { NdArray } from "../../ndarray/ndarray.js";

/** Directions of coordinates. */
export interface Directions {
  readonly up?: SignedAxis | undefined;
  readonly forward?: SignedAxis | undefined;
}

/** For each coordinate of the target the one of the source that it is, and its sign. */
export type Turn = readonly (readonly [from: number, sign: 1 | -1])[];

type Vector = readonly [number, number, number];

const AHEAD: Readonly<Record<string, SignedAxis>> = { "-y": "z", y: "-z" };

/** The turn from one right-handed system to another; undefined where one of them is not told, or when nothing turns. */
export function turnBetween(from: Directions, to: Directions): Turn | undefined {
  const [source, target] = [basis(from), basis(to)];
  if (!source || !target) return undefined;
  const turn = [0, 1, 2].map((axis): readonly [number, 1 | -1] => {
    // What each coordinate of the target is in right, up, forward, and so in the source.
    const along = target.findIndex((vector) => vector[axis] !== 0);
    const vector = source[along] as Vector;
    const at = vector.findIndex((part) => part !== 0);
    return [at, ((vector[at] as number) * ((target[along] as Vector)[axis] as number)) as 1 | -1];
  });
  return turn.every(([axis, sign], index) => axis === index && sign === 1) ? undefined : turn;
}

/** The packed coordinates of positions (…, 3), turned. */
export function turned(positions: NdArray<"float64">, turn: Turn): Float64Array {
  const { data } = positions;
  return Float64Array.from(data, (_, at) => {
    const [from, sign] = turn[at % 3] as Turn[number];
    // No negative zeros where there are none.
    return (data[at - (at % 3) + from] as number) * sign + 0;
  });
}

/** Right, up and forward as coordinates. */
function basis({ up, forward }: Directions): readonly [Vector, Vector, Vector] | undefined {
  if (up === undefined) return undefined;
  const ahead = forward ?? AHEAD[up] ?? "y";
  const [u, f] = [vectorOf(up), vectorOf(ahead)];
  const right: Vector = [f[1] * u[2] - f[2] * u[1], f[2] * u[0] - f[0] * u[2], f[0] * u[1] - f[1] * u[0]];
  return right.some((part) => part !== 0) ? [right, u, f] : undefined;
}

function vectorOf(axis: SignedAxis): Vector {
  const sign = axis.startsWith("-") ? -1 : 1;
  const at = "xyz".indexOf(axis.at(-1) as string);
  return [0, 1, 2].map((index) => (index === at ? sign : 0)) as unknown as Vector;
}
