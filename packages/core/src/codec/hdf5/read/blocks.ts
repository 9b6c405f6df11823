/** A box of elements: where it starts along each axis, and how many there are. */
export interface Block {
  readonly start: readonly number[];
  readonly count: readonly number[];
}

/** Elements that are read at once. */
export interface BlockOptions {
  /** Sizes of the pieces that the file stores; left out where it stores rows one behind the other. */
  readonly chunks?: readonly number[] | null | undefined;
  /** How many elements a block should have at most; one chunk is read whole all the same. */
  readonly most: number;
}

/**
 * Boxes that make up `region`, in C order. No stored chunk is in two of them, so that none is decompressed twice, and
 * the last axes are whole before further ones grow, so that most boxes are one run of memory.
 */
export function* blocksOf(region: Block, { chunks, most }: BlockOptions): Generator<Block, void, void> {
  if (region.count.includes(0)) return;
  const sizes = blockSizes(region, chunks ?? region.count.map(() => 1), most);
  const ends = region.start.map((start, axis) => start + (region.count[axis] as number));
  const at = [...region.start];
  while (true) {
    const until = at.map((start, axis) => boundary(start, sizes[axis] as number, ends[axis] as number));
    yield { start: [...at], count: until.map((end, axis) => end - (at[axis] as number)) };
    let axis = at.length - 1;
    while (axis >= 0 && until[axis] === ends[axis]) {
      at[axis] = region.start[axis] as number;
      axis--;
    }
    if (axis < 0) return;
    at[axis] = until[axis] as number;
  }
}

/** The first multiple of `size` behind `start`, or `end`. */
function boundary(start: number, size: number, end: number): number {
  return Math.min(end, (Math.floor(start / size) + 1) * size);
}

function blockSizes(region: Block, chunks: readonly number[], most: number): number[] {
  const sizes = chunks.map((chunk, axis) => Math.min(chunk, spread(region, axis)));
  for (let axis = sizes.length - 1; axis >= 0; axis--) {
    const chunk = chunks[axis] as number;
    const others = sizes.reduce((product, size, at) => (at === axis ? product : product * size), 1);
    const fitting = Math.floor(most / others / chunk) * chunk;
    sizes[axis] = Math.max(chunk, Math.min(fitting, Math.ceil(spread(region, axis) / chunk) * chunk));
    if ((sizes[axis] as number) < spread(region, axis)) break;
  }
  return sizes;
}

/** How far the region reaches along an axis, from 0 on: boundaries are multiples of the sizes, wherever it starts. */
function spread({ start, count }: Block, axis: number): number {
  return (start[axis] as number) + (count[axis] as number);
}
