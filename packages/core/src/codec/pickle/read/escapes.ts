/** Why a text argument of protocol 0 cannot be decoded. */
export class EscapeError extends Error {}

const BACKSLASH = 0x5c;
const SINGLE: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  t: 9,
  n: 10,
  v: 11,
  f: 12,
  r: 13,
  "\\": 92,
  "'": 39,
  '"': 34,
};

/** The bytes that the quoted argument of STRING stands for: the repr of a Python 2 string. */
export function unquote(line: Uint8Array): Uint8Array {
  const quote = line[0];
  if (line.length < 2 || (quote !== 0x27 && quote !== 0x22) || line[line.length - 1] !== quote) {
    throw new EscapeError("STRING without quotes");
  }
  const body = line.subarray(1, line.length - 1);
  if (!body.includes(BACKSLASH)) return body;
  const out = new Uint8Array(body.length);
  let at = 0;
  for (let i = 0; i < body.length; ) {
    const byte = body[i++] as number;
    if (byte !== BACKSLASH) {
      out[at++] = byte;
      continue;
    }
    if (i >= body.length) throw new EscapeError("STRING ends in a backslash");
    const letter = String.fromCharCode(body[i++] as number);
    const plain = SINGLE[letter];
    if (plain !== undefined) out[at++] = plain;
    else if (letter === "x") {
      out[at++] = hex(body, i, 2, "STRING");
      i += 2;
    } else if (letter >= "0" && letter <= "7") {
      let value = Number(letter);
      for (let n = 1; n < 3 && isOctal(body[i]); n++) value = value * 8 + (body[i++] as number) - 0x30;
      out[at++] = value;
    } else if (letter !== "\n") {
      out[at++] = BACKSLASH;
      out[at++] = letter.charCodeAt(0);
    }
  }
  return out.subarray(0, at);
}

function isOctal(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x37;
}

function hex(bytes: Uint8Array, start: number, count: number, what: string): number {
  let value = 0;
  for (let i = start; i < start + count; i++) {
    const digit = Number.parseInt(String.fromCharCode(bytes[i] ?? 0), 16);
    if (Number.isNaN(digit)) throw new EscapeError(`${what} with a broken escape`);
    value = value * 16 + digit;
  }
  return value;
}

/**
 * Walks through raw-unicode-escape, the form of UNICODE arguments: bytes are Latin-1, `\uXXXX` and `\UXXXXXXXX` stand for
 * code points, every other backslash for itself (and takes its follower with it).
 */
function eachPoint(bytes: Uint8Array, visit: (point: number) => void): void {
  for (let i = 0; i < bytes.length; ) {
    const byte = bytes[i++] as number;
    const next = byte === BACKSLASH ? bytes[i] : undefined;
    if (next === 0x75 || next === 0x55) {
      const digits = next === 0x75 ? 4 : 8;
      const point = hex(bytes, i + 1, digits, "UNICODE");
      if (point > 0x10ffff) throw new EscapeError("UNICODE with an escape beyond U+10FFFF");
      visit(point);
      i += 1 + digits;
      continue;
    }
    visit(byte);
    if (next !== undefined) {
      visit(next);
      i++;
    }
  }
}

/** The text of raw-unicode-escape bytes. */
export function unescapeText(bytes: Uint8Array): string {
  let text = "";
  let units: number[] = [];
  eachPoint(bytes, (point) => {
    if (point < 0x10000) units.push(point);
    else units.push(0xd7c0 + (point >> 10), 0xdc00 + (point & 0x3ff));
    if (units.length < 4000) return;
    text += String.fromCharCode.apply(null, units);
    units = [];
  });
  return text + String.fromCharCode.apply(null, units);
}

/** The bytes that the text of raw-unicode-escape bytes is in Latin-1. */
export function unescapeBytes(bytes: Uint8Array): Uint8Array {
  const first = bytes.indexOf(BACKSLASH);
  if (first < 0) return bytes;
  const out = new Uint8Array(bytes.length);
  out.set(bytes.subarray(0, first));
  let at = first;
  eachPoint(bytes.subarray(first), (point) => {
    if (point > 0xff) throw new EscapeError("text is not Latin-1");
    out[at++] = point;
  });
  return out.subarray(0, at);
}
