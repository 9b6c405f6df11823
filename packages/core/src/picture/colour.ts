/** A colour of sRGB, each part from 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

const BLACK: Colour = [0, 0, 0];
export const WHITE: Colour = [255, 255, 255];
const GREY: Colour = [128, 128, 128];

const NAMES: ReadonlyMap<string, Colour> = new Map<string, Colour>([
  ["black", BLACK],
  ["white", WHITE],
  ["grey", GREY],
  ["gray", GREY],
]);

/** `#rgb`, `#rrggbb`, `black`, `white` or `grey`; undefined for any other text. */
export function parseColour(text: string): Colour | undefined {
  const name = text.trim().toLowerCase();
  const digits = /^#([0-9a-f]{6}|[0-9a-f]{3})$/.exec(name)?.[1];
  if (digits === undefined) return NAMES.get(name);
  const long = digits.length === 6 ? digits : [...digits].map((digit) => digit + digit).join("");
  const part = (at: number): number => Number.parseInt(long.slice(at, at + 2), 16);
  return [part(0), part(2), part(4)];
}

/** The colour as CSS has it, as short as that goes. */
export function hexOf(colour: Colour): string {
  const parts = colour.map((part) =>
    Math.min(255, Math.max(0, Math.round(part) || 0))
      .toString(16)
      .padStart(2, "0"),
  );
  const short = parts.every(([high, low]) => high === low);
  return `#${(short ? parts.map(([high]) => high) : parts).join("")}`;
}

/** The colour at `share` of the way from one to another. */
export function mixed(from: Colour, to: Colour, share: number): Colour {
  const part = (at: 0 | 1 | 2): number => Math.round(from[at] + (to[at] - from[at]) * share);
  return [part(0), part(1), part(2)];
}

/** Whether black is easier to read on the colour than white. */
export function isLight([red, green, blue]: Colour): boolean {
  return 0.299 * red + 0.587 * green + 0.114 * blue > 140;
}

/** Colours that people with any kind of colour vision tell apart (Okabe and Ito 2008), for people and parts of bodies. */
const DISTINCT: readonly Colour[] = [
  [0, 114, 178],
  [213, 94, 0],
  [0, 158, 115],
  [204, 121, 167],
  [230, 159, 0],
  [86, 180, 233],
  [148, 103, 189],
  [140, 86, 75],
];

/** The colour of the item at `index`; the ninth has that of the first. */
export function distinctColour(index: number): Colour {
  return DISTINCT[index % DISTINCT.length] as Colour;
}
