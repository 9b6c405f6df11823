import { FormatError } from "../../../errors.js";
import { join } from "../../../source/join.js";
import type { Sink } from "../../../source/source.js";
import { ByteWriter, UNDEFINED_ADDRESS } from "./bytes.js";
import { lookup3 } from "./checksum.js";

/** Bytes of the superblock, version 2. */
const SUPERBLOCK = 48;
/** What is gathered before the sink gets it. */
const BLOCK = 1 << 18;
/** Bytes that are held for a sink that cannot go back to the beginning. */
const MOST_HELD: number = 2 ** 31;

/**
 * The file as it grows: pieces are put at its end, and are told where. What comes first in it, the superblock, is known
 * last; sinks that cannot change what was written get everything at the end.
 */
export class Output {
  readonly #sink: Sink;
  readonly #held: Uint8Array[] | undefined;
  #position = SUPERBLOCK;
  #block: Uint8Array[] = [];
  #blockBytes = 0;
  /** Writes are made one after the other, whoever waits for them. */
  #last: Promise<void> = Promise.resolve();

  constructor(sink: Sink) {
    this.#sink = sink;
    this.#held = sink.patch ? undefined : [];
    if (sink.patch) this.#put(new Uint8Array(SUPERBLOCK));
  }

  get position(): number {
    return this.#position;
  }

  /** Puts `bytes`, which must stay as they are, at the next multiple of 8, and gives their address. */
  async append(bytes: Uint8Array): Promise<number> {
    const { address, written } = this.start(bytes);
    await written;
    return address;
  }

  /** The same without waiting: `written` ends when there is room for more. */
  start(bytes: Uint8Array): { readonly address: number; readonly written: Promise<void> } {
    const gap = (8 - (this.#position % 8)) % 8;
    if (gap > 0) this.#put(new Uint8Array(gap));
    this.#position += gap;
    const address = this.#position;
    this.#put(bytes);
    this.#position += bytes.byteLength;
    return { address, written: this.#blockBytes >= BLOCK ? this.#flush() : this.#last };
  }

  /** Continues the last piece. */
  async extend(bytes: Uint8Array): Promise<void> {
    this.#put(bytes);
    this.#position += bytes.byteLength;
    // Not held back: `bytes` may be valid for now only.
    await this.#flush();
  }

  #put(bytes: Uint8Array): void {
    this.#block.push(bytes);
    this.#blockBytes += bytes.byteLength;
  }

  #flush(): Promise<void> {
    const pieces = this.#block;
    this.#block = [];
    this.#blockBytes = 0;
    if (this.#held) {
      if (this.#position > MOST_HELD)
        throw new FormatError(
          "limit",
          "what writes the file cannot go back to its beginning, and it is too large to hold",
        );
      for (const piece of pieces) this.#held.push(new Uint8Array(piece));
      return this.#last;
    }
    const whole = join(pieces);
    this.#last = this.#last.then(() => this.#sink.append(whole));
    // Whoever waits next is told.
    this.#last.catch(() => undefined);
    return this.#last;
  }

  /** Writes the superblock of a file whose root group has its header at `root`, and commits the sink. */
  async finish(root: number): Promise<void> {
    await this.#flush();
    const first = superblock(root, this.#position);
    if (this.#held) for (const piece of [first, ...this.#held]) await this.#sink.append(piece);
    else await this.#sink.patch?.(0, first);
    await this.#sink.commit();
  }
}

function superblock(root: number, end: number): Uint8Array {
  const out = new ByteWriter()
    .bytes(Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a))
    .u8(2)
    .u8(8)
    .u8(8)
    .u8(0)
    .u64(0)
    .u64(UNDEFINED_ADDRESS)
    .u64(end)
    .u64(root);
  return out.u32(lookup3(out.done())).done();
}
