import { type FileBytes, Piece, Unknown } from "./bytes.js";
import { readFractalHeap } from "./fractal-heap.js";
import { MESSAGE, type ObjectHeader } from "./header.js";
import { nameIn } from "./names.js";
import { readRecords } from "./tree.js";

/** Members of a group: where each is, undefined for links that are none to an object of this file. */
export type Links = ReadonlyMap<string, number | undefined>;

/** Members of a group that are followed here; larger groups are the library's. */
export const MOST_LINKS: number = 1 << 17;

export interface Link {
  readonly name: Uint8Array;
  readonly address: number | undefined;
  /** Its place in the order of creation, where that is kept. */
  readonly order: number | undefined;
}

/**
 * The members of a group of the new kind, in the order in which the library lists them: links are in its header, or in a heap.
 * Specification IV.A.2.c. Undefined for what is no such group.
 */
export function readLinks(file: FileBytes, { messages }: ObjectHeader): Links | undefined {
  const info = messages.find(({ type }) => type === MESSAGE.linkInfo);
  if (!info) return undefined;
  const piece = new Piece(info.body);
  if (piece.u8() !== 0) throw new Unknown();
  const flags = piece.u8();
  if ((flags & 1) !== 0) piece.skip(8);
  const [heap, index] = [piece.address(), piece.address()];
  const bodies = messages.filter(({ type }) => type === MESSAGE.link).map(({ body }) => body);
  if (heap !== undefined) {
    if (index === undefined || bodies.length > 0) throw new Unknown();
    bodies.push(...linksInHeap(file, heap, index));
  }
  const links = bodies.map((body) => readLink(new Piece(body)));
  // The library lists by order of creation only where that is indexed.
  return (flags & 2) !== 0 ? linksByOrder(links) : linksOf(links.sort((a, b) => compareBytes(a.name, b.name)));
}

/** Links by the index of their names: hashes, and where each link is in the heap. Specification III.A.2, III.G. */
function linksInHeap(file: FileBytes, address: number, index: number): Uint8Array[] {
  const heap = readFractalHeap(file, address);
  const records = readRecords(file, index, { type: NAME_INDEX, size: 4 + heap.idSize, most: MOST_LINKS });
  return records.map((record) => heap.object(record.subarray(4)));
}

const NAME_INDEX = 5;

function readLink(piece: Piece): Link {
  if (piece.u8() !== 1) throw new Unknown();
  const flags = piece.u8();
  if (flags > 31) throw new Unknown();
  const kind = flags & 8 ? piece.u8() : 0;
  const order = flags & 4 ? piece.u64() : undefined;
  if (flags & 16) piece.skip(1);
  const name = piece.take(piece.uint(1 << (flags & 3)));
  return { name, address: kind === 0 ? piece.u64() : undefined, order };
}

function linksByOrder(links: Link[]): Links {
  if (links.some(({ order }) => order === undefined)) throw new Unknown();
  return linksOf(links.sort((a, b) => (a.order as number) - (b.order as number)));
}

/** Links that are in the order in which the library lists them. */
export function linksOf(links: readonly Link[]): Links {
  const map = new Map<string, number | undefined>();
  for (const { name, address } of links) {
    const key = nameIn(name, "a member");
    if (map.has(key) || key === "") throw new Unknown();
    map.set(key, address);
  }
  return map;
}

export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let at = 0; at < Math.min(a.byteLength, b.byteLength); at++) {
    const difference = (a[at] as number) - (b[at] as number);
    if (difference !== 0) return difference;
  }
  return a.byteLength - b.byteLength;
}
