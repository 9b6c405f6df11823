import { allocate } from "../../../source/bounds.js";
import { Crc64 } from "../container/crc64.js";
import {
  type BeginOptions,
  type ChunkDecoder,
  type ChunkResult,
  type Properties,
  windowCapacity,
} from "./chunk-decoder.js";
import {
  ALIGN,
  CHOICE,
  CHOICE2,
  EVEN,
  HIGH,
  IS_MATCH,
  IS_REP,
  IS_REP0,
  IS_REP0_LONG,
  IS_REP1,
  IS_REP2,
  LITERAL,
  LITERAL_STATES,
  LOW,
  MATCH_LENGTH,
  MID,
  REP_LENGTH,
  SLOT,
  SPECIAL,
  stateAfterLiteral,
} from "./probabilities.js";
import { RangeDecoder } from "./range-decoder.js";

/** A decoder without WebAssembly: the same results, more slowly. */
export function plainDecoder(): ChunkDecoder {
  return new PlainDecoder();
}

/** In place of a coder of lengths: the length is 1. */
const NO_CODER = -1;

class PlainDecoder implements ChunkDecoder {
  readonly #range = new RangeDecoder();
  /** Grows with what is decoded. Positions in it have the low bits of positions since the dictionary was reset. */
  #window: Uint8Array = new Uint8Array(1 << 16);
  #end = 0;
  #taken = 0;
  #dictionary = 0;
  #capacity = 0;
  #crc: Crc64 | undefined;
  #properties: Properties = { lc: 0, lp: 0, pb: 0 };
  #state = 0;
  #distance0 = 0;
  #distance1 = 0;
  #distance2 = 0;
  #distance3 = 0;

  get heldBytes(): number {
    return this.#window.byteLength;
  }

  begin({ dictionaryBytes, crc64 }: BeginOptions): void {
    this.#dictionary = dictionaryBytes;
    this.#capacity = windowCapacity(dictionaryBytes);
    this.#crc = crc64 ? new Crc64() : undefined;
    this.clear();
  }

  clear(): void {
    this.#end = 0;
    this.#taken = 0;
  }

  setProperties(properties: Properties): void {
    this.#properties = properties;
  }

  resetState(): void {
    this.#state = 0;
    this.#distance0 = 0;
    this.#distance1 = 0;
    this.#distance2 = 0;
    this.#distance3 = 0;
    this.#range.probabilities.fill(EVEN);
  }

