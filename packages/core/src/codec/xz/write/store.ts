import type { Lzma2Block } from "./wasm-encoder.js";

const MOST = 2 ** 16;

/** LZMA2 that holds bytes as they are. */
export function storeLzma2(bytes: Uint8Array): Pick<Lzma2Block, "parts" | "byteLength"> {
  const parts: Uint8Array[] = [];
  let byteLength = 1;
  for (let at = 0; at < bytes.byteLength; at += MOST) {
    const part = bytes.subarray(at, at + MOST);
    const size = part.byteLength - 1;
    parts.push(Uint8Array.of(at === 0 ? 1 : 2, size >> 8, size), part);
    byteLength += 3 + part.byteLength;
  }
  parts.push(new Uint8Array(1));
  return { parts, byteLength };
}
