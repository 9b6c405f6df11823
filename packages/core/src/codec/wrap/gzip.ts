import { crc32, deflateRaw, gunzip } from "#platform";
import { FormatError } from "../../errors.js";
import { readThrough } from "../../source/read-through.js";
import type { Sink } from "../../source/source.js";
import { isGzip } from "../gzip/head.js";
import { littleEndian } from "../xz/container/check.js";
import type { Wrap, WrapWriteOptions, WrapWriter } from "./wrap.js";

/** Magic, deflate, no flags, no time, no extra flags, unknown system. */
const HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255);
/** Content of one member; what is longer becomes several, which are one to every reader. */
const MEMBER_BYTES = 2 ** 22;

/** gzip: streams are members. There is no way into the middle of a member but through its beginning. */
export const gzip: Wrap = {
  name: "gzip",
  hasPadding: false,
  matches: isGzip,
  async *pieces(source, start, { signal, firstBytes } = {}) {
    if (start >= source.byteLength)
      throw new FormatError("truncated", "the data ends before a stream begins", { offset: source.byteLength });
    const input = readThrough(source, start, source.byteLength, { signal, first: firstBytes });
    for await (const piece of gunzip(input, { signal })) yield piece.slice();
  },
  stream: async (sink, options) => new GzipWriter(sink, options),
};

class GzipWriter implements WrapWriter {
  readonly #sink: Pick<Sink, "append">;
  readonly #options: WrapWriteOptions;
  #parts: Uint8Array[] = [];
  #waiting = 0;
  #byteLength = 0;
  #contentBytes = 0;

  constructor(sink: Pick<Sink, "append">, options: WrapWriteOptions = {}) {
    this.#sink = sink;
    this.#options = options;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#parts.push(bytes.slice());
    this.#waiting += bytes.byteLength;
    if (this.#waiting >= MEMBER_BYTES) await this.#flush();
  }

  async endBlock(): Promise<void> {}

  async close(): Promise<{ readonly byteLength: number; readonly contentBytes: number }> {
    if (this.#waiting > 0 || this.#byteLength === 0) await this.#flush();
    return { byteLength: this.#byteLength, contentBytes: this.#contentBytes };
  }

  async abort(): Promise<void> {
    this.#parts = [];
  }

  async #flush(): Promise<void> {
    const parts = this.#parts;
    const content = this.#waiting;
    this.#parts = [];
    this.#waiting = 0;
    let sum = 0;
    const input = async function* (): AsyncGenerator<Uint8Array, void, void> {
      for (const part of parts) {
        sum = crc32(part, sum);
        yield part;
      }
    };
    await this.#append(HEADER);
    const { preset = 6, signal } = this.#options;
    const level = typeof preset === "number" ? Math.max(1, preset) : 1;
    for await (const piece of deflateRaw(input(), { level, signal })) await this.#append(piece);
    await this.#append(littleEndian(sum >>> 0));
    await this.#append(littleEndian(content % 2 ** 32));
    this.#contentBytes += content;
  }

  async #append(bytes: Uint8Array): Promise<void> {
    await this.#sink.append(bytes);
    this.#byteLength += bytes.byteLength;
  }
}