  reserve(byteLength: number): void {
    if (this.#end + byteLength > this.#capacity && this.#end > this.#dictionary) {
      // A multiple of 16, so that low bits stay those of positions.
      const dropped = (this.#end - this.#dictionary) & ~15;
      this.#window.copyWithin(0, dropped, this.#end);
      this.#end -= dropped;
      this.#taken -= dropped;
    }
    const needed = this.#end + byteLength;
    if (needed <= this.#window.byteLength) return;
    const grown = allocate(Math.max(needed, Math.min(2 * this.#window.byteLength, this.#capacity)), "the dictionary");
    grown.set(this.#window.subarray(0, this.#end));
    this.#window = grown;
  }

  append(bytes: Uint8Array): void {
    this.#window.set(bytes, this.#end);
    this.#end += bytes.byteLength;
  }

  take(): Uint8Array {
    const bytes = this.#window.subarray(this.#taken, this.#end);
    this.#taken = this.#end;
    this.#crc?.update(bytes);
    return bytes;
  }

  crc64(): Uint8Array {
    return (this.#crc ?? new Crc64()).digest();
  }

  decode(input: Uint8Array, inputBytes: number, outputBytes: number): ChunkResult {
    if (input.byteLength < 5) return "cut-off";
    if (!this.#range.start(input)) return "damaged";
    const result = this.#symbols(this.#end + outputBytes, input.byteLength);
    if (result !== "done") return result;
    const ended = this.#range.ended();
    if (this.#range.next > input.byteLength) return "cut-off";
    return ended && this.#range.next === inputBytes ? "done" : "damaged";
  }

  /** Symbols up to `stop`, from `available` bytes of input. */
  #symbols(stop: number, available: number): ChunkResult {
    const range = this.#range;
    const positionMask = (1 << this.#properties.pb) - 1;
    while (this.#end < stop) {
      const positionState = this.#end & positionMask;
      if (range.bit(IS_MATCH + 16 * this.#state + positionState) === 0) {
        const symbol = this.#literal();
        if (range.next > available) return "cut-off";
        this.#window[this.#end++] = symbol;
        continue;
      }
      const length = this.#match(positionState);
      if (range.next > available) return "cut-off";
      const distance = this.#distance0;
      if (distance >= this.#end || distance >= this.#dictionary || length > stop - this.#end) return "damaged";
      this.#copy(distance + 1, length);
    }
    return "done";
  }

  #copy(distance: number, length: number): void {
    const window = this.#window;
    const end = this.#end;
    this.#end += length;
    if (distance >= length && length > 32) {
      window.copyWithin(end, end - distance, end - distance + length);
      return;
    }
    for (let at = end; at < end + length; at++) window[at] = window[at - distance] as number;
  }

  #literal(): number {
    const { lc, lp } = this.#properties;
    const window = this.#window;
    const before = this.#end === 0 ? 0 : (window[this.#end - 1] as number);
    const context = ((this.#end & ((1 << lp) - 1)) << lc) + (before >> (8 - lc));
    const coder = LITERAL + 0x300 * context;
    const plain = this.#state < LITERAL_STATES;
    this.#state = stateAfterLiteral(this.#state);
    if (plain) return this.#range.tree(coder, 8);
    return this.#matchedLiteral(coder, window[this.#end - this.#distance0 - 1] as number);
  }

  /** A literal where the last match would have gone on: it is not `expected`, but likely begins with the same bits. */
  #matchedLiteral(coder: number, expected: number): number {
    let symbol = 1;
    let offset = 0x100;
    let rest = expected;
    do {
      rest <<= 1;
      const same = rest & offset;
      const bit = this.#range.bit(coder + offset + same + symbol);
      symbol = (symbol << 1) | bit;
      offset &= same ^ (bit - 1);
    } while (symbol < 0x100);
    return symbol & 0xff;
  }

  /** Reads a match: its distance goes to `#distance0`, its length is returned. */
  #match(positionState: number): number {
    const coder = this.#matchKind(positionState);
    const afterLiteral = this.#state < LITERAL_STATES;
    if (coder === NO_CODER) {
      this.#state = afterLiteral ? 9 : 11;
      return 1;
    }
    const length = this.#length(coder, positionState);
    if (coder === MATCH_LENGTH) {
      this.#distance0 = this.#distance(length) >>> 0;
      this.#state = afterLiteral ? 7 : 10;
    } else {
      this.#state = afterLiteral ? 8 : 11;
    }
    return length;
  }

  /** Puts the distance of a match in front of the others if it is one of the last. Returns the coder of its length. */
  #matchKind(positionState: number): number {
    const range = this.#range;
    const state = this.#state;
    if (range.bit(IS_REP + state) === 0) {
      this.#distance3 = this.#distance2;
      this.#distance2 = this.#distance1;
      this.#distance1 = this.#distance0;
      return MATCH_LENGTH;
    }
    if (range.bit(IS_REP0 + state) === 0) {
      return range.bit(IS_REP0_LONG + 16 * state + positionState) === 0 ? NO_CODER : REP_LENGTH;
    }
    let again = this.#distance1;
    if (range.bit(IS_REP1 + state) === 1) {
      again = this.#distance2;
      if (range.bit(IS_REP2 + state) === 1) {
        again = this.#distance3;
        this.#distance3 = this.#distance2;
      }
      this.#distance2 = this.#distance1;
    }
    this.#distance1 = this.#distance0;
    this.#distance0 = again;
    return REP_LENGTH;
  }

  #length(coder: number, positionState: number): number {
    const range = this.#range;
    if (range.bit(coder + CHOICE) === 0) return 2 + range.tree(coder + LOW + 8 * positionState, 3);
    if (range.bit(coder + CHOICE2) === 0) return 10 + range.tree(coder + MID + 8 * positionState, 3);
    return 18 + range.tree(coder + HIGH, 8);
  }

  #distance(length: number): number {
    const range = this.#range;
    const slot = range.tree(SLOT + 64 * Math.min(length - 2, 3), 6);
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1;
    const base = (2 | (slot & 1)) << bits;
    if (slot < 14) return base + range.reverseTree(SPECIAL + base - slot, bits);
    return base + (range.direct(bits - 4) << 4) + range.reverseTree(ALIGN, 4);
  }
}
