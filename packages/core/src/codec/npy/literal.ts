import { FormatError } from "../../errors.js";

/** A Python literal as npy headers use them. Integers are exact: a bigint beyond 2^53 - 1. Tuples are arrays too. */
export type Literal = string | number | bigint | boolean | null | Literal[] | Map<string, Literal>;

const MAX_DEPTH = 32;
const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\",
  "'": "'",
  '"': '"',
  n: "\n",
  r: "\r",
  t: "\t",
  a: "\x07",
  b: "\b",
  f: "\f",
  v: "\v",
};

/**
 * Reads one Python literal (dict with text keys, tuple, list, text, int, bool, None) and nothing else; it never runs
 * anything. Throws `FormatError` `corrupt`, whose offset is a position in `text` plus `base`.
 */
export function parseLiteral(text: string, base = 0): Literal {
  const parser = new Parser(text, base);
  const value = parser.value(0);
  parser.expectEnd();
  return value;
}

class Parser {
  readonly #text: string;
  readonly #base: number;
  #at = 0;

  constructor(text: string, base: number) {
    this.#text = text;
    this.#base = base;
  }

  value(depth: number): Literal {
    if (depth > MAX_DEPTH) throw this.#error(`nested more than ${MAX_DEPTH} deep`);
    const next = this.#peek();
    if (next === "{") return this.#dict(depth);
    if (next === "(" || next === "[") return this.#sequence(depth, next === "(" ? ")" : "]");
    if (next === "'" || next === '"') return this.#string();
    if (/[0-9+-]/.test(next)) return this.#integer();
    return this.#word();
  }

  expectEnd(): void {
    if (this.#peek() !== "") throw this.#error("more text follows the literal");
  }

  #dict(depth: number): Map<string, Literal> {
    this.#at++;
    const entries = new Map<string, Literal>();
    while (this.#peek() !== "}") {
      const key = this.value(depth + 1);
      if (typeof key !== "string") throw this.#error("a dict key is no text");
      this.#expect(":");
      entries.set(key, this.value(depth + 1));
      if (!this.#comma("}")) break;
    }
    this.#expect("}");
    return entries;
  }

  #sequence(depth: number, end: ")" | "]"): Literal[] {
    this.#at++;
    const items: Literal[] = [];
    while (this.#peek() !== end) {
      items.push(this.value(depth + 1));
      if (!this.#comma(end)) break;
    }
    this.#expect(end);
    return items;
  }

  /** Takes a comma; false when the end comes instead. */
  #comma(end: string): boolean {
    if (this.#peek() === end) return false;
    this.#expect(",");
    return true;
  }

  #string(): string {
    const quote = this.#text[this.#at++] as string;
    let result = "";
    while (true) {
      const character = this.#text[this.#at++];
      if (character === undefined || character === "\n") throw this.#error("a text does not end");
      if (character === quote) return result;
      result += character === "\\" ? this.#escape() : character;
    }
  }

  #escape(): string {
    const character = this.#text[this.#at++] ?? "";
    const plain = ESCAPES[character];
    if (plain !== undefined) return plain;
    const digits = { x: 2, u: 4, U: 8 }[character];
    const code = digits === undefined ? "" : this.#text.slice(this.#at, this.#at + digits);
    const point = Number.parseInt(code, 16);
    if (code.length !== digits || !/^[0-9a-fA-F]+$/.test(code) || point > 0x10ffff)
      throw this.#error("an unknown escape");
    this.#at += code.length;
    return String.fromCodePoint(point);
  }

  #integer(): number | bigint {
    // Python 2 wrote long integers as 3L.
    const match = /^([+-]?\d{1,40})[lL]?(?![\w.])/.exec(this.#text.slice(this.#at, this.#at + 64));
    if (!match) throw this.#error("no integer");
    this.#at += match[0].length;
    const value = Number(match[1]);
    return Number.isSafeInteger(value) ? value : BigInt((match[1] as string).replace("+", ""));
  }

  #word(): boolean | null {
    const word = /^\w*/.exec(this.#text.slice(this.#at, this.#at + 8))?.[0];
    if (word !== "True" && word !== "False" && word !== "None") {
      throw this.#error("this is no literal dict of text, numbers, tuples and lists");
    }
    this.#at += word.length;
    return word === "None" ? null : word === "True";
  }

  /** The next character that is no blank; empty at the end. */
  #peek(): string {
    while (/[ \t\r\n\f]/.test(this.#text[this.#at] ?? "")) this.#at++;
    return this.#text[this.#at] ?? "";
  }

  #expect(character: string): void {
    if (this.#peek() !== character) throw this.#error(`"${character}" expected`);
    this.#at++;
  }

  #error(reason: string): FormatError {
    return new FormatError("corrupt", `npy header: ${reason}`, {
      offset: this.#base + Math.min(this.#at, this.#text.length),
    });
  }
}
