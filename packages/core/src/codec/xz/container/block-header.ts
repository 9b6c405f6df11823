import { crc32 } from "#platform";
import { littleEndian } from "./check.js";
import { wordAt } from "./flags.js";
import { type Place, xzError } from "./place.js";
import { readVli, vliBytes } from "./vli.js";

/** What is in front of a block's data (section 3.1 of the .xz file format). */
export interface BlockHeader {
  /** Bytes of the header itself. */
  readonly byteLength: number;
  /** Bytes of the compressed data, where stated. */
  readonly compressedBytes: number | undefined;
  /** Bytes that the block decompresses to, where stated. */
  readonly uncompressedBytes: number | undefined;
  /** How far back matches may reach. */
  readonly dictionaryBytes: number;
  /** Filters before LZMA2, in the order in which the encoder applied them: distances of delta filters. */
  readonly deltas: readonly number[];
}

const LZMA2 = 0x21;
const DELTA = 0x03;
/** Filters of machine code, which nothing that somakit reads is made of. */
const KNOWN: ReadonlyMap<number, string> = new Map([
  [0x04, "BCJ x86"],
  [0x05, "BCJ PowerPC"],
  [0x06, "BCJ IA-64"],
  [0x07, "BCJ ARM"],
  [0x08, "BCJ ARM Thumb"],
  [0x09, "BCJ SPARC"],
  [0x0a, "BCJ ARM64"],
  [0x0b, "BCJ RISC-V"],
]);

/** Bytes of the header that begins with `first`, which is not 0. */
export function blockHeaderBytes(first: number): number {
  return (first + 1) * 4;
}

/** What a whole header says. Throws `checksum`, `corrupt` or `unsupported`. */
export function readBlockHeader(bytes: Uint8Array, place: Place): BlockHeader {
  const end = bytes.byteLength - 4;
  if (wordAt(bytes, end) !== crc32(bytes.subarray(0, end))) {
    throw xzError("checksum", "the CRC-32 of the block's header does not match", place);
  }
  const reader = new FieldReader(bytes.subarray(0, end), place);
  const flags = bytes[1] as number;
  if (flags & 0x3c) throw xzError("unsupported", "the block has flags that are not known", place);
  const compressedBytes = flags & 0x40 ? reader.integer() : undefined;
  const uncompressedBytes = flags & 0x80 ? reader.integer() : undefined;
  if (compressedBytes === 0) throw xzError("corrupt", "the block's header states a size of 0", place);
  const filters = Array.from({ length: (flags & 3) + 1 }, () => reader.filter());
  if (!reader.restIsZero()) throw xzError("unsupported", "the block's header holds more than is known", place);
  return { byteLength: bytes.byteLength, compressedBytes, uncompressedBytes, ...chainOf(filters, place) };
}

interface Filter {
  readonly id: number;
  readonly properties: Uint8Array;
}

function chainOf(filters: readonly Filter[], place: Place): Pick<BlockHeader, "dictionaryBytes" | "deltas"> {
  const last = filters.at(-1) as Filter;
  const deltas = filters.slice(0, -1).map(({ id, properties }) => {
    if (id !== DELTA)
      throw xzError("unsupported", `the block uses ${filterName(id)}; LZMA2 and delta can be read`, place);
    if (properties.byteLength !== 1) throw xzError("corrupt", "the delta filter has wrong properties", place);
    return (properties[0] as number) + 1;
  });
  if (last.id !== LZMA2) {
    throw xzError("unsupported", `the block's last filter is ${filterName(last.id)}; it has to be LZMA2`, place);
  }
  const [size = 255] = last.properties;
  if (last.properties.byteLength !== 1 || size > 40) {
    throw xzError("corrupt", "the LZMA2 filter has wrong properties", place);
  }
  return { deltas, dictionaryBytes: dictionaryOf(size) };
}

function filterName(id: number): string {
  if (id === LZMA2) return "LZMA2 not as its last filter";
  if (id === DELTA) return "delta";
  return KNOWN.get(id) ?? `the filter 0x${id.toString(16)}`;
}

/** The dictionary's size that LZMA2's property stands for (section 5.3.1). */
function dictionaryOf(property: number): number {
  return property === 40 ? 2 ** 32 - 1 : (2 | (property & 1)) * 2 ** ((property >> 1) + 11);
}

/** The property of the smallest dictionary with at least `byteLength` bytes. */
function dictionaryProperty(byteLength: number): number {
  let property = 0;
  while (dictionaryOf(property) < byteLength) property++;
  return property;
}

class FieldReader {
  readonly #bytes: Uint8Array;
  readonly #place: Place;
  #at = 2;

  constructor(bytes: Uint8Array, place: Place) {
    this.#bytes = bytes;
    this.#place = place;
  }

  integer(): number {
    const read = readVli(this.#bytes, this.#at);
    if (typeof read === "string") throw this.#corrupt();
    this.#at = read.end;
    return read.value;
  }

  filter(): Filter {
    const id = this.integer();
    const size = this.integer();
    const properties = this.#bytes.subarray(this.#at, this.#at + size);
    if (properties.byteLength !== size) throw this.#corrupt();
    this.#at += size;
    return { id, properties };
  }

  restIsZero(): boolean {
    return this.#bytes.subarray(this.#at).every((byte) => byte === 0);
  }

  #corrupt(): Error {
    return xzError("corrupt", "the block's header does not hold what it says", this.#place);
  }
}

export interface BlockSizes {
  readonly compressedBytes: number;
  readonly uncompressedBytes: number;
  readonly dictionaryBytes: number;
}

/** The header of a block of plain LZMA2, with both sizes: who reads it can tell blocks apart without decoding them. */
export function makeBlockHeader(sizes: BlockSizes): Uint8Array<ArrayBuffer> {
  const fields = [
    0xc0,
    ...vliBytes(sizes.compressedBytes),
    ...vliBytes(sizes.uncompressedBytes),
    LZMA2,
    1,
    dictionaryProperty(sizes.dictionaryBytes),
  ];
  const units = Math.ceil((1 + fields.length) / 4) + 1;
  const content = new Uint8Array(4 * units - 4);
  content[0] = units - 1;
  content.set(fields, 1);
  return Uint8Array.of(...content, ...littleEndian(crc32(content)));
}
