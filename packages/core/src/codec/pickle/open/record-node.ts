import type { WorkOptions } from "../../../source/source.js";
import type { GroupNode, Node } from "../../../tree/node.js";
import { memberPath } from "../../../value/path.js";
import type { Value } from "../../../value/value.js";
import { Blob, LazyArray, type Slot } from "../read/slots.js";
import type { RecordSlot } from "../records/rows.js";

/** What makes nodes of values that are partly still in the file. */
export interface NodeMaker {
  node(value: Value, path: string, options?: WorkOptions): Promise<Node>;
  load(value: Value, path: string, options?: WorkOptions): Promise<Value>;
}

/** What no node is needed for. */
export function singleValue(value: Value | undefined): Value | undefined {
  return typeof value === "object" && value !== null ? undefined : value;
}

export function storedBytes(value: Value | undefined): number | undefined {
  const slot = value as Slot | undefined;
  if (slot instanceof LazyArray) return slot.blob.length;
  return slot instanceof Blob ? slot.length : undefined;
}

/** The group of a dict that is not made before somebody needs all of it. Lists have many, so a node holds little. */
export class RecordNode implements GroupNode {
  readonly kind = "group";
  readonly path: string;
  readonly #maker: NodeMaker;
  readonly #record: RecordSlot;

  constructor(maker: NodeMaker, record: RecordSlot, path: string) {
    this.path = path;
    this.#maker = maker;
    this.#record = record;
  }

  get keys(): readonly string[] {
    return this.#record.keys as readonly string[];
  }

  async child(key: string, options?: WorkOptions): Promise<Node | undefined> {
    const item = this.#record.member(key);
    return item === undefined ? undefined : this.#maker.node(item, memberPath(this.path, key), options);
  }

  valueNow(key: string): Value | undefined {
    return singleValue(this.#record.member(key));
  }

  storedBytes(key: string): number | undefined {
    return storedBytes(this.#record.member(key));
  }

  load(options?: WorkOptions): Promise<Value> {
    return this.#maker.load(this.#record as unknown as Value, this.path, options);
  }
}
