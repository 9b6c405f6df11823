import { checkBounds } from "../../source/bounds.js";
import { type FolderFiles, folderOf } from "../../source/folder-tree.js";
import { type Input, toSource } from "../../source/input.js";
import { memorySource } from "../../source/memory.js";
import { section } from "../../source/section.js";
import type { Folder, Source, WorkOptions } from "../../source/source.js";
import { isPacked, type ReadTarOptions, readTar, unpacked } from "./read.js";
import { Tape, type TapeEntry } from "./tape.js";

export interface OpenTarOptions extends ReadTarOptions, Pick<WorkOptions, "onProgress"> {
  /**
   * Bytes of the contents of a compressed archive that are kept in memory. Where they do not suffice, small files stay, and larger
   * ones are unpacked again when they are asked for. Default: 1 GiB.
   */
  readonly maxLoadBytes?: number | undefined;
}

const MAX_LOAD = 2 ** 30;
/** What stays in memory of an archive that is too large as a whole: documents, but no images. */
const SMALL = 2 ** 18;

/**
 * A `.tar`, `.tar.gz` or `.tar.bz2` archive as a folder. Of a plain archive only the headers are read, contents stay in it until they
 * are asked for. A compressed one is unpacked once, since nothing in it can be found otherwise, and stays in memory; of one that has
 * more than `maxLoadBytes`, only small files do. Its larger files are unpacked on the way from one to the next, which is fast in the order of the
 * archive; every step far back begins at the beginning. Unpack such an archive to read it in any order.
 *
 * What macOS adds (`__MACOSX`, `._name`) is left out. Throws what {@link readTar} throws. Closing the folder leaves `input` open.
 */
export async function openTar(input: Input, options: OpenTarOptions = {}): Promise<Folder> {
  const source = await toSource(input, options);
  const packed = isPacked(await source.read(0, Math.min(3, source.byteLength), options));
  return packed ? packedFolder(source, options) : plainFolder(source, options);
}

async function plainFolder(source: Source, options: OpenTarOptions): Promise<Folder> {
  const files: FolderFiles = new Map();
  for await (const { name, size, offset, kind } of readTar(source, options)) {
    if (isForeign(name)) continue;
    const open = async (): Promise<Source> => section(source, offset, offset + size, name);
    files.set(name, kind === "folder" ? undefined : { byteLength: size, open });
  }
  return folderOf(files, source.name);
}

async function packedFolder(source: Source, options: OpenTarOptions): Promise<Folder> {
  const { maxLoadBytes = MAX_LOAD, limits } = options;
  const folders: string[] = [];
  const entries: TapeEntry[] = [];
  const kept = new KeptContents(maxLoadBytes);
  for await (const entry of readTar(source, options)) {
    const { name, kind, size, offset } = entry;
    if (isForeign(name)) continue;
    if (kind === "folder") folders.push(name);
    else entries.push({ name, size, offset });
    if (kind === "file" && kept.takes(size)) kept.add(name, await entry.bytes());
  }
  // Later passes have no part in the first one's signal and progress.
  const unpack = (): AsyncIterable<Uint8Array> => unpacked(source, { limits });
  const tape = new Tape({ unpack, entries, maxBytes: maxLoadBytes - kept.byteLength });
  const files: FolderFiles = new Map(folders.map((name) => [name, undefined]));
  for (const entry of entries) {
    const bytes = kept.get(entry.name);
    const open = async (): Promise<Source> => (bytes ? memorySource(bytes, entry.name) : tapeSource(tape, entry));
    files.set(entry.name, { byteLength: entry.size, open });
  }
  return { ...folderOf(files, source.name), close: () => tape.close() };
}

/** Contents in memory: all of them as long as they fit, then the small ones in half of the memory. */
class KeptContents {
  readonly #contents = new Map<string, Uint8Array>();
  readonly #most: number;
  #isFull = false;
  byteLength = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Whether a content of this size is to be added. May drop larger ones for it. */
  takes(size: number): boolean {
    if (!this.#isFull && this.byteLength + size > this.#most) this.#fill();
    if (!this.#isFull) return true;
    return size <= SMALL && this.byteLength + size <= this.#most / 2;
  }

  add(name: string, bytes: Uint8Array): void {
    this.#contents.set(name, bytes);
    this.byteLength += bytes.byteLength;
  }

  get(name: string): Uint8Array | undefined {
    return this.#contents.get(name);
  }

  #fill(): void {
    this.#isFull = true;
    let total = 0;
    for (const [name, { byteLength }] of this.#contents) {
      const stays = byteLength <= SMALL && total + byteLength <= this.#most / 2;
      if (stays) total += byteLength;
      else this.#contents.delete(name);
    }
    this.byteLength = total;
  }
}

function tapeSource(tape: Tape, entry: TapeEntry): Source {
  const { name, size: byteLength } = entry;
  const source = { byteLength, name };
  return {
    ...source,
    async read(start, end, options) {
      checkBounds(source, start, end);
      return tape.read(entry, start, end, options);
    },
  };
}

/** What macOS puts beside files to keep what they cannot. */
function isForeign(name: string): boolean {
  return name.split("/").some((step) => step === "__MACOSX" || step === ".DS_Store" || step.startsWith("._"));
}
