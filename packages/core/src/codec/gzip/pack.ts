import { crc32, deflateRaw } from "#platform";
import type { Sink } from "../../source/source.js";

/** Takes bytes and appends them to a sink compressed. */
export interface GzipPacker {
  /** Resolves when the caller may reuse `bytes`. */
  append(bytes: Uint8Array): Promise<void>;
  /** Compresses what is left and writes the checksum. Leaves the sink open. */
  end(): Promise<void>;
  abort(): Promise<void>;
}

/** No name, no date, any system. */
const HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff);

/** Compresses into one gzip member. */
export function packGzip(sink: Pick<Sink, "append">, level: number): GzipPacker {
  const queue = new PieceQueue();
  let sum = 0;
  let length = 0;
  const packing = (async (): Promise<void> => {
    await sink.append(HEADER);
    for await (const piece of deflateRaw(queue.pieces(), { level })) await sink.append(piece);
  })();
  // A failure shows where somebody waits for it.
  packing.catch((error: unknown) => queue.fail(error));
  return {
    async append(bytes) {
      sum = crc32(bytes, sum);
      length = (length + bytes.byteLength) % 2 ** 32;
      await queue.put(bytes);
    },
    async end() {
      queue.close();
      await packing;
      const trailer = new DataView(new ArrayBuffer(8));
      trailer.setUint32(0, sum, true);
      trailer.setUint32(4, length, true);
      await sink.append(new Uint8Array(trailer.buffer));
    },
    async abort() {
      queue.close();
      await packing.catch(() => undefined);
    },
  };
}

/** Hands pieces from somebody who appends them to somebody who iterates over them, one at a time. */
class PieceQueue {
  #piece: Uint8Array | undefined;
  #closed = false;
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void)[] = [];

  async put(bytes: Uint8Array): Promise<void> {
    if (bytes.byteLength === 0) return;
    // The taker may keep a piece until it asks for the next.
    this.#piece = bytes.slice();
    this.#notify();
    while (this.#piece && !this.#failure) await this.#change();
    if (this.#failure) throw this.#failure.error;
  }

  close(): void {
    this.#closed = true;
    this.#notify();
  }

  fail(error: unknown): void {
    this.#failure = { error };
    this.#notify();
  }

  async *pieces(): AsyncGenerator<Uint8Array, void, void> {
    for (;;) {
      const piece = this.#piece;
      if (piece) {
        this.#piece = undefined;
        this.#notify();
        yield piece;
      } else if (this.#closed) return;
      else await this.#change();
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  #notify(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const wake of waiting) wake();
  }
}
