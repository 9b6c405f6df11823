import type { ReadOptions, Source } from "./source.js";

/** Larger ones would only be kept from others. */
const MOST_BYTES = 1 << 20;
const MOST_IDLE = 8;

/** Memory that is filled again and again: taking fresh one takes longer than reading a small file. */
const idle: Uint8Array[] = [];

/**
 * What `use` makes of all bytes of a source. The bytes are valid during that call only, which suits readers that keep nothing of
 * them, of many small files. Throws what reading throws.
 */
export async function readBriefly<R>(
  source: Source,
  use: (bytes: Uint8Array) => R,
  options: ReadOptions = {},
): Promise<R> {
  const { byteLength } = source;
  if (source.view) return use(source.view(0, byteLength));
  if (!source.readInto || byteLength > MOST_BYTES) return use(await source.read(0, byteLength, options));
  const memory = take(byteLength);
  const bytes = memory.subarray(0, byteLength);
  // After a failure somebody may be filling it still.
  await source.readInto(bytes, 0, options);
  try {
    return use(bytes);
  } finally {
    if (idle.length < MOST_IDLE) idle.push(memory);
  }
}

function take(byteLength: number): Uint8Array {
  const found = idle.findIndex((memory) => memory.byteLength >= byteLength);
  if (found < 0) return new Uint8Array(Math.max(1 << 14, 2 ** Math.ceil(Math.log2(byteLength + 1))));
  return idle.splice(found, 1)[0] as Uint8Array;
}
