import type { Numbered } from "./seen.js";

/** Names that are alike but for a number in them, in the order of the numbers. */
export interface Family {
  readonly rule: Numbered;
  readonly names: readonly string[];
}

interface Numeral {
  readonly name: string;
  readonly prefix: string;
  readonly digits: string;
  readonly suffix: string;
}

/** Numbers beyond that are no positions; dates and times written together are. */
const MOST_DIGITS = 15;

/**
 * Families of at least `least` names. Of several numbers in a name that one counts which most other names share; what
 * stands behind the last dot is no number. Names whose digits do not follow one rule (`1`, `02`) are none.
 */
export function familiesOf(names: readonly string[], least: number): readonly Family[] {
  const groups = new Map<string, Numeral[]>();
  const keyOf = ({ prefix, suffix }: Numeral): string => `${prefix}\0${suffix}`;
  const all = names.map((name) => numeralsOf(name));
  for (const numeral of all.flat()) groups.set(keyOf(numeral), [...(groups.get(keyOf(numeral)) ?? []), numeral]);
  const sizeOf = (numeral: Numeral): number => groups.get(keyOf(numeral))?.length ?? 0;
  const chosen = new Map<string, Numeral[]>();
  for (const numerals of all) {
    // The last of those that are shared by as many.
    const best = numerals.reduce<Numeral | undefined>(
      (found, one) => (found && sizeOf(found) > sizeOf(one) ? found : one),
      undefined,
    );
    if (best) chosen.set(keyOf(best), [...(chosen.get(keyOf(best)) ?? []), best]);
  }
  return [...chosen.values()].flatMap((group) => (group.length < least ? [] : (familyOf(group) ?? [])));
}

function numeralsOf(name: string): Numeral[] {
  const dot = name.lastIndexOf(".");
  const stem = dot > 0 && /^\.[a-z][a-z0-9]*$/i.test(name.slice(dot)) ? name.slice(0, dot) : name;
  return [...stem.matchAll(/[0-9]+/g)]
    .filter(([digits]) => digits.length <= MOST_DIGITS)
    .map((match) => ({
      name,
      prefix: name.slice(0, match.index),
      digits: match[0],
      suffix: name.slice(match.index + match[0].length),
    }));
}

function familyOf(group: readonly Numeral[]): Family | undefined {
  const [first] = group;
  if (!first) return undefined;
  const shortest = Math.min(...group.map(({ digits }) => digits.length));
  const isPadded = group.some(({ digits }) => digits.length > 1 && digits.startsWith("0"));
  const pad = isPadded ? shortest : 0;
  if (group.some(({ digits }) => digits !== String(Number(digits)).padStart(pad, "0"))) return undefined;
  const sorted = [...group].sort((a, b) => Number(a.digits) - Number(b.digits));
  const numbers = sorted.map(({ digits }) => Number(digits));
  const lowest = numbers[0] as number;
  // Other files of this kind begin elsewhere.
  const from = lowest <= 1 ? lowest : 0;
  const gaps = (numbers.at(-1) as number) - from >= numbers.length;
  const { prefix, suffix } = first;
  return { rule: { prefix, suffix, from, pad, gaps }, names: sorted.map(({ name }) => name) };
}

/** Several names, or one that looks like the first of them: `shot0`, `camera_1`. */
export function isFamily({ names, rule }: Family): boolean {
  return names.length > 1 || (rule.suffix === "" && !rule.gaps);
}

/** What a list of such names is called: `shot0`, `shot1` are `shots`. */
export function pluralOf({ prefix, suffix }: Numbered): string {
  const stem = [prefix, suffix.replace(/\.[^.]*$/, "")]
    .map((part) => part.replaceAll(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, ""))
    .filter((part) => part !== "")
    .join("_");
  if (stem === "") return "items";
  return /(?:s|x|ch|sh)$/i.test(stem) ? `${stem}es` : `${stem}s`;
}

/** `key`, or the same with a number behind it, where that is taken already. */
export function freeKey(key: string, taken: (key: string) => boolean): string {
  let free = key;
  for (let count = 2; taken(free); count++) free = `${key}_${count}`;
  return free;
}
