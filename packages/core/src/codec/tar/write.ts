import { FormatError } from "../../errors.js";
import { NewPaths } from "../../source/folder-sink.js";
import { MemorySink } from "../../source/sink-memory.js";
import type { FolderSink, Sink } from "../../source/source.js";
import { packGzip } from "../gzip/pack.js";
import { BLOCK, paddedSize } from "./header.js";

export interface TarSinkOptions {
  /** zlib's level, 1 to 9, for a `.tar.gz`; `none` for a `.tar`. Default: 6. */
  readonly level?: number | "none" | undefined;
}

/**
 * Writes a folder as an archive: files in the order in which they are committed, one of them in memory at a time. Entries
 * have no dates and no owners, so that the same files make the same bytes.
 */
export function tarSink(sink: Sink, options: TarSinkOptions = {}): FolderSink {
  const { level = 6 } = options;
  const packed = level === "none" ? undefined : packGzip(sink, level);
  const paths = new NewPaths();
  const append = (bytes: Uint8Array): Promise<void> => (packed ?? sink).append(bytes);
  return {
    name: sink.name,
    async file(path) {
      paths.take(path);
      const content = new MemorySink(path);
      const commit = async (): Promise<void> => {
        await content.commit();
        await append(headersOf(path, content.byteLength));
        for (const part of content.parts()) await append(part);
        await append(new Uint8Array(paddedSize(content.byteLength) - content.byteLength));
      };
      return {
        name: path,
        append: (bytes) => content.append(bytes),
        patch: (start, bytes) => content.patch(start, bytes),
        abort: () => content.abort(),
        commit,
      };
    },
    async commit() {
      await append(new Uint8Array(2 * BLOCK));
      await packed?.end();
      await sink.commit();
    },
    async abort() {
      await packed?.abort();
      await sink.abort();
    },
  };
}

/** The header of a file, behind an extended one where the path or the size do not fit. */
function headersOf(path: string, size: number): Uint8Array {
  const name = new TextEncoder().encode(path);
  const fits = name.byteLength <= 100 && size < 8 ** 11;
  if (fits) return header({ name, size, type: "0" });
  const records = record("path", path) + (size < 8 ** 11 ? "" : record("size", String(size)));
  const content = new TextEncoder().encode(records);
  const blocks = new Uint8Array(2 * BLOCK + paddedSize(content.byteLength));
  blocks.set(header({ name: new TextEncoder().encode("././@PaxHeader"), size: content.byteLength, type: "x" }));
  blocks.set(content, BLOCK);
  const shown = size < 8 ** 11 ? size : 0;
  blocks.set(header({ name: name.subarray(0, 100), size: shown, type: "0" }), BLOCK + paddedSize(content.byteLength));
  return blocks;
}

/** `length key=value\n`, of which the length counts itself. */
function record(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const bytes = new TextEncoder().encode(rest).byteLength;
  let length = bytes;
  while (length !== bytes + String(length).length) length = bytes + String(length).length;
  return `${length}${rest}`;
}

function header({ name, size, type }: { name: Uint8Array; size: number; type: string }): Uint8Array {
  if (name.byteLength > 100) throw new FormatError("unwritable", "the name of an entry is too long");
  const block = new Uint8Array(BLOCK);
  const put = (text: string, at: number): void => block.set(new TextEncoder().encode(text), at);
  block.set(name);
  put("0000644\0", 100);
  put("0000000\0", 108);
  put("0000000\0", 116);
  put(`${size.toString(8).padStart(11, "0")}\0`, 124);
  put(`${"0".repeat(11)}\0`, 136);
  put("        ", 148);
  put(type, 156);
  put("ustar\u000000", 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}
