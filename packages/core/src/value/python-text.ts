/** Python's `repr` of a float: the shortest digits that give it back. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (Object.is(value, -0)) return "-0.0";
  if (value === 0) return "0.0";
  // Both languages find the same digits; they differ in when they write an exponent.
  const [digits = "", exponentText = "0"] = Math.abs(value).toExponential().split("e");
  const exponent = Number(exponentText);
  const sign = value < 0 ? "-" : "";
  if (exponent < -4 || exponent >= 16) {
    return `${sign}${digits}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  const plain = digits.replace(".", "");
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${plain}`;
  const whole = plain.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  return `${sign}${whole}.${plain.slice(exponent + 1) || "0"}`;
}

/** Python's `repr` of a complex number. */
export function complexText(re: number, im: number): string {
  const short = (part: number): string => floatText(part).replace(/\.0$/, "");
  if (Object.is(re, 0)) return `${short(im)}j`;
  const imaginary = short(im);
  return `(${short(re)}${/^[-]/.test(imaginary) ? "" : "+"}${imaginary}j)`;
}

const ESCAPED: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/**
 * Python's `repr` of text. Characters that Python counts as printable stay; which those are is taken from this
 * platform's Unicode tables.
 */
export function stringText(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let result = "";
  for (const character of text) {
    const point = character.codePointAt(0) as number;
    if (character === quote) result += `\\${character}`;
    else if (ESCAPED[character] !== undefined) result += ESCAPED[character];
    else if (character === " " || !/[\p{C}\p{Z}]/u.test(character)) result += character;
    else if (point < 0x100) result += `\\x${hex(point, 2)}`;
    else if (point < 0x10000) result += `\\u${hex(point, 4)}`;
    else result += `\\U${hex(point, 8)}`;
  }
  return quote + result + quote;
}

function hex(point: number, digits: number): string {
  return point.toString(16).padStart(digits, "0");
}

/** Python's `repr` of bytes. */
export function bytesText(bytes: Uint8Array): string {
  let result = "";
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    if (ESCAPED[character] !== undefined) result += ESCAPED[character];
    else if (byte >= 0x20 && byte < 0x7f) result += character;
    else result += `\\x${hex(byte, 2)}`;
  }
  const quote = result.includes("'") && !result.includes('"') ? '"' : "'";
  return `b${quote}${quote === "'" ? result.replaceAll("'", "\\'") : result}${quote}`;
}

/** What Python's `json.dumps` prints for text, lists and dicts; whole floats are `Number` objects. */
export function jsonText(json: unknown): string {
  if (json === null || typeof json === "boolean" || typeof json === "bigint") return String(json);
  if (json instanceof Number) return floatText(Number(json));
  if (typeof json === "number") return Number.isInteger(json) && !Object.is(json, -0) ? String(json) : floatText(json);
  if (typeof json === "string") {
    return JSON.stringify(json).replace(/[^ -~]/g, (unit) => `\\u${hex(unit.charCodeAt(0), 4)}`);
  }
  if (Array.isArray(json)) return `[${json.map(jsonText).join(", ")}]`;
  const members = Object.entries(json as object).map(([key, value]) => `${jsonText(key)}: ${jsonText(value)}`);
  return `{${members.join(", ")}}`;
}
