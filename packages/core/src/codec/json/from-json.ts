import { FormatError } from "../../errors.js";
import { float, type Value } from "../../value/value.js";

const DEEPEST = 1000;

export interface JsonOptions {
  /** What becomes of NaN, Infinity and -Infinity, which Python writes and the standard does not have. Default: `read`. */
  readonly nonFinite?: "read" | "refuse" | undefined;
}

/**
 * The exact value of a JSON document: objects as `Map`s, whole numbers as ints of any size, numbers with a point or an
 * exponent as floats. Throws `FormatError` `corrupt` or `truncated` with the byte where reading failed, `limit` for more
 * than 1000 levels.
 */
export function valueOfJson(bytes: Uint8Array, options: JsonOptions = {}): Value {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new FormatError("corrupt", "the document is not UTF-8", { cause });
  }
  const reader = new Reader(text, options.nonFinite ?? "read");
  const value = reader.value(0);
  reader.end();
  return value;
}

/** A plain recursive-descent reader: JSON.parse loses the order of keys such as "1", and ints beyond 2^53. */
class Reader {
  readonly #text: string;
  readonly #nonFinite: "read" | "refuse";
  #at = 0;

  constructor(text: string, nonFinite: "read" | "refuse") {
    this.#text = text;
    this.#nonFinite = nonFinite;
  }

  value(depth: number): Value {
    if (depth > DEEPEST) throw this.#error("limit", `more than ${DEEPEST} levels`);
    const sign = this.#peek();
    if (sign === "{") return this.#object(depth);
    if (sign === "[") return this.#array(depth);
    if (sign === '"') return this.#string();
    return this.#literal();
  }

  end(): void {
    if (this.#peek() !== "") throw this.#error("corrupt", "text after the document");
  }

  #object(depth: number): Value {
    const map = new Map<Value, Value>();
    this.#at++;
    if (this.#take("}")) return map;
    do {
      if (this.#peek() !== '"') throw this.#error("corrupt", "a key in quotes expected");
      const key = this.#string();
      if (!this.#take(":")) throw this.#error("corrupt", "a colon expected");
      map.set(key, this.value(depth + 1));
    } while (this.#take(","));
    if (!this.#take("}")) throw this.#error("corrupt", "a comma or } expected");
    return map;
  }

  #array(depth: number): Value {
    const items: Value[] = [];
    this.#at++;
    if (this.#take("]")) return items;
    do items.push(this.value(depth + 1));
    while (this.#take(","));
    if (!this.#take("]")) throw this.#error("corrupt", "a comma or ] expected");
    return items;
  }

  #string(): string {
    const token = /"(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy;
    token.lastIndex = this.#at;
    const match = token.exec(this.#text);
    if (!match) throw this.#error("corrupt", "a text without an end, or with characters that JSON does not allow");
    this.#at = token.lastIndex;
    return JSON.parse(match[0]) as string;
  }

  #literal(): Value {
    const token = /(-?(?:0|[1-9]\d*))((?:\.\d+)?(?:[eE][+-]?\d+)?)|true|false|null|NaN|-?Infinity/y;
    token.lastIndex = this.#at;
    const match = token.exec(this.#text);
    if (!match) throw this.#error("corrupt", "a value expected");
    const [text, whole, rest] = match;
    if (this.#nonFinite === "refuse" && /^-?[IN]/.test(text)) throw this.#error("corrupt", `${text} is no number`);
    this.#at = token.lastIndex;
    if (text === "true" || text === "false") return text === "true";
    if (text === "null") return null;
    if (whole === undefined || rest !== "") return float(Number(text));
    const number = Number(whole);
    return Number.isSafeInteger(number) && !Object.is(number, -0) ? number : number === 0 ? 0 : BigInt(whole);
  }

  #peek(): string {
    while (/[ \t\r\n\ufeff]/.test(this.#text[this.#at] ?? "")) this.#at++;
    return this.#text[this.#at] ?? "";
  }

  #take(sign: string): boolean {
    if (this.#peek() !== sign) return false;
    this.#at++;
    return true;
  }

  #error(code: "corrupt" | "limit", reason: string): FormatError {
    const ended = this.#at >= this.#text.length && code === "corrupt";
    const offset = new TextEncoder().encode(this.#text.slice(0, this.#at)).length;
    return new FormatError(ended ? "truncated" : code, ended ? `the document ends where ${reason}` : reason, {
      offset,
    });
  }
}
