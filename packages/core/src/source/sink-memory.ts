import type { Sink } from "./source.js";

const BLOCK = 1 << 20;

/**
 * Collects what is written in memory. After `commit`, {@link MemorySink.bytes} gives it in one piece and
 * {@link MemorySink.parts} without joining it, for `new Blob(sink.parts())`.
 */
export class MemorySink implements Sink {
  readonly name: string;
  #parts: Uint8Array<ArrayBuffer>[] = [];
  #length = 0;
  /** Memory that small pieces are gathered in, and how much of it is used. */
  #block: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  #used = 0;
  #state: "open" | "committed" | "aborted" = "open";

  constructor(name = "") {
    this.name = name;
  }

  /** Bytes written so far. */
  get byteLength(): number {
    return this.#length;
  }

  async append(bytes: Uint8Array): Promise<void> {
    this.#expectOpen();
    this.#length += bytes.byteLength;
    if (bytes.byteLength >= BLOCK) {
      this.#closeBlock();
      this.#parts.push(new Uint8Array(bytes));
      return;
    }
    if (this.#used + bytes.byteLength > this.#block.byteLength) {
      this.#closeBlock();
      this.#block = new Uint8Array(BLOCK);
    }
    this.#block.set(bytes, this.#used);
    this.#used += bytes.byteLength;
  }

  async patch(start: number, bytes: Uint8Array): Promise<void> {
    this.#expectOpen();
    if (!(start >= 0 && start + bytes.byteLength <= this.#length))
      throw new RangeError(`bytes ${start} to ${start + bytes.byteLength} were not written yet`);
    let at = 0;
    for (const part of [...this.#parts, this.#block.subarray(0, this.#used)]) {
      const from = Math.max(start, at);
      const to = Math.min(start + bytes.byteLength, at + part.byteLength);
      if (from < to) part.set(bytes.subarray(from - start, to - start), from - at);
      at += part.byteLength;
    }
  }

  async commit(): Promise<void> {
    this.#expectOpen();
    this.#closeBlock();
    this.#state = "committed";
  }

  async abort(): Promise<void> {
    if (this.#state === "committed") return;
    this.#state = "aborted";
    this.#parts = [];
    this.#block = new Uint8Array(0);
    this.#length = 0;
  }

  /** All bytes in one piece. Throws when nothing was committed, `RangeError` when there are more than one array holds. */
  bytes(): Uint8Array<ArrayBuffer> {
    const parts = this.parts();
    if (parts.length === 1) return parts[0] as Uint8Array<ArrayBuffer>;
    const all = new Uint8Array(this.#length);
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.byteLength;
    }
    this.#parts = [all];
    return all;
  }

  /** The bytes in pieces, in order. Throws when nothing was committed. */
  parts(): readonly Uint8Array<ArrayBuffer>[] {
    if (this.#state !== "committed") throw new Error("nothing was committed to this sink");
    return this.#parts;
  }

  #closeBlock(): void {
    if (this.#used > 0) this.#parts.push(this.#block.slice(0, this.#used));
    this.#used = 0;
    this.#block = new Uint8Array(0);
  }

  #expectOpen(): void {
    if (this.#state !== "open") throw new Error(`this sink is ${this.#state}`);
  }
}
