import type { WorkOptions } from "../../source/source.js";
import type { ListNode, Node } from "../../tree/node.js";
import { elementPath } from "../../value/path.js";
import type { RecordCount, RecordFacts, RecordReadOptions } from "./types.js";

/** What a pass over records takes. */
export type PassOptions = Pick<RecordReadOptions, "signal" | "onProgress" | "threads" | "release" | "maxContentBytes">;

/** Where the records of a file come from, as trees that no schema has been applied to. */
export interface RecordSource extends RecordFacts {
  readonly path: string;
  /** The records from number `start` on. Throws `FormatError` behind the last whole one of a damaged file. */
  nodes(start: number, options?: PassOptions): AsyncGenerator<Node, void, void>;
  /** One record; undefined when there are fewer. */
  node(index: number, options?: PassOptions): Promise<Node | undefined>;
  count(options?: WorkOptions): Promise<RecordCount>;
  /** Reads the indexes of the container, where it has any. Throws what is wrong with them. */
  outline?(options?: WorkOptions): Promise<void>;
}

/** The items of a list in a container that is no stream. */
export function listSource(path: string, find: () => Promise<Node | undefined>): RecordSource {
  const list = async (): Promise<ListNode | undefined> => {
    const node = await find();
    return node?.kind === "list" ? node : undefined;
  };
  return {
    path,
    stated: undefined,
    isFinished: true,
    perBlock: undefined,
    async *nodes(start, options = {}) {
      const found = await list();
      for (let index = start; found && index < found.length; index++) {
        options.signal?.throwIfAborted();
        yield await found.child(index, options);
      }
    },
    async node(index, options) {
      const found = await list();
      return found && index < found.length ? found.child(index, options) : undefined;
    },
    count: async () => ({ count: (await list())?.length ?? 0, damage: undefined }),
  };
}

/** The records of a source as a list in a tree. Its length is the stated one, where there is one. */
export async function listOfRecords(source: RecordSource, options: WorkOptions = {}): Promise<ListNode> {
  const length = source.stated ?? (await source.count(options)).count;
  return {
    kind: "list",
    path: source.path,
    length,
    async child(index, childOptions) {
      const node = await source.node(index, childOptions);
      if (!node) throw await missing(source, index, childOptions);
      return node;
    },
    items: (itemOptions) => source.nodes(0, itemOptions),
    outline: async (outlineOptions) => source.outline?.(outlineOptions),
  };
}

/** Why there is no record `index`: the damage before it, if any. */
export async function missing(source: RecordSource, index: number, options?: WorkOptions): Promise<Error> {
  const { count, damage } = await source.count(options);
  return damage ?? new RangeError(`${elementPath(source.path, index)}: there are ${count} records`);
}
