import { type FileBytes, Piece, Unknown } from "./bytes.js";
import { MESSAGE, type ObjectHeader } from "./header.js";

/** Members of a group: where each is, undefined for links that are none to an object of this file. */
export type Links = ReadonlyMap<string, number | undefined>;

/** Entries of a group that are followed here; larger groups are the library's. */
const MOST = 1 << 17;
const DEEPEST = 16;
const text = new TextDecoder("utf-8", { fatal: true });

/**
 * The members of a group, in the order in which the library lists them. Undefined for what is no group; throws `Unknown` for
 * one whose links are in a heap of their own.
 */
export function readLinks(file: FileBytes, { messages }: ObjectHeader): Links | undefined {
  const table = messages.find(({ type }) => type === MESSAGE.symbolTable);
  if (table) return readSymbolTable(file, new Piece(table.body));
  const info = messages.find(({ type }) => type === MESSAGE.linkInfo);
  if (!info) return undefined;
  const piece = new Piece(info.body);
  if (piece.u8() !== 0) throw new Unknown();
  const flags = piece.u8();
  if ((flags & 1) !== 0) piece.skip(8);
  if (piece.address() !== undefined) throw new Unknown();
  const links = messages.filter(({ type }) => type === MESSAGE.link).map(({ body }) => readLink(new Piece(body)));
  // The library lists by order of creation only where that is indexed.
  const indexed = (flags & 2) !== 0;
  if (indexed && links.some(({ order }) => order === undefined)) throw new Unknown();
  links.sort(indexed ? (a, b) => (a.order as number) - (b.order as number) : (a, b) => compareBytes(a.name, b.name));
  return mapOf(links);
}

interface Link {
  readonly name: Uint8Array;
  readonly address: number | undefined;
  readonly order: number | undefined;
}

function readLink(piece: Piece): Link {
  if (piece.u8() !== 1) throw new Unknown();
  const flags = piece.u8();
  const kind = flags & 8 ? piece.u8() : 0;
  const order = flags & 4 ? piece.u64() : undefined;
  if (flags & 16) piece.skip(1);
  const name = piece.take(piece.uint(1 << (flags & 3)));
  return { name, address: kind === 0 ? piece.u64() : undefined, order };
}

/** A group of the old kind: a B-tree of nodes with entries whose names are in a heap. Specification III.A, III.B, III.D. */
function readSymbolTable(file: FileBytes, table: Piece): Links {
  const tree = table.u64();
  const names = readHeap(file, table.u64());
  const links: Link[] = [];
  for (const { address: node, last } of leaves(file, tree)) {
    const head = file.at(node, 8);
    head.expect("SNOD");
    head.skip(2);
    const count = head.u16();
    if (links.length + count > MOST) throw new Unknown();
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
  return mapOf(links);
}

function readHeap(file: FileBytes, address: number): Uint8Array {
  const head = file.at(address, 32);
  head.expect("HEAP");
  head.skip(4);
  const size = head.u64();
  head.skip(8);
  if (size > 1 << 24) throw new Unknown();
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

function mapOf(links: readonly Link[]): Links {
  const map = new Map<string, number | undefined>();
  for (const { name, address } of links) {
    let key: string;
    try {
      key = text.decode(name);
    } catch {
      throw new Unknown();
    }
    if (map.has(key) || key === "") throw new Unknown();
    map.set(key, address);
  }
  return map;
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let at = 0; at < Math.min(a.byteLength, b.byteLength); at++) {
    const difference = (a[at] as number) - (b[at] as number);
    if (difference !== 0) return difference;
  }
  return a.byteLength - b.byteLength;
}
