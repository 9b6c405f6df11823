import { folderOf } from "./folder-tree.js";
import { memorySource } from "./memory.js";
import type { Folder } from "./source.js";

/** A folder whose files are in memory, by their path: `camera/visible_spectrum.png`. */
export function memoryFolder(files: ReadonlyMap<string, ArrayBuffer | Uint8Array>, name = ""): Folder {
  const entries = [...files].map(([path, bytes]) => {
    const open = async () => memorySource(bytes, path);
    return [path, { byteLength: bytes.byteLength, open }] as const;
  });
  return folderOf(entries, name);
}
