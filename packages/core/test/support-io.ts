import { readdirSync, readFileSync } from "node:fs";
import { expect } from "vitest";
import type { FormatErrorCode } from "../src/errors.js";
import { FormatError } from "../src/errors.js";
import { memorySource } from "../src/source/memory.js";
import type { Source } from "../src/source/source.js";

const FIXTURES = new URL("../../../test/conformance/humandata/", import.meta.url);

/** Names of the HumanData fixtures that match. */
export function fixtures(pattern: RegExp): string[] {
  return readdirSync(FIXTURES).filter((name) => pattern.test(name));
}

export function fixtureBytes(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(name, FIXTURES)));
}

/** What the fixture's `.expected.json` says. */
export function expectedOf<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`${name}.expected.json`, FIXTURES), "utf8")) as T;
}

export interface CountingSource extends Source {
  /** `[start, end]` of every read so far. */
  readonly reads: [start: number, end: number][];
  readonly bytesRead: number;
}

/** A source without `view`, as a file is, that remembers what was asked of it. */
export function countingSource(bytes: Uint8Array): CountingSource {
  const inner = memorySource(bytes);
  const reads: [number, number][] = [];
  return {
    byteLength: inner.byteLength,
    name: "",
    reads,
    get bytesRead() {
      return reads.reduce((sum, [start, end]) => sum + end - start, 0);
    },
    async read(start, end, options) {
      reads.push([start, end]);
      return (await inner.read(start, end, options)).slice();
    },
  };
}

/** The `FormatError` that `work` throws, checked for its code. */
export async function formatError(work: () => unknown, code?: FormatErrorCode): Promise<FormatError> {
  try {
    await work();
  } catch (error) {
    expect(error).toBeInstanceOf(FormatError);
    const found = error as FormatError;
    if (code !== undefined) expect(`${found.code}: ${found.message}`).toMatch(new RegExp(`^${code}: `));
    return found;
  }
  throw new Error("nothing was thrown");
}

export async function* piecesOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, void, void> {
  for (let at = 0; at < bytes.byteLength; at += size) yield bytes.subarray(at, at + size);
}

export async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const piece of pieces) parts.push(new Uint8Array(piece));
  return new Uint8Array(Buffer.concat(parts));
}

/** Bytes that look random, the same every time. */
export function noise(byteLength: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(byteLength);
  let state = seed;
  for (let i = 0; i < byteLength; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

export function text(value: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(value));
}
