import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countHigh, countLatin1, decodeLatin1, encodeLatin1 } from "../src/codec/pickle/latin1.js";
import { noise } from "./support-io.js";

/** What the platform makes of it, -1 when it is not text in Latin-1. */
function expected(stored: Uint8Array): Uint8Array | -1 {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(stored);
    const codes = Array.from(text, (character) => character.codePointAt(0) as number);
    return codes.some((code) => code > 0xff) ? -1 : Uint8Array.from(codes);
  } catch {
    return -1;
  }
}

function check(stored: Uint8Array, offset: number): void {
  const want = expected(stored);
  const size = want === -1 ? -1 : want.length;
  const source = new Uint8Array(offset + stored.length + 3).fill(0xc3);
  source.set(stored, offset);
  expect(countLatin1(source, offset, offset + stored.length)).toBe(size);
  for (const room of [Math.max(0, size), stored.length + 9]) {
    const target = new Uint8Array(room + 1).subarray(1);
    expect(decodeLatin1(source, offset, offset + stored.length, target, 0)).toBe(size);
    if (want !== -1) expect(target.slice(0, size)).toEqual(want);
  }
  // In place, moved down.
  expect(decodeLatin1(source, offset, offset + stored.length, source, Math.min(offset, 2))).toBe(size);
  if (want !== -1) expect(source.slice(Math.min(offset, 2), Math.min(offset, 2) + size)).toEqual(want);
}

describe("bytes stored as text", () => {
  it("are decoded and counted as the platform does it, valid or not", () => {
    const valid = fc
      .uint8Array({ maxLength: 60 })
      .map((bytes) => new Uint8Array(Buffer.from(Buffer.from(bytes).toString("latin1"), "utf8")));
    const pieces = fc.array(fc.constantFrom(0x41, 0x7f, 0x80, 0xbf, 0xc2, 0xc3, 0xc4, 0xe4, 0xff), { maxLength: 12 });
    const any = fc.oneof(
      valid,
      pieces.map((bytes) => Uint8Array.from(bytes)),
    );
    fc.assert(
      fc.property(any, fc.nat({ max: 9 }), (stored, offset) => check(stored, offset)),
      { numRuns: 3000 },
    );
  });

  it("are encoded and come back", () => {
    for (const length of [0, 1, 7, 1000, 100_001]) {
      for (const offset of [0, 1, 3]) {
        const bytes = noise(length + offset).subarray(offset);
        const target = new Uint8Array(2 * length + 1);
        const end = encodeLatin1(bytes, target, 0);
        expect(end).toBe(length + countHigh(bytes));
        const again = new Uint8Array(length);
        expect(decodeLatin1(target, 0, end, again, 0)).toBe(length);
        expect(Buffer.from(again).equals(bytes)).toBe(true);
      }
    }
  });
});
