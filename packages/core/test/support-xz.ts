import { spawnSync } from "node:child_process";
import { describe } from "vitest";
import type { XzEngine } from "../src/codec/xz/index.js";
import { type DecodeXzOptions, decodeXz } from "../src/codec/xz/index.js";
import { FormatError } from "../src/errors.js";

/** Both decoders, which have to give the same. */
export const ENGINES: readonly XzEngine[] = ["wasm", "javascript"];

/** Whether the `xz` command is there to compare with. Tests that need it are shown as skipped where it is not. */
export const hasXz: boolean = spawnSync("xz", ["--version"]).status === 0;

export const describeWithXz: typeof describe.skip = hasXz ? (describe as typeof describe.skip) : describe.skip;

/** What `xz` makes of `input`; throws with its message when it fails. */
export function xz(args: readonly string[], input: Uint8Array): Uint8Array {
  const { status, stdout, stderr } = spawnSync("xz", args, { input, maxBuffer: 2 ** 30 });
  if (status !== 0) throw new Error(stderr.toString());
  return new Uint8Array(stdout);
}

/** Bytes like those of coordinates: small differences of 32-bit integers that nearly repeat, the same every time. */
export function sample(byteLength: number, seed = 1): Uint8Array<ArrayBuffer> {
  const words = new Int32Array(Math.ceil(byteLength / 4));
  let state = seed;
  for (let i = 0; i < words.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    const before = i >= 60 ? (words[i - 60] as number) : (state >> 24) * 3;
    words[i] = (state >>> 28) % 3 === 0 ? before + ((state >>> 20) & 1) : before;
  }
  return new Uint8Array(words.buffer).slice(0, byteLength);
}

export interface Decoded {
  readonly bytes: Uint8Array;
  /** What ended it, if it did not end by itself. Everything else than a `FormatError` is thrown. */
  readonly error: FormatError | undefined;
}

/** All that comes out of `input`, and the error after it. */
export async function decoded(input: Parameters<typeof decodeXz>[0], options: DecodeXzOptions = {}): Promise<Decoded> {
  const parts: Uint8Array[] = [];
  let error: FormatError | undefined;
  try {
    for await (const piece of decodeXz(input, options)) parts.push(piece);
  } catch (thrown) {
    if (!(thrown instanceof FormatError)) throw thrown;
    error = thrown;
  }
  return { bytes: new Uint8Array(Buffer.concat(parts)), error };
}
