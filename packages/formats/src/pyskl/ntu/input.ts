import type { Input, ReadOptions } from "@somakit/core";
import { memorySource, readThrough, toSource } from "@somakit/core/source";
import type { BodyHandler, ScanOptions } from "./scanner.js";
import { SkeletonScanner } from "./scanner.js";

/** A skeleton text: itself, its bytes wherever they are, or pieces of them. */
export type SkeletonInput = string | Input | AsyncIterable<Uint8Array>;

export interface ReadSkeletonOptions extends ReadOptions {
  /** What messages call the text. Default: the name of the source. */
  readonly name?: string | undefined;
}

/** Scans all of `input`; pauses behind each piece, so that what was found can be handed on. */
export async function* scanInput(
  input: SkeletonInput,
  handler: BodyHandler,
  columns: ScanOptions["columns"],
  options: ReadSkeletonOptions,
): AsyncGenerator<undefined, void, void> {
  const { name, byteLength, pieces } = await opened(input, options);
  const scanner = new SkeletonScanner(handler, { name: options.name ?? name, byteLength, columns });
  for await (const piece of pieces) {
    options.signal?.throwIfAborted();
    scanner.push(piece);
    yield;
  }
  scanner.end();
  yield;
}

interface Opened {
  readonly name: string;
  readonly byteLength: number | undefined;
  readonly pieces: AsyncIterable<Uint8Array>;
}

async function opened(input: SkeletonInput, options: ReadOptions): Promise<Opened> {
  if (isPieces(input)) return { name: "", byteLength: undefined, pieces: input };
  const source =
    typeof input === "string" ? memorySource(new TextEncoder().encode(input)) : await toSource(input, options);
  const { name, byteLength } = source;
  return { name, byteLength, pieces: readThrough(source, 0, byteLength, options) };
}

function isPieces(input: SkeletonInput): input is AsyncIterable<Uint8Array> {
  return typeof input === "object" && Symbol.asyncIterator in input;
}
