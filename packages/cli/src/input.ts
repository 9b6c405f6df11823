import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Folder, Source } from "@somakit/core";
import { FormatError, isFormatError } from "@somakit/core/errors";
import { fileFolder, fileSource } from "@somakit/core/node";
import { memorySource, urlSource } from "@somakit/core/source";
import { Annotated, EXIT, UsageError } from "./failure.js";

/** Standard input and pipes are kept in memory as a whole; more than this is refused. */
const STREAM_LIMIT: number = 2 ** 30;

export interface InputOptions {
  readonly signal?: AbortSignal | undefined;
  readonly stdin: AsyncIterable<Uint8Array>;
}

const FOLDERS =
  "info, validate, show, stats, digest, diff, slice, select, split, concat, convert, upgrade and render take a folder that is a data set";

/** What a FILE argument stands for: a path, an http(s) or file URL, or `-` for standard input. */
export async function openInput(name: string, options: InputOptions): Promise<Source> {
  if (name === "-") return memorySource(await readAll(options.stdin, "standard input"), "-");
  if (/^https?:\/\//i.test(name)) return openUrl(new URL(name), options);
  const path = /^file:\/\//i.test(name) ? new URL(name) : name;
  const stats = await stat(path);
  if (stats.isDirectory()) throw new UsageError("it is a folder; a file is needed", FOLDERS);
  if (stats.isFile()) return fileSource(path);
  return memorySource(await readAll(createReadStream(path), "the stream"), name);
}

/** The same where a folder will do as well. */
export async function openInputOrFolder(name: string, options: InputOptions): Promise<Source | Folder> {
  const isPath = name !== "-" && !/^https?:\/\//i.test(name);
  const path = /^file:\/\//i.test(name) ? fileURLToPath(name) : name;
  if (isPath && (await stat(path)).isDirectory()) return fileFolder(path);
  return openInput(name, options);
}

async function openUrl(url: URL, { signal }: InputOptions): Promise<Source> {
  try {
    return await urlSource(url, { signal });
  } catch (error) {
    // Not a value that is missing in a file, but the file.
    if (!isFormatError(error, "missing")) throw error;
    throw new Annotated(error, { exit: EXIT.unreadable, hint: "is the address right?" });
  }
}

/** Streams, named pipes too, are read to their end. */
async function readAll(stream: AsyncIterable<Uint8Array>, what: string): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of stream) {
    length += piece.byteLength;
    if (length > STREAM_LIMIT)
      throw new FormatError("limit", `${what} holds more than ${STREAM_LIMIT} bytes; give a file`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces, length);
}
