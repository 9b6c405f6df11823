import { FormatError } from "../../../errors.js";
import { DEFAULT_MAX_MEMORY, depthOf, type MsgpackLimits } from "../options.js";

/** What follows a first byte from 0xc0 to 0xdf. */
type Form =
  | { readonly is: "bytes"; readonly size: number }
  | { readonly is: "text"; readonly lengthBytes: number }
  | { readonly is: "view"; readonly lengthBytes: number; readonly extra: number }
  | { readonly is: "list" | "map"; readonly lengthBytes: number }
  | { readonly is: "never" };

const bytes = (size: number): Form => ({ is: "bytes", size });
const text = (): Form[] => [1, 2, 4].map((lengthBytes) => ({ is: "text", lengthBytes }));
const view = (extra: number): Form[] => [1, 2, 4].map((lengthBytes) => ({ is: "view", lengthBytes, extra }));
const counted = (is: "list" | "map"): Form[] => [2, 4].map((lengthBytes) => ({ is, lengthBytes }));

const FORMS: readonly Form[] = [
  ...[bytes(0), { is: "never" } as const, bytes(0), bytes(0)],
  // bin, ext (whose code comes behind the length)
  ...[...view(0), ...view(1)],
  // float32 and float64, unsigned and signed ints, extensions of fixed sizes
  ...[4, 8, 1, 2, 4, 8, 1, 2, 4, 8, 2, 3, 5, 9, 17].map(bytes),
  ...[...text(), ...counted("list"), ...counted("map")],
];

/** Estimated bytes of memory. */
const COST = { number: 16, text: 24, view: 112, list: 32, slot: 8, map: 200, entry: 40 } as const;
/** A character in memory takes one byte or two. */
const TEXT_GROWTH = 2;

/**
 * Finds where a value ends without making anything of it, so that decoding never meets the end of the bytes or a claim
 * that they do not keep. Remembers where it is between pieces, cut wherever they are.
 */
export class Scanner {
  readonly #maxDepth: number;
  readonly #maxBytes: number;
  readonly #maxMemory: number;
  /** Values that have not ended yet: in all, and in each list or map that is open. */
  #pending = 1;
  readonly #open: number[] = [];
  /** Bytes still to come of a number or a text. */
  #payload = 0;
  /** The form whose length is being read. */
  #form: Form | undefined;
  #lengthLeft = 0;
  #length = 0;
  /** Bytes and memory of the value so far. */
  #seen = 0;
  #memory = 0;

  constructor(limits: MsgpackLimits) {
    this.#maxDepth = depthOf(limits.maxDepth);
    this.#maxBytes = limits.maxBytes ?? Number.POSITIVE_INFINITY;
    this.#maxMemory = limits.maxMemory ?? DEFAULT_MAX_MEMORY;
  }

  /** Bytes that the value still needs at least: one for each value that has not begun. */
  get missing(): number {
    const begun = this.#open.length + (this.#payload > 0 || this.#lengthLeft > 0 ? 1 : 0);
    return this.#payload + this.#lengthLeft + this.#pending - begun;
  }

  /** Whether part of a value was seen. */
  get isWithin(): boolean {
    return this.#seen > 0;
  }

  /**
   * Goes through `bytes` from `at` on. Returns the index behind the value, or -1 when it goes on after the last byte. `base`
   * is the offset of `bytes` for messages. Throws `FormatError` `corrupt` and `limit`.
   */
  scan(bytes: Uint8Array, at: number, base: number): number {
    const end = bytes.length;
    for (let i = at; i < end; ) {
      const from = i;
      if (this.#payload > 0) {
        const step = Math.min(this.#payload, end - i);
        i += step;
        this.#payload -= step;
        if (this.#payload === 0) this.#close();
      } else if (this.#lengthLeft > 0) {
        this.#length = this.#length * 256 + (bytes[i++] as number);
        if (--this.#lengthLeft === 0) this.#sized(base + i);
      } else this.#start(bytes[i++] as number, base + from);
      this.#seen += i - from;
      if (this.#pending === 0) {
        this.#reset();
        return i;
      }
      if (this.#seen + this.missing > this.#maxBytes) throw this.#limit(`more than ${this.#maxBytes} bytes`, base + i);
    }
    return -1;
  }

  #start(tag: number, offset: number): void {
    if (tag < 0x80 || tag >= 0xe0) this.#close();
    else if (tag < 0x90) this.#nest(tag & 0x0f, "map", offset);
    else if (tag < 0xa0) this.#nest(tag & 0x0f, "list", offset);
    else if (tag < 0xc0) this.#text(tag & 0x1f, offset);
    else this.#formed(FORMS[tag - 0xc0] as Form, offset);
  }

  #formed(form: Form, offset: number): void {
    if (form.is === "never") throw new FormatError("corrupt", "0xc1 starts no msgpack value", { offset });
    if (form.is === "bytes") this.#bytes(form.size, COST.number, offset);
    else {
      this.#form = form;
      this.#length = 0;
      this.#lengthLeft = form.lengthBytes;
    }
  }

  /** A length was read. */
  #sized(offset: number): void {
    const form = this.#form as Exclude<Form, { readonly is: "never" | "bytes" }>;
    if (form.is === "text") this.#text(this.#length, offset);
    else if (form.is === "view") this.#bytes(this.#length + form.extra, COST.view, offset);
    else this.#nest(this.#length, form.is, offset);
  }

  #text(size: number, offset: number): void {
    this.#bytes(size, COST.text + TEXT_GROWTH * size, offset);
  }

  #bytes(size: number, memory: number, offset: number): void {
    this.#charge(memory, offset);
    this.#payload = size;
    if (size === 0) this.#close();
  }

  #nest(count: number, is: "list" | "map", offset: number): void {
    if (count > 0 && this.#open.length >= this.#maxDepth)
      throw this.#limit(`values nested more than ${this.#maxDepth} deep`, offset);
    this.#charge(is === "map" ? COST.map + COST.entry * count : COST.list + COST.slot * count, offset);
    const values = is === "map" ? 2 * count : count;
    if (values === 0) this.#close();
    else {
      this.#pending += values;
      this.#open.push(values);
    }
  }

  /** A value ended, and with it every list or map whose last one it was. */
  #close(): void {
    this.#pending--;
    while (this.#open.length > 0) {
      const left = (this.#open[this.#open.length - 1] as number) - 1;
      this.#open[this.#open.length - 1] = left;
      if (left > 0) return;
      this.#open.pop();
      this.#pending--;
    }
  }

  #charge(memory: number, offset: number): void {
    this.#memory += memory;
    if (this.#memory > this.#maxMemory)
      throw this.#limit(`a value whose objects take more than ${this.#maxMemory} bytes of memory`, offset);
  }

  #limit(reason: string, offset: number): FormatError {
    return new FormatError("limit", reason, { offset });
  }

  #reset(): void {
    this.#pending = 1;
    this.#seen = 0;
    this.#memory = 0;
  }
}
