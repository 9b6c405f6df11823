import { threads } from "#platform";
import { FormatError, isFormatError } from "../../errors.js";
import { viewOrRead } from "../../source/bounds.js";
import { mapConcurrently } from "../../source/concurrent.js";
import { pieceSizeOf } from "../../source/read-through.js";
import type { ReadOptions, Source } from "../../source/source.js";
import { unpackBlock } from "./compress.js";
import { blockCount, type ExrBlock } from "./geometry.js";
import { type ExrHeader, LINES_OF } from "./model.js";

/** Line and size in front of each block. */
const BLOCK_HEADER = 8;

/** Samples that may be under way at once, unless one block has more. */
const IN_FLIGHT = 1 << 26;

/** Where the blocks of a file are. */
export interface BlockTable {
  /** By number of the block, counted from the top. */
  readonly offsets: Float64Array;
  /** Where the bytes of each of them may end: at the next block in the file, or at its end. */
  readonly limits: Float64Array;
}

/**
 * Reads the table of offsets. Throws `FormatError`: `truncated` when it or a block is not there, `corrupt` when an offset
 * points outside the blocks or two of them at the same one.
 */
export async function readTable(
  source: Source,
  header: ExrHeader,
  start: number,
  options: ReadOptions = {},
): Promise<BlockTable> {
  const count = blockCount(header);
  const end = start + 8 * count;
  if (end > source.byteLength) {
    const reason = `the table of ${count} block offsets ends early`;
    throw new FormatError("truncated", reason, { offset: source.byteLength });
  }
  const bytes = await viewOrRead(source, start, end, options);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const offsets = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const offset = Number(view.getBigUint64(8 * i, true));
    const at = { offset: start + 8 * i };
    if (offset === 0) throw new FormatError("truncated", `block ${i} was never written`, at);
    if (offset < end) throw new FormatError("corrupt", `block ${i} is said to be at byte ${offset}`, at);
    if (offset + BLOCK_HEADER > source.byteLength)
      throw new FormatError("truncated", `block ${i} at byte ${offset} is not there`, at);
    offsets[i] = offset;
  }
  return { offsets, limits: limitsOf(offsets, source.byteLength, start) };
}

function limitsOf(offsets: Float64Array, end: number, table: number): Float64Array {
  const order = Uint32Array.from(offsets.keys()).sort((a, b) => (offsets[a] as number) - (offsets[b] as number));
  const limits = new Float64Array(offsets.length);
  order.forEach((block, i) => {
    const next = order[i + 1];
    const limit = next === undefined ? end : (offsets[next] as number);
    if (limit === offsets[block])
      throw new FormatError("corrupt", `blocks ${block} and ${next} are in one place`, { offset: table + 8 * block });
    limits[block] = limit;
  });
  return limits;
}

/** Blocks whose bytes are behind each other in the file. */
interface Run {
  readonly blocks: ExrBlock[];
  readonly start: number;
  end: number;
}

/** What lies side by side is read at once, in about as many bytes as the source likes to give. */
function runsOf(blocks: readonly ExrBlock[], { offsets, limits }: BlockTable, pieceSize: number): Run[] {
  const sorted = [...blocks].sort((a, b) => (offsets[a.index] as number) - (offsets[b.index] as number));
  const runs: Run[] = [];
  for (const block of sorted) {
    const start = offsets[block.index] as number;
    const end = Math.min(limits[block.index] as number, start + BLOCK_HEADER + block.byteLength);
    const run = runs.at(-1);
    if (run && run.end === start && end - run.start <= pieceSize) {
      run.blocks.push(block);
      run.end = end;
    } else runs.push({ blocks: [block], start, end });
  }
  return runs;
}

/** Reads and decompresses blocks, several at once, and hands each to `take` in no particular order. */
export async function readBlocks(
  source: Source,
  header: ExrHeader,
  table: BlockTable,
  blocks: readonly ExrBlock[],
  take: (raw: Uint8Array, block: ExrBlock) => void,
  options: ReadOptions = {},
): Promise<void> {
  const runs = runsOf(blocks, table, pieceSizeOf(source));
  const readRun = async (run: Run, signal: AbortSignal): Promise<void> => {
    const bytes = await viewOrRead(source, run.start, run.end, { signal });
    const unpack = async (block: ExrBlock): Promise<void> => {
      const start = table.offsets[block.index] as number;
      const stored = storedBlock(bytes.subarray(start - run.start), header, block, start);
      take(await unpacked(stored, header, block, start + BLOCK_HEADER), block);
    };
    const largest = Math.max(1, ...run.blocks.map(({ byteLength }) => byteLength));
    await mapConcurrently(run.blocks, Math.min(threads + 1, IN_FLIGHT / largest), unpack, { signal });
  };
  // Two, so that the next bytes are there when the last blocks of the ones before are under way.
  await mapConcurrently(runs, 2, (run, _, signal) => readRun(run, signal), options);
}

/** The bytes of a block without what stands before them, which must be what the table says. */
function storedBlock(bytes: Uint8Array, header: ExrHeader, block: ExrBlock, offset: number): Uint8Array {
  if (bytes.byteLength < BLOCK_HEADER)
    throw new FormatError("corrupt", "two blocks overlap", { offset: offset + bytes.byteLength });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const line = view.getInt32(0, true);
  if (line !== block.yMin) {
    const lines = LINES_OF[header.compression] === 1 ? "line" : "lines from";
    throw new FormatError("corrupt", `the block of ${lines} ${block.yMin} is said to begin at line ${line}`, {
      offset,
    });
  }
  const size = view.getInt32(4, true);
  const at = { offset: offset + 4 };
  if (size < 0 || size > block.byteLength)
    throw new FormatError("corrupt", `a block of ${block.byteLength} bytes that takes ${size}`, at);
  if (BLOCK_HEADER + size > bytes.byteLength)
    throw new FormatError("truncated", `a block of ${size} bytes, ${bytes.byteLength - BLOCK_HEADER} are there`, at);
  return bytes.subarray(BLOCK_HEADER, BLOCK_HEADER + size);
}

async function unpacked(stored: Uint8Array, header: ExrHeader, block: ExrBlock, offset: number): Promise<Uint8Array> {
  try {
    return await unpackBlock(stored, header, block);
  } catch (cause) {
    if (!isFormatError(cause)) throw cause;
    throw new FormatError(cause.code, cause.reason, { offset: offset + (cause.offset ?? 0), cause });
  }
}
