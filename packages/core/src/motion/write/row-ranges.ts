import { NdArray } from "../../ndarray/ndarray.js";
import type { PlacedSequence } from "./sequences.js";

/**
 * First row of each frame, and the row after its last, for rows in the order of sequences and frames. Of several sequences frames
 * with nobody are left out, since nothing would say which of them they belong to.
 */
export function writtenRanges(sequences: readonly PlacedSequence[]): NdArray<"int64"> {
  const ranges: bigint[] = [];
  let row = 0;
  for (const { frames, people, present } of sequences) {
    for (let frame = 0; frame < frames; frame++) {
      const start = row;
      for (let place = 0; place < people; place++) if (present[frame * people + place] === 1) row++;
      if (row > start || sequences.length === 1) ranges.push(BigInt(start), BigInt(row));
    }
  }
  return NdArray.from("int64", BigInt64Array.from(ranges), [ranges.length / 2, 2]) as NdArray<"int64">;
}
