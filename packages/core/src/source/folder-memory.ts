import { FormatError } from "../errors.js";
import { folderSteps } from "./folder-path.js";
import { memorySource } from "./memory.js";
import type { Folder, FolderEntry } from "./source.js";

/** A folder whose files are in memory, by their path: `camera/visible_spectrum.png`. */
export function memoryFolder(files: ReadonlyMap<string, ArrayBuffer | Uint8Array>, name = ""): Folder {
  return {
    name,
    async list(path) {
      const prefix = folderSteps(path)
        .map((step) => `${step}/`)
        .join("");
      const entries = new Map<string, FolderEntry>();
      for (const [file, bytes] of files) {
        if (!file.startsWith(prefix)) continue;
        const [first = "", ...rest] = file.slice(prefix.length).split("/");
        if (rest.length > 0) entries.set(first, { name: first, kind: "folder" });
        else entries.set(first, { name: first, kind: "file", byteLength: bytes.byteLength });
      }
      if (entries.size === 0 && prefix !== "") throw new FormatError("missing", "no such folder", { path });
      return [...entries.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    async open(path) {
      const file = folderSteps(path).join("/");
      const bytes = files.get(file);
      if (!bytes) throw new FormatError("missing", "no such file", { path });
      return memorySource(bytes, path);
    },
  };
}
