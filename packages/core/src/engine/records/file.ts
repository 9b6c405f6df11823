import type { Issue } from "../../issues.js";
import type { Layout, ListLayout } from "../../layout/layout.js";
import { GroupAccessor, type Location } from "../accessor.js";
import { type CheckOptions, checkFile } from "../check/check.js";
import type { OpenFile } from "../open.js";
import { dereference } from "../resolve.js";
import { DecodingReader } from "./reader.js";
import { listSource } from "./source.js";
import { RecordTree } from "./tree.js";
import type { RecordReader } from "./types.js";

/**
 * An open file of records. What stands before those that repeat is in memory. Close it when done: a file on disk stays open
 * until then.
 */
export class RecordFileAccessor<T> extends GroupAccessor<T> {
  readonly #file: OpenFile;

  constructor(location: Location) {
    super(location);
    this.#file = location.file;
  }

  get layout(): Layout {
    return this.#file.layout;
  }

  /**
   * What is wrong with the file, by the schema. Goes through all of it, so that damage, what follows the end, and another
   * number of records than stated are found.
   */
  check(options?: CheckOptions): Promise<readonly Issue[]> {
    return checkFile(this.#file, options);
  }

  async close(): Promise<void> {
    await this.#file.source.close?.();
  }

  protected records<R>(key: string): RecordReader<R> {
    const { layout, container, root } = this.#file;
    const target = dereference(layout, layout.root);
    const list = target.kind === "object" ? (target.properties[key] as ListLayout) : undefined;
    if (list?.kind !== "list" || list.items === false) throw new TypeError(`${key} is no list of records`);
    const source =
      root instanceof RecordTree
        ? root.records
        : listSource(key, async () => (root.kind === "group" ? root.child(key) : undefined));
    return new DecodingReader<R>(source, {
      layout,
      holds: container.codec.holds,
      field: list.items,
      rule: list.rule,
    });
  }
}
