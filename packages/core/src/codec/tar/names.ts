import { FormatError } from "../../errors.js";

/** What the types mean whose contents are not read. */
const REFUSED: Readonly<Record<string, string>> = {
  "1": "a hard link",
  "2": "a symbolic link",
  "3": "a device",
  "4": "a device",
  "6": "a pipe",
};

/**
 * The path of an entry, relative and with `/`; empty for the folder of the archive itself. Throws `FormatError` `refused`
 * for a name that could lead out of the folder into which somebody unpacks it, on any system.
 */
export function entryPath(name: string, offset: number): string {
  const refuse = (why: string): FormatError => new FormatError("refused", why, { path: name, offset });
  if (name.startsWith("/") || name.startsWith("\\")) throw refuse("the entry has an absolute path");
  const steps = name.split("/").filter((step, index, all) => step !== "." && (step !== "" || index < all.length - 1));
  for (const step of steps) {
    if (step.split("\\").includes("..")) throw refuse("the entry leaves the folder of the archive");
    if (/^[A-Za-z]:/.test(step)) throw refuse("the entry names a drive");
    if (step === "" || step.includes("\\")) throw refuse("the name of the entry is not the same on every system");
  }
  return steps.join("/");
}

/** Whether an entry of this type is a file or a folder. Throws `FormatError`: `refused` for links and devices. */
export function entryKind(type: string, name: string, offset: number): "file" | "folder" {
  if (type === "5") return "folder";
  // Archives older than POSIX know folders by their names only.
  if (type === "0") return name.endsWith("/") ? "folder" : "file";
  if (type === "7") return "file";
  const what = REFUSED[type];
  if (what !== undefined) throw new FormatError("refused", `the entry is ${what}`, { path: name, offset });
  const shown = /[!-~]/.test(type) ? type : `0x${type.charCodeAt(0).toString(16)}`;
  throw new FormatError("unsupported", `the entry has the type ${shown}`, { path: name, offset });
}

/** Keeps track of names: none comes twice, none is both a file and a folder. */
export class EntryNames {
  readonly #kinds = new Map<string, "file" | "folder">();

  get size(): number {
    return this.#kinds.size;
  }

  /** Throws `FormatError` `refused`. Folders may be named again: archivers that add files to an archive do that. */
  add(path: string, kind: "file" | "folder", offset: number): void {
    const known = this.#kinds.get(path);
    if (known !== undefined && (kind === "file" || known === "file"))
      throw new FormatError("refused", "the archive has two entries of this name", { path, offset });
    this.#kinds.set(path, kind);
    for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
      const folder = path.slice(0, end);
      const above = this.#kinds.get(folder);
      if (above === "folder") return;
      if (above === "file")
        throw new FormatError("refused", "an entry is inside of one that is a file", { path, offset });
      this.#kinds.set(folder, "folder");
    }
  }
}
