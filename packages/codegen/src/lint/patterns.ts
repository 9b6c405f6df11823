import type { SchemaFile } from "../load/files.js";
import { everySchema } from "../load/keywords.js";
import { child } from "../load/pointer.js";
import type { Place, Problems } from "../load/problems.js";
import { members, text } from "../load/shape.js";

/** Patterns must compile with the flag `u`; those that may take forever on some texts are pointed out. */
export function lintPatterns(file: SchemaFile, problems: Problems): void {
  for (const { pattern, place } of patternsOf(file)) {
    const fault = compileFault(pattern);
    if (fault !== undefined) problems.error(place, `pattern ${JSON.stringify(pattern)} does not compile: ${fault}`);
    else if (isCatastrophic(pattern)) {
      const hint = "a repeated group repeats what is inside it; say what separates the repetitions";
      problems.warning(place, `pattern ${JSON.stringify(pattern)} may take forever on some texts`, hint);
    }
  }
}

interface Pattern {
  readonly pattern: string;
  readonly place: Place;
}

function patternsOf({ path, schema }: SchemaFile): Pattern[] {
  return [...everySchema(schema, "")].flatMap((node) => {
    const own = text(node.schema, "pattern");
    const keys = members(node.schema, "patternProperties").map(([key]) => key);
    const place = (...segments: readonly string[]) => ({ file: path, pointer: child(node.pointer, ...segments) });
    const named = keys.map((pattern) => ({ pattern, place: place("patternProperties", pattern) }));
    return own === undefined ? named : [{ pattern: own, place: place("pattern") }, ...named];
  });
}

/** Why a pattern is no regular expression; `undefined` when it is one. */
export function compileFault(pattern: string): string | undefined {
  try {
    new RegExp(pattern, "u");
    return undefined;
  } catch (error) {
    // "Invalid regular expression: /(/u: Unterminated group": the reason is what comes last.
    return (error as Error).message.split(": ").at(-1) ?? "";
  }
}

/**
 * Whether a group that repeats holds a repetition that nothing sets off from the next round, such as `(a+)*`, or two
 * alternatives for the same character, such as `(\w|\d)*`. A rule of thumb that errs on the side of warning.
 */
export function isCatastrophic(pattern: string): boolean {
  return new PatternReader(pattern).risky();
}

/** One thing that a pattern asks for, as far as the rule of thumb cares. */
interface Atom {
  /** Source of what matches a single character; `undefined` for groups. */
  readonly single: string | undefined;
  readonly repeats: boolean;
  readonly optional: boolean;
}

const ATOM =
  /\[(?:\\[\s\S]|[^\]\\])*\]|\\[pP]\{[^}]*\}|\\u\{[^}]*\}|\\u[\da-fA-F]{4}|\\x[\da-fA-F]{2}|\\c[A-Za-z]|\\k<[^>]*>|\\[\s\S]|[\s\S]/uy;
const OPEN = /\((?:\?(?:[:=!]|<[=!]|<[^>]*>))?/y;
const QUANTIFIER = /([*+?]|\{(\d+)(,(\d*))?\})\??/y;

class PatternReader {
  readonly #pattern: string;
  #offset = 0;
  #risky = false;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  risky(): boolean {
    while (this.#offset < this.#pattern.length) {
      this.#alternatives();
      this.#offset += 1;
    }
    return this.#risky;
  }

  #alternatives(): Atom[][] {
    const alternatives: Atom[][] = [[]];
    while (this.#offset < this.#pattern.length && this.#pattern[this.#offset] !== ")") {
      if (this.#pattern[this.#offset] === "|") {
        this.#offset += 1;
        alternatives.push([]);
      } else alternatives.at(-1)?.push(this.#atom());
    }
    return alternatives;
  }

  #atom(): Atom {
    if (this.#take(OPEN) === undefined) {
      const single = this.#take(ATOM)?.[0];
      return { single: single === "^" || single === "$" ? undefined : single, ...this.#quantifier() };
    }
    const alternatives = this.#alternatives();
    this.#offset += 1;
    const { repeats, optional } = this.#quantifier();
    if (repeats && isAmbiguous(alternatives)) this.#risky = true;
    const inner = alternatives.some((atoms) => atoms.some((atom) => atom.repeats));
    const empty = alternatives.some((atoms) => atoms.every((atom) => atom.optional));
    return { single: undefined, repeats: repeats || inner, optional: optional || empty };
  }

  #quantifier(): Pick<Atom, "repeats" | "optional"> {
    const match = this.#take(QUANTIFIER);
    if (!match) return { repeats: false, optional: false };
    const [, sign, least, range, most] = match;
    const many = range !== undefined && (most === "" || Number(most) - Number(least) > 8);
    return { repeats: sign === "*" || sign === "+" || many, optional: sign === "*" || sign === "?" || least === "0" };
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#offset;
    const match = pattern.exec(this.#pattern);
    if (match) this.#offset += match[0].length;
    return match ?? undefined;
  }
}

/** Whether the rounds of a repeated group can be told apart in more than one way. */
function isAmbiguous(alternatives: readonly (readonly Atom[])[]): boolean {
  if (alternatives.some((atoms) => atoms.some((atom) => atom.repeats && !isSetOff(atom, atoms)))) return true;
  const singles = alternatives.flatMap((atoms) => (atoms.length === 1 ? atoms : []));
  return singles.some((a, index) => singles.slice(index + 1).some((b) => overlap(a, b)));
}

/** Whether a round also needs a character that the repeated atom does not match. */
function isSetOff(repeated: Atom, atoms: readonly Atom[]): boolean {
  return atoms.some(
    (atom) => atom !== repeated && atom.single !== undefined && !atom.optional && !overlap(atom, repeated),
  );
}

const SAMPLE: readonly string[] = [
  ...Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)),
  "é",
  "日",
  "😀",
];

function overlap(a: Atom, b: Atom): boolean {
  if (a.single === undefined || b.single === undefined) return true;
  const first = matcher(a.single);
  const second = matcher(b.single);
  return SAMPLE.some((character) => first(character) && second(character));
}

function matcher(single: string): (character: string) => boolean {
  try {
    const pattern = new RegExp(`^(?:${single})$`, "u");
    return (character) => pattern.test(character);
  } catch {
    return () => true;
  }
}
