import type { Issue } from "../issues.js";
import type { Layout } from "../layout/layout.js";
import type { Node } from "../tree/node.js";
import { type AccessorClass, ListAccessor, type LoadOptions, type Location } from "./accessor.js";
import { type CheckOptions, checkFile } from "./check/check.js";
import { decode } from "./decode.js";
import type { OpenFile } from "./open.js";
import { partOfWindow } from "./part.js";
import { SymbolScope } from "./scope.js";

/**
 * An open file that is a list of groups, `T` in memory. Items are found when they are used. Close it when done: a file on
 * disk stays open until then.
 */
export class ListFileAccessor<T, A> extends ListAccessor<A> {
  readonly #file: OpenFile;

  constructor(location: Location, item: AccessorClass<A>) {
    super(location, item);
    this.#file = location.file;
  }

  get layout(): Layout {
    return this.#file.layout;
  }

  /** All items, in memory. Throws `FormatError`. */
  async read(options: LoadOptions = {}): Promise<T> {
    const { layout, container, root } = this.#file;
    const part = options.window && partOfWindow(options.window, SymbolScope.of(layout, root));
    const decoder = { layout, holds: container.codec.holds, nulls: container.nulls, options, part };
    return (await decode(decoder, layout.root, root)) as T;
  }

  /** What is wrong with the file, by the schema. */
  check(options?: CheckOptions): Promise<readonly Issue[]> {
    return checkFile(this.#file, options);
  }

  /** The list in the file, for code that works on any tree. */
  async node(): Promise<Node> {
    return this.#file.root;
  }

  async close(): Promise<void> {
    await this.#file.source.close?.();
  }
}
