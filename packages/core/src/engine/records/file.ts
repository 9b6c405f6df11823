import type { ListLayout } from "../../layout/layout.js";
import { type Location, RootAccessor } from "../accessor.js";
import type { OpenFile } from "../open.js";
import { dereference } from "../resolve.js";
import { DecodingReader } from "./reader.js";
import { listSource } from "./source.js";
import { RecordTree } from "./tree.js";
import type { RecordReader } from "./types.js";

/**
 * An open file of records. What stands before those that repeat is in memory. Checking goes through all of it, so that damage, what
 * follows the end, and another number of records than stated are found.
 */
export class RecordFileAccessor<T> extends RootAccessor<T> {
  readonly #file: OpenFile;

  constructor(location: Location) {
    super(location);
    this.#file = location.file;
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
