import { FormatError } from "../../errors.js";

/**
 * What becomes of entries that have one name: `error` throws, `first` and `last` keep one of them, `renumber` keeps all and
 * counts on in the names of later ones.
 */
export type EntryDuplicates = "error" | "first" | "last" | "renumber";

/** A name as the last number in it, and what is around that. */
interface NumberIn {
  readonly number: number;
  readonly digits: number;
  readonly before: string;
  readonly after: string;
}

function numberIn(name: string): NumberIn | undefined {
  const [, before = "", digits = "", after = ""] = /^(.*?)(\d+)(\D*)$/s.exec(name) ?? [];
  const number = Number(digits);
  return digits === "" || !Number.isSafeInteger(number) ? undefined : { number, digits: digits.length, before, after };
}

const stemOf = ({ before, after }: NumberIn): string => `${before}\0${after}`;

/**
 * The names of several lists such that none comes twice: where a list has a name that was there before, all its names which
 * differ from that in the last number alone are moved behind those, by the same distance, so that frames keep their order and
 * what is left out between them. Throws `FormatError` `mismatch` for a name without a number that comes twice.
 */
export function renumbered(lists: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const taken = new Set<string>();
  const highest = new Map<string, number>();
  return lists.map((names) => {
    const moves = movesOf(names, taken, highest);
    const made = names.map((name) => moved(name, moves));
    for (const name of made) {
      if (taken.has(name)) throw repeatedName(name);
      taken.add(name);
      const found = numberIn(name);
      if (found) highest.set(stemOf(found), Math.max(found.number, highest.get(stemOf(found)) ?? 0));
    }
    return made;
  });
}

/** By how much the numbers of each stem move. */
function movesOf(
  names: readonly string[],
  taken: ReadonlySet<string>,
  highest: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const lowest = new Map<string, number>();
  const meeting = new Set<string>();
  for (const name of names) {
    const found = numberIn(name);
    if (!found && taken.has(name)) throw repeatedName(name);
    if (!found) continue;
    const stem = stemOf(found);
    lowest.set(stem, Math.min(found.number, lowest.get(stem) ?? found.number));
    if (taken.has(name)) meeting.add(stem);
  }
  return new Map(
    [...meeting].map((stem) => [stem, (highest.get(stem) ?? 0) + 1 - (lowest.get(stem) as number)] as const),
  );
}

function moved(name: string, moves: ReadonlyMap<string, number>): string {
  const found = numberIn(name);
  const move = found && moves.get(stemOf(found));
  if (!found || move === undefined) return name;
  return `${found.before}${String(found.number + move).padStart(found.digits, "0")}${found.after}`;
}

export function repeatedName(name: string): FormatError {
  return new FormatError("mismatch", `several entries have the name ${JSON.stringify(name)}`);
}
