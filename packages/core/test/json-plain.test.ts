import { describe, expect, it } from "vitest";
import { readJson } from "../src/codec/json/plain.js";
import { isFormatError } from "../src/errors.js";
import { memorySource } from "../src/source/memory.js";

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

async function failure(text: string | Uint8Array, options = {}): Promise<unknown> {
  const error = await readJson(typeof text === "string" ? bytes(text) : text, options).catch(
    (reason: unknown) => reason,
  );
  return isFormatError(error) ? [error.code, error.offset] : error;
}

describe("a JSON document as JavaScript has it", () => {
  it("is what JSON.parse makes of it, of any input", async () => {
    const text = '{"b": 1.0, "2": [true, null, "\\u00e4ä"], "1": -0.5e3, "__proto__": {"x": 1}}';
    expect(await readJson(bytes(text))).toEqual(JSON.parse(text));
    expect(await readJson(new Blob([text]))).toEqual(JSON.parse(text));
    expect(await readJson(memorySource(bytes(text)))).toEqual(JSON.parse(text));
    expect(({} as { x?: number }).x).toBeUndefined();
  });

  it("may have a byte order mark and lines of Windows", async () => {
    expect(await readJson(bytes('\ufeff{\r\n"a": 1\r\n}'))).toEqual({ a: 1 });
  });

  it("is an error with the place where parsing failed", async () => {
    expect(await failure("")).toEqual(["truncated", 0]);
    expect(await failure('{"a": [1, 2')).toEqual(["truncated", 11]);
    expect(await failure('{"ä": nil}')).toEqual(["corrupt", 7]);
    expect(await failure('{"a": 1} x')).toEqual(["corrupt", 9]);
  });

  it("has no NaN and no Infinity", async () => {
    expect(await failure('{"a": NaN}')).toEqual(["corrupt", 6]);
    expect(await failure("[-Infinity]")).toEqual(["corrupt", 1]);
  });

  it("is UTF-8", async () => {
    expect((await failure(Uint8Array.of(0x22, 0xff, 0x22))) as unknown[]).toContain("corrupt");
  });

  it("is no longer than allowed", async () => {
    expect((await failure("[1, 2, 3]", { maxLoadBytes: 8 })) as unknown[]).toContain("limit");
  });
});
