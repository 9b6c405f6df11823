import { deflateZlib, inflateZlib } from "#platform";
import { FormatError } from "../../errors.js";
import type { ExrBlock } from "./geometry.js";
import type { ExrHeader } from "./model.js";
import { decodePiz, encodePiz } from "./piz/piz.js";
import { applyPredictor, undoPredictor } from "./predictor.js";
import { decodeRuns, encodeRuns } from "./rle.js";

/**
 * The samples of a block, line by line and in each line channel by channel. A block that would not get shorter is stored
 * as it is. Offsets of errors count from the start of `stored`.
 */
export async function unpackBlock(stored: Uint8Array, header: ExrHeader, block: ExrBlock): Promise<Uint8Array> {
  const { byteLength } = block;
  if (stored.byteLength === byteLength) return stored;
  switch (header.compression) {
    case "none":
      throw new FormatError("corrupt", `${stored.byteLength} bytes in place of ${byteLength}`, { offset: 0 });
    case "rle":
      return undoPredictor(decodeRuns(stored, byteLength));
    case "zips":
    case "zip":
      return undoPredictor(await inflateZlib(stored, byteLength));
    case "piz":
      return decodePiz(stored, header, block);
  }
}

/** The inverse of {@link unpackBlock}. `level` is zlib's. */
export async function packBlock(
  raw: Uint8Array,
  header: ExrHeader,
  block: ExrBlock,
  level: number,
): Promise<Uint8Array> {
  const packed = await compressed(raw, header, block, level);
  return packed && packed.byteLength < raw.byteLength ? packed : raw;
}

async function compressed(
  raw: Uint8Array,
  header: ExrHeader,
  block: ExrBlock,
  level: number,
): Promise<Uint8Array | undefined> {
  switch (header.compression) {
    case "none":
      return undefined;
    case "rle":
      return encodeRuns(applyPredictor(raw));
    case "zips":
    case "zip":
      return deflateZlib(applyPredictor(raw), level);
    case "piz":
      return encodePiz(raw, header, block);
  }
}
