import { FormatError } from "../../../errors.js";
import { crc64Bytes } from "../container/crc64.js";
import {
  type BeginOptions,
  type ChunkDecoder,
  type ChunkResult,
  type Properties,
  windowCapacity,
} from "./chunk-decoder.js";
import { instantiate, wasmModule } from "./wasm-module.js";

/** See assembly/xz/decoder.ts. Sizes and addresses may come out negative. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  input(): number;
  position(): number;
  begin(dictionarySize: number): void;
  clear(): void;
  setProperties(lc: number, lp: number, pb: number): void;
  resetState(): void;
  reserve(size: number, capacity: number): number;
  append(size: number): void;
  check(size: number): void;
  crcLow(): number;
  crcHigh(): number;
  decode(inputSize: number, available: number, size: number): number;
}

const RESULTS: readonly ChunkResult[] = ["done", "damaged", "cut-off"];

/** All of a window and of what may be behind it has to have an address below 2^32. */
const MOST_CAPACITY = 2 ** 32 - 2 ** 24;

const load: () => Promise<WebAssembly.Module | undefined> = wasmModule(
  async () => (await import("../wasm/decoder.gen.js")).decoderWasm,
);

/** A decoder in WebAssembly; undefined where that is forbidden. */
export async function wasmDecoder(): Promise<ChunkDecoder | undefined> {
  const module = await load();
  return module && new WasmDecoder((await instantiate(module)) as unknown as Exports);
}

class WasmDecoder implements ChunkDecoder {
  readonly #exports: Exports;
  #capacity = 0;
  #checking = false;
  /** End of what was taken. */
  #taken = 0;

  constructor(exports: Exports) {
    this.#exports = exports;
  }

  get heldBytes(): number {
    return this.#exports.memory.buffer.byteLength;
  }

  begin({ dictionaryBytes, crc64 }: BeginOptions): void {
    this.#exports.begin(dictionaryBytes);
    this.#capacity = Math.min(windowCapacity(dictionaryBytes), MOST_CAPACITY);
    this.#checking = crc64;
    this.#taken = this.#position();
  }

  clear(): void {
    this.#exports.clear();
    this.#taken = this.#position();
  }

  setProperties({ lc, lp, pb }: Properties): void {
    this.#exports.setProperties(lc, lp, pb);
  }

  resetState(): void {
    this.#exports.resetState();
  }

  reserve(byteLength: number): void {
    const before = this.#position();
    if (!this.#exports.reserve(byteLength, this.#capacity)) {
      throw new FormatError("limit", "there is not enough memory for the dictionary");
    }
    this.#taken -= before - this.#position();
  }

  append(bytes: Uint8Array): void {
    this.#put(bytes);
    this.#exports.append(bytes.byteLength);
  }

  decode(input: Uint8Array, inputBytes: number, outputBytes: number): ChunkResult {
    this.#put(input);
    return RESULTS[this.#exports.decode(inputBytes, input.byteLength, outputBytes)] as ChunkResult;
  }

  take(): Uint8Array {
    const end = this.#position();
    const size = end - this.#taken;
    if (this.#checking) this.#exports.check(size);
    const bytes = new Uint8Array(this.#exports.memory.buffer, this.#taken, size);
    this.#taken = end;
    return bytes;
  }

  crc64(): Uint8Array {
    return crc64Bytes(this.#exports.crcLow(), this.#exports.crcHigh());
  }

  #put(bytes: Uint8Array): void {
    new Uint8Array(this.#exports.memory.buffer, this.#exports.input(), bytes.byteLength).set(bytes);
  }

  #position(): number {
    return this.#exports.position() >>> 0;
  }
}
