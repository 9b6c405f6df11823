import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";

export interface ManifestEntry {
  /** A path; `*` stands for any characters but `/`. May name a folder. */
  readonly file: string;
  readonly [note: string]: unknown;
}

export interface Manifest {
  /** As somebody wrote it: `humandata`, `SkelShop HDF5`. */
  readonly system?: string;
  readonly files: readonly ManifestEntry[];
}

export const EXPECTED = ".expected.json";

/** A folder of fixtures: its files, its manifest, and what is expected of each file. */
export class Fixtures {
  readonly folder: string;
  /** Paths of all files, with `/`, sorted. */
  readonly files: readonly string[];
  readonly manifest: Manifest | undefined;
  /** What is wrong with the manifest. */
  readonly fault: string | undefined;
  readonly #names: ReadonlySet<string>;

  constructor(folder: string) {
    this.folder = folder;
    this.files = listFiles(folder);
    this.#names = new Set(this.files);
    const { manifest, fault } = readManifest(folder, this.#names);
    this.manifest = manifest;
    this.fault = fault;
  }

  has(file: string): boolean {
    return this.#names.has(file);
  }

  path(file: string): string {
    return join(this.folder, ...file.split("/"));
  }

  bytes(file: string): Uint8Array {
    return readFileSync(this.path(file));
  }

  json(file: string): unknown {
    return JSON.parse(readFileSync(this.path(file), "utf8"));
  }

  /** The expected file of a subject; undefined when there is none. Throws when it is no JSON object. */
  expected(subject: string): Readonly<Record<string, unknown>> | undefined {
    const file = `${subject}${EXPECTED}`;
    if (!this.has(file)) return undefined;
    const json = this.json(file);
    if (typeof json !== "object" || json === null || Array.isArray(json))
      throw new Error(`${file} holds no JSON object`);
    return json as Readonly<Record<string, unknown>>;
  }

  /** Manifest entries that name `subject`, or files in it. */
  entries(subject: string): readonly ManifestEntry[] {
    return (this.manifest?.files ?? []).filter(({ file }) => matches(file, subject));
  }

  /** Files that a manifest entry names. */
  named({ file }: ManifestEntry): readonly string[] {
    return this.files.filter((path) => matches(file, path) || path.startsWith(`${file}/`));
  }
}

function matches(pattern: string, path: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join("[^/]*")}$`).test(path);
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && !entry.name.startsWith("."))
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, sep).length).split(sep).join("/"))
    .sort();
}

/** Folders may end with a slash, and one entry may speak of several files. */
function entriesOf(entry: ManifestEntry): readonly ManifestEntry[] {
  return entry.file.split(" + ").map((file) => ({ ...entry, file: file.trim().replace(/\/$/, "") }));
}

function readManifest(folder: string, files: ReadonlySet<string>): { manifest?: Manifest; fault?: string } {
  if (!files.has("manifest.json")) return { fault: "there is no manifest.json" };
  try {
    const json = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as Partial<Manifest>;
    const fine = Array.isArray(json.files) && json.files.every(({ file }) => typeof file === "string");
    return fine
      ? { manifest: { ...json, files: (json.files ?? []).flatMap(entriesOf) } }
      : { fault: 'needs "files", each with "file"' };
  } catch (error) {
    return { fault: (error as Error).message };
  }
}
