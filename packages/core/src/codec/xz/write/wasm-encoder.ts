import { FormatError } from "../../../errors.js";
import { giveWay } from "../../../platform/give-way.js";
import type { ReadOptions } from "../../../source/source.js";
import { crc64Bytes } from "../container/crc64.js";
import { instantiate, wasmModule } from "../lzma/wasm-module.js";
import type { EncoderSettings } from "./settings.js";

/** See assembly/xz/encoder.ts. Sizes and addresses may come out negative. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  input(): number;
  prepare(
    length: number,
    dictionary: number,
    tree: number,
    hashed: number,
    nice: number,
    depth: number,
    period: number,
  ): number;
  begin(lc: number, lp: number, pb: number, priced: number): void;
  encodeChunk(): number;
  chunkStart(): number;
  blockCrcLow(): number;
  blockCrcHigh(): number;
}

const load: () => Promise<WebAssembly.Module | undefined> = wasmModule(
  async () => (await import("../wasm/encoder.gen.js")).encoderWasm,
);

/** An encoder that holds no more than this is kept for the next block. */
const KEPT_BYTES = 2 ** 28;

let spare: Exports | undefined;

export interface Lzma2Block {
  /** Chunks and end mark, in pieces. */
  readonly parts: readonly Uint8Array[];
  readonly byteLength: number;
  /** CRC-64 of what was encoded, as it is stored. */
  readonly crc64: Uint8Array;
}

/** Throws `FormatError`: `unsupported` where WebAssembly is forbidden, `limit` when there is too little memory. */
export async function encodeLzma2(
  bytes: Uint8Array,
  settings: EncoderSettings,
  options: ReadOptions = {},
): Promise<Lzma2Block> {
  const exports = await take();
  const { lc, lp, pb, finder, niceLength, depth, period } = settings;
  const dictionary = dictionaryFor(bytes.byteLength, settings);
  const hashed = finder === "hc3" ? 3 : 4;
  const tree = finder === "bt4" ? 1 : 0;
  if (!exports.prepare(bytes.byteLength, dictionary, tree, hashed, niceLength, depth, period)) {
    throw new FormatError("limit", `there is not enough memory to compress a block of ${bytes.byteLength} bytes`);
  }
  new Uint8Array(exports.memory.buffer, exports.input() >>> 0, bytes.byteLength).set(bytes);
  exports.begin(lc, lp, pb, settings.parser === "priced" ? 1 : 0);
  const crc64 = crc64Bytes(exports.blockCrcLow(), exports.blockCrcHigh());
  const parts: Uint8Array[] = [];
  let byteLength = 1;
  for (let size = exports.encodeChunk(); size > 0; size = exports.encodeChunk()) {
    parts.push(new Uint8Array(exports.memory.buffer, exports.chunkStart() >>> 0, size).slice());
    byteLength += size;
    await giveWay();
    options.signal?.throwIfAborted();
  }
  parts.push(new Uint8Array(1));
  if (exports.memory.buffer.byteLength <= KEPT_BYTES) spare = exports;
  return { parts, byteLength, crc64 };
}

/** The dictionary that a block needs: none reaches back further than its start. */
export function dictionaryFor(
  byteLength: number,
  { dictionaryBytes }: Pick<EncoderSettings, "dictionaryBytes">,
): number {
  return Math.max(4096, Math.min(dictionaryBytes, byteLength));
}

async function take(): Promise<Exports> {
  const kept = spare;
  spare = undefined;
  if (kept) return kept;
  const module = await load();
  if (module) return (await instantiate(module)) as unknown as Exports;
  const reason = 'compressing to xz needs WebAssembly, which is forbidden here; the preset "store" does without';
  throw new FormatError("unsupported", reason);
}
