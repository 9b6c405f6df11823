import { FormatError, type FormatErrorCode } from "../../../errors.js";

/** Where in a file something is: streams and the blocks of each are counted from 0. */
export interface Place {
  readonly stream: number;
  readonly block?: number | undefined;
  /** Byte position in the file. */
  readonly offset: number;
}

/** The path that errors name a stream or a block by. */
function placePath({ stream, block }: Pick<Place, "stream" | "block">): string {
  return block === undefined ? `streams[${stream}]` : `streams[${stream}].blocks[${block}]`;
}

export function xzError(code: FormatErrorCode, reason: string, place: Place, cause?: unknown): FormatError {
  return new FormatError(code, reason, { path: placePath(place), offset: place.offset, cause });
}
