import type { Node, ReadOptions, Source } from "@somakit/core";
import { openPickle } from "@somakit/core/codec/pickle";
import { FormatError } from "@somakit/core/errors";
import { memberPath } from "@somakit/core/value";
import { entryOf, type KpEntry } from "./kp-entry.js";

/**
 * A kpfile: a pickled dict that has the entries of many clips by their identifiers. Also one clip's own file, a dict with
 * `keypoint` or nothing but the array, which then belongs to whoever asks.
 */
export class KpFile {
  readonly #source: Source;
  readonly #root: Node;

  private constructor(source: Source, root: Node) {
    this.#source = source;
    this.#root = root;
  }

  /**
   * Reads where everything is; arrays stay in the file until they are asked for. The file owns `source` from here on.
   * Rejects with `FormatError` as core's `openPickle`, and `mismatch` for what is neither dict nor array.
   */
  static async open(source: Source, options: ReadOptions = {}): Promise<KpFile> {
    try {
      const root = await openPickle(source, { signal: options.signal });
      if (root.kind !== "group" && root.kind !== "array")
        throw new FormatError("mismatch", "a dict of clips expected", { path: source.name });
      return new KpFile(source, root);
    } catch (error) {
      await source.close?.();
      throw error;
    }
  }

  /** The entry of a clip; `undefined` when the file has none. Rejects with `FormatError` when it is no entry. */
  async get(frameDir: string, options: ReadOptions = {}): Promise<KpEntry | undefined> {
    const own = await this.#own(options);
    if (own) return own;
    const node = this.#root.kind === "group" ? await this.#root.child(frameDir, options) : undefined;
    if (!node) return undefined;
    const path = memberPath(this.#source.name, frameDir);
    if (node.kind !== "group" || !node.load) throw new FormatError("mismatch", "a dict expected", { path });
    return entryOf(await node.load(options), path);
  }

  /** Every clip's entry in stored order, one in memory at a time; none for the file of a single clip. */
  async *entries(options: ReadOptions = {}): AsyncGenerator<readonly [string, KpEntry], void, void> {
    if (this.#root.kind !== "group" || (await this.#own(options))) return;
    for (const key of this.#root.keys) {
      options.signal?.throwIfAborted();
      yield [key, (await this.get(key, options)) as KpEntry];
    }
  }

  async close(): Promise<void> {
    await this.#source.close?.();
  }

  /** What the file of a single clip holds. */
  async #own(options: ReadOptions): Promise<KpEntry | undefined> {
    const root = this.#root;
    if (root.kind === "array") return { keypoint: await root.load(options) };
    if (root.kind !== "group" || (await root.child("keypoint", options))?.kind !== "array") return undefined;
    return root.load && entryOf(await root.load(options), this.#source.name);
  }
}
