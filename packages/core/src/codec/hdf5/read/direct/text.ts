import { type FileBytes, type Piece, Unknown } from "./bytes.js";

/** Bytes of a collection's head, and of that of an object in it. */
const HEAD = 16;
/** Larger collections are the library's. */
const LARGEST = 1 << 20;

const NOTHING = new Uint8Array(0);

/**
 * The text of variable length that the next 16 bytes of an element refer to, up to its first zero. Specification III.E. Throws
 * `Unknown` unless the whole collection that it is in is sound.
 */
export function readText(file: FileBytes, element: Piece): Uint8Array {
  const length = element.u32();
  const address = element.u64();
  const index = element.u32();
  // Nothing was ever written: no text, which is handed out as an empty one.
  if (address === 0) return NOTHING;
  const found = objectsIn(file, address).get(index);
  if (found?.byteLength !== length) throw new Unknown();
  const end = found.indexOf(0);
  return found.slice(0, end < 0 ? length : end);
}

/** The objects of a collection of the global heap, by number. */
function objectsIn(file: FileBytes, address: number): ReadonlyMap<number, Uint8Array> {
  const head = file.at(address, HEAD);
  head.expect("GCOL");
  if (head.u32() !== 1) throw new Unknown();
  const size = head.u64();
  if (size < LEAST || size > LARGEST) throw new Unknown();
  const collection = file.at(address, size);
  collection.skip(HEAD);
  const objects = new Map<number, Uint8Array>();
  while (collection.left >= HEAD) {
    const index = collection.u16();
    collection.skip(6);
    const bytes = collection.u64();
    if (index === 0) {
      // What is free is last, and states its head as well.
      if (bytes !== collection.left + HEAD) throw new Unknown();
      break;
    }
    if (objects.has(index)) throw new Unknown();
    objects.set(index, collection.take(bytes));
    collection.skip((8 - (bytes % 8)) % 8);
  }
  return objects;
}

/** No collection is smaller. */
const LEAST = 4096;
