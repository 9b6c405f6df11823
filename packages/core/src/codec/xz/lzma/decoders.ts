import type { ChunkDecoder } from "./chunk-decoder.js";
import { wasmDecoder } from "./wasm-decoder.js";

/** What decodes: WebAssembly where it is allowed (`auto`), only that, or plain JavaScript, which is slower. */
export type XzEngine = "auto" | "wasm" | "javascript";

/** A decoder that holds no more than this is kept for the next one who needs one. */
const KEPT_BYTES = 1 << 25;
const KEPT_DECODERS = 4;

const spare: Record<"wasm" | "javascript", ChunkDecoder[]> = { wasm: [], javascript: [] };

/** Runs `work` with a decoder of its own. Throws `Error` when `engine` is `wasm` and that is forbidden here. */
export async function* withDecoder<T>(
  engine: XzEngine,
  work: (decoder: ChunkDecoder) => AsyncIterable<T>,
): AsyncGenerator<T, void, void> {
  const { decoder, kept } = await take(engine);
  try {
    yield* work(decoder);
  } finally {
    if (decoder.heldBytes <= KEPT_BYTES && kept.length < KEPT_DECODERS) kept.push(decoder);
  }
}

async function take(engine: XzEngine): Promise<{ readonly decoder: ChunkDecoder; readonly kept: ChunkDecoder[] }> {
  if (engine !== "javascript") {
    const decoder = spare.wasm.pop() ?? (await wasmDecoder());
    if (decoder) return { decoder, kept: spare.wasm };
    if (engine === "wasm") throw new Error("WebAssembly is not allowed here");
  }
  const decoder = spare.javascript.pop();
  if (decoder) return { decoder, kept: spare.javascript };
  const { plainDecoder } = await import("./plain-decoder.js");
  return { decoder: plainDecoder(), kept: spare.javascript };
}
