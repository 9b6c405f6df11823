import { FormatError } from "../errors.js";
import { folderSteps } from "./folder-path.js";
import { MemorySink } from "./sink-memory.js";
import type { FolderSink, Sink } from "./source.js";

/** Checks the paths of new files: none twice, none inside of another, none that leads out of the folder. */
export class NewPaths {
  readonly #files = new Set<string>();
  readonly #folders = new Set<string>();

  /** The steps of a path that is free. Throws `FormatError`: `refused`, `exists`. */
  take(path: string): string[] {
    const steps = folderSteps(path);
    const folders = steps.slice(0, -1).map((_, index) => steps.slice(0, index + 1).join("/"));
    if (steps.length === 0 || this.#folders.has(path) || folders.some((folder) => this.#files.has(folder)))
      throw new FormatError("refused", "a file cannot be where a folder is", { path });
    if (this.#files.has(path)) throw new FormatError("exists", "the file was written already", { path });
    this.#files.add(path);
    for (const folder of folders) this.#folders.add(folder);
    return steps;
  }
}

/** Collects the files of a folder in memory. After `commit`, {@link MemoryFolderSink.files} has them by their paths. */
export class MemoryFolderSink implements FolderSink {
  readonly name: string;
  readonly #paths = new NewPaths();
  readonly #sinks = new Map<string, MemorySink>();
  #state: "open" | "committed" | "aborted" = "open";

  constructor(name = "") {
    this.name = name;
  }

  async file(path: string): Promise<Sink> {
    this.#expectOpen();
    this.#paths.take(path);
    const sink = new MemorySink(path);
    this.#sinks.set(path, sink);
    return sink;
  }

  async commit(): Promise<void> {
    this.#expectOpen();
    this.#state = "committed";
  }

  async abort(): Promise<void> {
    if (this.#state !== "open") return;
    this.#state = "aborted";
    this.#sinks.clear();
  }

  /** The files by their paths, for `memoryFolder`. */
  files(): Map<string, Uint8Array> {
    if (this.#state !== "committed") throw new Error(`${this.name || "the folder"} is not committed`);
    return new Map([...this.#sinks].map(([path, sink]) => [path, sink.bytes()]));
  }

  #expectOpen(): void {
    if (this.#state !== "open") throw new Error(`${this.name}: nothing can be written after commit or abort`);
  }
}
