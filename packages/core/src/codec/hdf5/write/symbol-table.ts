import { ByteWriter, utf8Bytes } from "./bytes.js";
import type { Output } from "./output.js";

/** A member of a group, by the address of its header. */
export interface Member {
  readonly name: string;
  readonly address: number;
}

/** Members of a leaf (twice HDF5's default of 4), and children of a node (twice 16). */
const LEAF = 8;
const NODE = 32;
const ENTRY = 40;

/** A node of the tree: where it is, and where in the heap the largest name below it is. */
interface Child {
  readonly address: number;
  readonly largest: number;
}

/**
 * Writes the members of a group with many of them as a B-tree (version 1) of names in a local heap, in which a name is
 * found without looking at all. HDF5 File Format Specification, III.A.1, III.B and III.D.
 */
export async function writeSymbolTable(
  output: Output,
  members: readonly Member[],
): Promise<{ readonly tree: number; readonly heap: number }> {
  const named = members
    .map((member) => ({ ...member, bytes: utf8Bytes(member.name) }))
    .sort((a, b) => compareBytes(a.bytes, b.bytes));
  const names = new ByteWriter();
  // The empty name, which is smaller than all, is the first key.
  names.zeros(8);
  const placed = named.map((member) => {
    const at = names.length;
    names.bytes(member.bytes).u8(0).align(8);
    return { at, address: member.address };
  });
  const heap = await writeHeap(output, names.done());
  let level: Child[] = [];
  for (let at = 0; at < placed.length; at += LEAF) {
    const leaf = placed.slice(at, at + LEAF);
    level.push({ address: await output.append(leafBytes(leaf)), largest: leaf.at(-1)?.at ?? 0 });
  }
  let height = 0;
  while (true) {
    level = await writeLevel(output, level, height++);
    const [root] = level;
    if (level.length === 1 && root) return { tree: root.address, heap };
  }
}

async function writeHeap(output: Output, names: Uint8Array): Promise<number> {
  const data = await output.append(names);
  const noFreeList = 1;
  const head = new ByteWriter().text("HEAP").u8(0).zeros(3).u64(names.byteLength).u64(noFreeList).address(data);
  return output.append(head.done());
}

function leafBytes(leaf: readonly { readonly at: number; readonly address: number }[]): Uint8Array {
  const out = new ByteWriter().text("SNOD").u8(1).u8(0).u16(leaf.length);
  for (const { at, address } of leaf) out.u64(at).address(address).zeros(24);
  return out.zeros((LEAF - leaf.length) * ENTRY).done();
}

/** One level of the tree above `children`, its nodes linked to each other. */
async function writeLevel(output: Output, children: readonly Child[], height: number): Promise<Child[]> {
  const size = 24 + 8 * NODE + 8 * (NODE + 1);
  const count = Math.max(1, Math.ceil(children.length / NODE));
  const parts = Array.from({ length: count }, (_, index) => children.slice(index * NODE, (index + 1) * NODE));
  // Sizes are fixed, so a node knows where the next one will be.
  const first = output.position + ((8 - (output.position % 8)) % 8);
  const nodes: Child[] = [];
  for (const [index, part] of parts.entries()) {
    const previous = index === 0 ? undefined : first + (index - 1) * size;
    const next = index === count - 1 ? undefined : first + (index + 1) * size;
    const out = new ByteWriter().text("TREE").u8(0).u8(height).u16(part.length).address(previous).address(next);
    out.u64(index === 0 ? 0 : (parts[index - 1]?.at(-1)?.largest ?? 0));
    for (const { address, largest } of part) out.address(address).u64(largest);
    const address = await output.append(out.zeros(size - out.length).done());
    nodes.push({ address, largest: part.at(-1)?.largest ?? 0 });
  }
  return nodes;
}

export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.byteLength, b.byteLength);
  for (let at = 0; at < length; at++) {
    const difference = (a[at] as number) - (b[at] as number);
    if (difference !== 0) return difference;
  }
  return a.byteLength - b.byteLength;
}
