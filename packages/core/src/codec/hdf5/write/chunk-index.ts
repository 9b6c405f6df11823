import { ByteWriter } from "./bytes.js";
import type { Output } from "./output.js";

/** A stored chunk: the indices of its first element, and its bytes in the file. */
export interface StoredChunk {
  readonly offset: readonly number[];
  readonly address: number;
  readonly byteLength: number;
}

/** Children of a node: twice HDF5's default of 32. */
const NODE = 64;

/**
 * Writes the B-tree (version 1) by which the chunks of a data set are found, and gives its address. Chunks come in C order
 * of their offsets. HDF5 File Format Specification, III.A.1.
 */
export async function writeChunkIndex(
  output: Output,
  stored: readonly StoredChunk[],
  chunks: readonly number[],
  itemSize: number,
): Promise<number | undefined> {
  if (stored.length === 0) return undefined;
  const key = 8 + 8 * (chunks.length + 1);
  const size = 24 + 8 * NODE + key * (NODE + 1);
  const end = endKey(stored.at(-1) as StoredChunk, chunks, itemSize);
  let level: readonly StoredChunk[] = stored;
  for (let height = 0; ; height++) {
    const count = Math.ceil(level.length / NODE);
    const first = output.position + ((8 - (output.position % 8)) % 8);
    const nodes: StoredChunk[] = [];
    for (let index = 0; index < count; index++) {
      const part = level.slice(index * NODE, (index + 1) * NODE);
      const out = new ByteWriter().text("TREE").u8(1).u8(height).u16(part.length);
      out.address(index === 0 ? undefined : first + (index - 1) * size);
      out.address(index === count - 1 ? undefined : first + (index + 1) * size);
      for (const chunk of part) writeKey(out, chunk).address(chunk.address);
      const next = level[(index + 1) * NODE];
      if (next) writeKey(out, next);
      else out.bytes(end);
      const address = await output.append(out.zeros(size - out.length).done());
      nodes.push({ ...(part[0] as StoredChunk), address });
    }
    if (nodes.length === 1) return nodes[0]?.address;
    level = nodes;
  }
}

function writeKey(out: ByteWriter, { offset, byteLength }: StoredChunk): ByteWriter {
  const allFilters = 0;
  out.u32(byteLength).u32(allFilters);
  for (const index of offset) out.u64(index);
  return out.u64(0);
}

/** The key behind the last chunk: one chunk further along every axis, that of an element's bytes too. */
function endKey({ offset }: StoredChunk, chunks: readonly number[], itemSize: number): Uint8Array {
  const out = new ByteWriter().u32(0).u32(0);
  for (const [axis, index] of offset.entries()) out.u64(index + (chunks[axis] as number));
  return out.u64(itemSize).done();
}
