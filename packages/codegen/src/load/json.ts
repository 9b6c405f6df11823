import type { Json, JsonObject } from "../ir.js";
import { child } from "./pointer.js";

/** Where something stands in a text, from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface ParsedJson {
  /** `undefined` when the text is no JSON at all. */
  readonly value: Json | undefined;
  /** Position of every value by JSON pointer: that of its key, where it has one. */
  readonly positions: ReadonlyMap<string, Position>;
  readonly faults: readonly JsonFault[];
}

export interface JsonFault {
  readonly pointer: string;
  readonly position: Position;
  readonly message: string;
}

/** Deeper nesting is refused: no schema needs it, and everything behind this parser may recurse. */
const MAX_DEPTH = 200;

/**
 * Parses JSON as `JSON.parse` does, and also says where each value stands and which keys occur twice (the last one
 * counts). Stops at the first syntax error.
 */
export function parseJson(text: string): ParsedJson {
  const parser = new JsonParser(text);
  try {
    return { value: parser.document(), positions: parser.positions, faults: parser.faults };
  } catch (error) {
    if (!(error instanceof SyntaxFault)) throw error;
    return { value: undefined, positions: parser.positions, faults: [...parser.faults, parser.fault(error)] };
  }
}

class SyntaxFault extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

const BLANK = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them unescaped.
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const WORDS: readonly (readonly [string, Json])[] = [
  ["true", true],
  ["false", false],
  ["null", null],
];

class JsonParser {
  readonly positions = new Map<string, Position>();
  readonly faults: JsonFault[] = [];
  readonly #text: string;
  readonly #lineStarts: number[] = [0];
  #offset = 0;
  #line = 0;
  #pointer = "";

  constructor(text: string) {
    this.#text = text;
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) this.#lineStarts.push(at + 1);
    if (text.startsWith("\uFEFF")) this.#offset = 1;
  }

  document(): Json {
    this.#blank();
    this.#mark("", this.#offset);
    const value = this.#value("", 0);
    this.#blank();
    if (this.#offset < this.#text.length) this.#fail("text after the end of the value");
    return value;
  }

  fault(error: SyntaxFault): JsonFault {
    return { pointer: this.#pointer, position: this.#positionOf(error.offset), message: `not JSON: ${error.message}` };
  }

  #value(pointer: string, depth: number): Json {
    this.#pointer = pointer;
    if (depth > MAX_DEPTH) this.#fail(`nested more than ${MAX_DEPTH} levels deep`);
    const first = this.#text[this.#offset];
    if (first === "{") return this.#object(pointer, depth);
    if (first === "[") return this.#array(pointer, depth);
    if (first === '"') return this.#string();
    for (const [word, value] of WORDS) {
      if (!this.#text.startsWith(word, this.#offset)) continue;
      this.#offset += word.length;
      return value;
    }
    const number = this.#take(NUMBER);
    if (number === undefined) this.#fail(first === undefined ? "the text ends too early" : "a value is missing");
    return Number(number);
  }

  #object(pointer: string, depth: number): JsonObject {
    const object: JsonObject = {};
    this.#offset += 1;
    this.#blank();
    if (this.#skip("}")) return object;
    for (;;) {
      this.#blank();
      const start = this.#offset;
      if (this.#text[start] !== '"')
        this.#fail(this.#text[start] === "}" ? 'a "," too many' : "a key in quotes is missing");
      const key = this.#string();
      const at = child(pointer, key);
      if (Object.hasOwn(object, key)) this.#repeated(at, key, start);
      this.#mark(at, start);
      this.#blank();
      if (!this.#skip(":")) this.#fail(`":" is missing after the key ${JSON.stringify(key)}`);
      this.#blank();
      // Not by assignment, which would take "__proto__" for the prototype.
      Object.defineProperty(object, key, {
        value: this.#value(at, depth + 1),
        configurable: true,
        enumerable: true,
        writable: true,
      });
      this.#blank();
      if (this.#skip("}")) return object;
      if (!this.#skip(",")) this.#fail('"," or "}" is missing');
    }
  }

  #array(pointer: string, depth: number): Json[] {
    const array: Json[] = [];
    this.#offset += 1;
    this.#blank();
    if (this.#skip("]")) return array;
    for (;;) {
      this.#blank();
      if (this.#text[this.#offset] === "]") this.#fail('a "," too many');
      const at = child(pointer, array.length);
      this.#mark(at, this.#offset);
      array.push(this.#value(at, depth + 1));
      this.#blank();
      if (this.#skip("]")) return array;
      if (!this.#skip(",")) this.#fail('"," or "]" is missing');
    }
  }

  #string(): string {
    const literal = this.#take(STRING);
    if (literal === undefined) this.#fail("a string without its end, or with a wrong escape or control character");
    return JSON.parse(literal) as string;
  }

  #repeated(pointer: string, key: string, offset: number): void {
    const first = this.positions.get(pointer);
    const message = `the key ${JSON.stringify(key)} occurs twice${first ? `, first in line ${first.line}` : ""}`;
    this.faults.push({ pointer, position: this.#positionOf(offset), message });
  }

  #blank(): void {
    BLANK.lastIndex = this.#offset;
    BLANK.exec(this.#text);
    this.#offset = BLANK.lastIndex;
  }

  #skip(character: string): boolean {
    const found = this.#text[this.#offset] === character;
    if (found) this.#offset += 1;
    return found;
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#offset;
    const match = pattern.exec(this.#text)?.[0];
    if (match) this.#offset += match.length;
    return match || undefined;
  }

  #mark(pointer: string, offset: number): void {
    this.positions.set(pointer, this.#positionOf(offset));
  }

  /** Offsets mostly ascend, so the search goes on from the line before. */
  #positionOf(offset: number): Position {
    const starts = this.#lineStarts;
    while (this.#line > 0 && (starts[this.#line] as number) > offset) this.#line -= 1;
    while (this.#line + 1 < starts.length && (starts[this.#line + 1] as number) <= offset) this.#line += 1;
    return { line: this.#line + 1, column: offset - (starts[this.#line] as number) + 1 };
  }

  #fail(message: string): never {
    throw new SyntaxFault(message, this.#offset);
  }
}
