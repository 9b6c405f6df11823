import { type FileBytes, Piece, Unknown } from "./bytes.js";
import { MESSAGE, type ObjectHeader } from "./header.js";
import { compareBytes, type Link, type Links, linksOf, MOST_LINKS } from "./links.js";

/** Where the B-tree and the heap of names of a group of the old kind are. */
export type SymbolTable = readonly [tree: number, heap: number];

const DEEPEST = 16;
/** Larger heaps are the library's. */
const LARGEST_HEAP = 1 << 24;

/** Undefined for what is no group of the old kind. */
export function symbolTableOf({ messages }: ObjectHeader): SymbolTable | undefined {
  const message = messages.find(({ type }) => type === MESSAGE.symbolTable);
  if (!message) return undefined;
  const piece = new Piece(message.body);
  return [piece.u64(), piece.u64()];
}

/** A B-tree of nodes with entries whose names are in a heap. Specification III.A, III.B, III.D. */
export function readSymbolTable(file: FileBytes, [tree, heap]: SymbolTable): Links {
  const names = readHeap(file, heap);
  const links: Link[] = [];
  for (const { address: node, last } of leaves(file, tree)) {
    const head = file.at(node, 8);
    head.expect("SNOD");
    if (head.u8() !== 1) throw new Unknown();
    head.skip(1);
    const count = head.u16();
    if (links.length + count > MOST_LINKS) throw new Unknown();
    const entries = file.at(node + 8, count * 40);
    for (let index = 0; index < count; index++) {
      const offset = entries.u64();
      const name = nameAt(names, offset);
      const before = links.at(-1)?.name;
      // Names ascend, or the library would not find them: it looks by what the tree says of its last one.
      if ((before && compareBytes(before, name) >= 0) || (index === count - 1 && offset !== last)) throw new Unknown();
      const address = entries.u64();
      const cached = entries.u32();
      if (cached > 2) throw new Unknown();
      entries.skip(20);
      // 2 is a soft link, whose address means nothing.
      links.push({ name, address: cached === 2 ? undefined : address, order: undefined });
    }
  }
  return linksOf(links);
}

function readHeap(file: FileBytes, address: number): Uint8Array {
  const head = file.at(address, 32);
  head.expect("HEAP");
  if (head.u8() !== 0) throw new Unknown();
  head.skip(3);
  const size = head.u64();
  head.skip(8);
  if (size > LARGEST_HEAP) throw new Unknown();
  return file.at(head.u64(), size).bytes;
}

function nameAt(heap: Uint8Array, offset: number): Uint8Array {
  const end = heap.indexOf(0, offset);
  if (offset === 0 || offset >= heap.byteLength || end < 0 || heap[offset - 1] !== 0) throw new Unknown();
  return heap.subarray(offset, end);
}

interface Leaf {
  readonly address: number;
  /** Where in the heap its last name is. */
  readonly last: number;
}

/** The nodes at the bottom of a B-tree of a group, from left to right. Gives what the tree says of the last name in it. */
function* leaves(file: FileBytes, address: number, above = DEEPEST): Generator<Leaf, number, void> {
  const head = file.at(address, 24);
  head.expect("TREE");
  const [type, level, used] = [head.u8(), head.u8(), head.u16()];
  if (type !== 0 || level >= above) throw new Unknown();
  // Keys and children take turns; a key stands for the last name before it.
  const entries = file.at(address + 24, used * 16 + 8);
  let last = entries.u64();
  for (let index = 0; index < used; index++) {
    const child = entries.u64();
    last = entries.u64();
    if (level === 0) yield { address: child, last };
    else if ((yield* leaves(file, child, level)) !== last) throw new Unknown();
  }
  return last;
}
