import type { ContainerCodec } from "../../engine/container.js";
import { FormatError } from "../../errors.js";
import { allocate } from "../../source/bounds.js";
import { memorySource } from "../../source/memory.js";
import type { Sink, Source, WorkOptions } from "../../source/source.js";
import { gzip } from "./gzip.js";
import type { Wrap } from "./wrap.js";
import { xz } from "./xz.js";

/** `codec` for files that are compressed by xz. */
export function inXz(codec: ContainerCodec): ContainerCodec {
  return wrapped(codec, xz);
}

/** `codec` for files that are compressed by gzip. */
export function inGzip(codec: ContainerCodec): ContainerCodec {
  return wrapped(codec, gzip);
}

const made = new Map<Wrap, WeakMap<ContainerCodec, ContainerCodec>>();

/** One codec for each pair, so that files are opened once for all data sets that name it. */
function wrapped(codec: ContainerCodec, wrap: Wrap): ContainerCodec {
  const known = made.get(wrap) ?? new WeakMap<ContainerCodec, ContainerCodec>();
  made.set(wrap, known);
  const found = known.get(codec) ?? make(codec, wrap);
  known.set(codec, found);
  return found;
}

function make(codec: ContainerCodec, wrap: Wrap): ContainerCodec {
  const same = { kind: codec.kind, holds: codec.holds, wrap, matches: (head: Uint8Array) => wrap.matches(head) };
  if (codec.isStream)
    return {
      ...same,
      isStream: true,
      open: (source, options) => codec.open(source, { ...options, wrap }),
      write: (sink, tree, options) => codec.write(sink, tree, options),
    };
  return {
    ...same,
    open: async (source, options) => codec.open(memorySource(await contentOf(source, wrap, options)), options),
    write: async (sink, tree, options) => codec.write(await wrappedSink(sink, wrap, options), tree, options),
  };
}

/** Other containers are decompressed into memory as a whole. */
const MAX_CONTENT_BYTES = 2 ** 30;

async function contentOf(
  source: Source,
  wrap: Wrap,
  { maxLoadBytes = MAX_CONTENT_BYTES, signal }: WorkOptions & { readonly maxLoadBytes?: number | undefined } = {},
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let total = 0;
  for await (const piece of wrap.pieces(source, 0, { signal })) {
    total += piece.byteLength;
    if (total > maxLoadBytes)
      throw new FormatError("limit", `the file holds more than the ${maxLoadBytes} bytes that are allowed`);
    parts.push(piece);
  }
  const all = allocate(total, "the content");
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.byteLength;
  }
  return all;
}

/** What is appended is compressed as one stream, front to back: nothing can be changed later. */
async function wrappedSink(sink: Sink, wrap: Wrap, options: WorkOptions = {}): Promise<Sink> {
  const stream = await wrap.stream(sink, { signal: options.signal });
  return {
    name: sink.name,
    append: (bytes) => stream.write(bytes),
    async commit() {
      await stream.close();
      await sink.commit();
    },
    async abort() {
      await stream.abort();
      await sink.abort();
    },
  };
}
