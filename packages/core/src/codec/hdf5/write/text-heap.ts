import { ByteWriter, utf8Bytes } from "./bytes.js";
import { TEXT_SIZE } from "./datatype.js";
import type { Output } from "./output.js";

/** Collections are at least this long: HDF5 reads so much of one before it knows its length. */
const LEAST = 4096;
/** Bytes and texts after which a collection is full; it counts texts in 16 bits. */
const FULL = 1 << 16;
const MOST_TEXTS = 0xfffe;
const HEAD = 16;

/**
 * Writes texts to collections of the global heap, and gives the references to them that stand for elements. HDF5 File
 * Format Specification, III.E.
 */
export async function writeTexts(output: Output, texts: Iterable<string | Uint8Array>): Promise<Uint8Array> {
  const references = new ByteWriter();
  let waiting: Uint8Array[] = [];
  let bytes = HEAD;
  const close = async (): Promise<void> => {
    const full = waiting.filter(({ byteLength }) => byteLength > 0);
    const address = full.length > 0 ? await output.append(collection(full)) : 0;
    let index = 0;
    for (const { byteLength } of waiting) {
      if (byteLength > 0) references.u32(byteLength).address(address).u32(++index);
      // Empty text is nowhere.
      else references.zeros(TEXT_SIZE);
    }
    waiting = [];
    bytes = HEAD;
  };
  for (const text of texts) {
    const content = typeof text === "string" ? utf8Bytes(text) : text;
    waiting.push(content);
    bytes += HEAD + content.byteLength + 7;
    if (bytes > FULL || waiting.length === MOST_TEXTS) await close();
  }
  await close();
  return references.done();
}

function collection(texts: readonly Uint8Array[]): Uint8Array {
  const out = new ByteWriter();
  for (const [index, text] of texts.entries()) {
    out
      .u16(index + 1)
      .u16(1)
      .u32(0)
      .u64(text.byteLength);
    out.bytes(text).align(8);
  }
  const used = HEAD + out.length;
  const size = Math.max(LEAST, used);
  const whole = new ByteWriter().text("GCOL").u8(1).zeros(3).u64(size).bytes(out.done());
  // What is left is an object too, number 0; less than its head is nothing at all.
  if (size - used >= HEAD)
    whole
      .u16(0)
      .u16(0)
      .u32(0)
      .u64(size - used);
  return whole.zeros(size - whole.length).done();
}
