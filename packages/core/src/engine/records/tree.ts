import { FormatError } from "../../errors.js";
import type { WorkOptions } from "../../source/source.js";
import type { GroupNode, ListNode, Node } from "../../tree/node.js";
import { leadNode } from "./lead-node.js";
import { listOfRecords } from "./source.js";
import type { RecordStream } from "./stream.js";

/** A stream of records as a tree: the records that stand alone by their names, and the list of those that repeat. */
export class RecordTree implements GroupNode {
  readonly kind = "group";
  readonly path = "";
  readonly records: RecordStream;
  #list: Promise<ListNode> | undefined;

  constructor(records: RecordStream) {
    this.records = records;
  }

  get keys(): readonly string[] {
    return [...this.records.lead.values.keys(), this.records.path];
  }

  async child(key: string, options?: WorkOptions): Promise<Node | undefined> {
    if (key !== this.records.path) return leadNode(this.records, key);
    // Its length may take a pass through the file, which is not to be made twice.
    this.#list ??= listOfRecords(this.records, options);
    this.#list.catch(() => {
      this.#list = undefined;
    });
    return this.#list;
  }
}

/** The stream of an open file's tree. Throws `unsupported` where the container is none. */
export function recordsOf(tree: Node): RecordStream {
  if (tree instanceof RecordTree) return tree.records;
  throw new FormatError("unsupported", "the container is no stream of records");
}

/** The first record of a stream, for which the others need not be counted; undefined for any other tree. */
export async function firstRecord(tree: Node, { signal }: WorkOptions = {}): Promise<Node | undefined> {
  return tree instanceof RecordTree ? tree.records.node(0, { signal }) : undefined;
}
