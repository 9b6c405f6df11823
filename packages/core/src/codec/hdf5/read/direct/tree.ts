import { bytesFor, type FileBytes, type Piece, Unknown } from "./bytes.js";
import { verified } from "./checked.js";

export interface Records {
  /** What the tree holds, by its number. */
  readonly type: number;
  /** Bytes of a record. */
  readonly size: number;
  /** More of them are not read. */
  readonly most: number;
}

/** How large what a node says of those below is. */
interface Level {
  /** Records that a node can have. */
  readonly most: number;
  /** Records that a node can have with all that are below it. */
  readonly mostInAll: number;
}

interface Tree {
  readonly file: FileBytes;
  readonly records: Records;
  readonly levels: readonly Level[];
  readonly found: Uint8Array[];
}

const DEEPEST = 16;
const SMALLEST_NODE = 64;
const LARGEST_NODE = 1 << 20;
/** Signature, version, type and checksum of a node. */
const AROUND = 10;

/** The records of a B-tree of version 2, from the first to the last. Specification III.A.2. Throws `Unknown`. */
export function readRecords(file: FileBytes, address: number, records: Records): readonly Uint8Array[] {
  const head = verified(file, address, { length: 38, signature: "BTHD" });
  const [type, nodeSize, size, depth] = [head.u8(), head.u32(), head.u16(), head.u16()];
  head.skip(2);
  const root = head.address();
  const [inRoot, inAll] = [head.u16(), head.u64()];
  if (type !== records.type || size !== records.size || depth > DEEPEST || inAll > records.most) throw new Unknown();
  if (nodeSize < SMALLEST_NODE || nodeSize > LARGEST_NODE) throw new Unknown();
  if (root === undefined && inAll === 0) return [];
  if (root === undefined) throw new Unknown();
  const found: Uint8Array[] = [];
  const levels = levelsOf(nodeSize, size, depth);
  collect({ file, records, levels, found }, { address: root, count: inRoot, inAll }, depth);
  return found;
}

function levelsOf(nodeSize: number, size: number, depth: number): readonly Level[] {
  const leaf = Math.floor((nodeSize - AROUND) / size);
  const levels: Level[] = [{ most: leaf, mostInAll: leaf }];
  for (let level = 1; level <= depth; level++) {
    const below = levels[level - 1] as Level;
    const pointer = pointerSize(levels, level);
    const most = Math.floor((nodeSize - AROUND - pointer) / (size + pointer));
    levels.push({ most, mostInAll: (most + 1) * below.mostInAll + most });
  }
  return levels;
}

/** Bytes of an address, of the number of records in that node, and above leaves' parents of those in all below it. */
function pointerSize(levels: readonly Level[], level: number): number {
  const inAll = level > 1 ? bytesFor((levels[level - 1] as Level).mostInAll) : 0;
  return 8 + bytesFor((levels[0] as Level).most) + inAll;
}

interface Child {
  readonly address: number;
  readonly count: number;
  readonly inAll: number;
}

function collect({ file, records, levels, found }: Tree, { address, count, inAll }: Child, level: number): void {
  const { type, size } = records;
  const limit = levels[level] as Level;
  if (count > limit.most || found.length + inAll > records.most) throw new Unknown();
  const before = found.length;
  const pointers = level === 0 ? 0 : (count + 1) * pointerSize(levels, level);
  const node = verified(file, address, {
    length: AROUND + count * size + pointers,
    signature: level === 0 ? "BTLF" : "BTIN",
  });
  if (node.u8() !== type) throw new Unknown();
  const own = Array.from({ length: count }, () => node.take(size));
  if (level === 0) found.push(...own);
  else {
    const children = Array.from({ length: count + 1 }, () => childAt(node, levels, level));
    for (const [index, child] of children.entries()) {
      collect({ file, records, levels, found }, child, level - 1);
      const record = own[index];
      if (record) found.push(record);
    }
  }
  if (found.length - before !== inAll) throw new Unknown();
}

function childAt(node: Piece, levels: readonly Level[], level: number): Child {
  const address = node.u64();
  const count = node.number(bytesFor((levels[0] as Level).most));
  // A leaf has nothing below it.
  const inAll = level > 1 ? node.number(bytesFor((levels[level - 1] as Level).mostInAll)) : count;
  return { address, count, inAll };
}
