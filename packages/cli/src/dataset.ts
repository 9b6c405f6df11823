import type { Folder, Layout, ObjectLayout, OpenFile, RegistryEntry, Source } from "@somakit/core";
import { FileAccessor, symbolSizes } from "@somakit/core/engine";
import { isFolder } from "@somakit/core/source";
import { about, UnknownDataset, UsageError } from "./failure.js";
import { insteadOfFrames } from "./instead.js";
import { countLabel } from "./print/amount.js";
import { openAs, recognise } from "./recognise.js";
import type { Context } from "./verbs/verb.js";

/** A record of any data set, as reading gives it. */
export type DataRecord = Record<string, unknown>;

/** An open file of a data set. */
export interface Dataset {
  readonly entry: RegistryEntry;
  readonly layout: Layout;
  readonly file: FileAccessor<DataRecord>;
  /** The same, for work on its tree. */
  readonly open: OpenFile;
  /** Sizes of the axis symbols of its root. */
  sizes(): Promise<ReadonlyMap<string, number>>;
}

/**
 * Opens FILE as a data set, told by its content or by `--as`, for as long as `use` takes. Errors in it are about FILE. A folder
 * is one for those who give `context.openAny`.
 */
export async function withDataset<T>(
  context: Context,
  name: string,
  id: string | undefined,
  use: (dataset: Dataset) => Promise<T>,
  openAny: (name: string) => Promise<Source | Folder> = context.open,
): Promise<T> {
  return about(name, async () => {
    const { signal } = context;
    const source = await openAny(name);
    try {
      const { container, dataset } =
        id === undefined
          ? await recognise(await context.registry(), source, { signal })
          : await openAs(await context.registry(), id, source, { signal });
      if (!dataset) throw new UnknownDataset(container);
      const { entry, layout, root } = dataset;
      const open: OpenFile = { layout, container: dataset.container, root, source };
      const file = new FileAccessor<DataRecord>({ file: open, field: layout.root, path: "", find: async () => root });
      return await use({ entry, layout, file, open, sizes: () => symbolSizes(layout, root, { signal }) });
    } finally {
      if (!isFolder(source)) await source.close?.();
    }
  });
}

/** The object at the root of a data set. Throws `UsageError` for data sets that are no record. */
export function rootOf(layout: Layout): ObjectLayout {
  let root = layout.root;
  for (let hops = 0; root.kind === "ref" && hops < 64; hops++) root = layout.defs[root.name] ?? root;
  if (root.kind === "object") return root;
  throw new UsageError(
    `${layout.title} is no record, so it has no frames and no keys of its own`,
    insteadOfFrames(layout),
  );
}

/**
 * The axis symbol of the root to work along: the frames unless told otherwise. Throws `UsageError` for one that there is
 * not, and for data sets without frames.
 */
export function axisOf(layout: Layout, along: string | undefined): string {
  const { dims = {} } = rootOf(layout);
  if (along !== undefined && Object.hasOwn(dims, along)) return along;
  const frames = Object.keys(dims).find((symbol) => dims[symbol]?.role === "frame");
  if (along === undefined && frames !== undefined) return frames;
  // What keypoints and channels are counted by is no time, and whoever wants frames does not want these.
  const fitting = Object.entries(dims).filter(([, { role }]) => along !== undefined || !PARTS.has(role));
  const axes = fitting.map(([symbol, { description: what }]) => (what ? `${symbol} (${what})` : symbol));
  if (axes.length === 0)
    throw new UsageError(`nothing in ${layout.title} lies along frames of all of it`, insteadOfFrames(layout));
  const message = along === undefined ? "has no frames" : `has no axis ${JSON.stringify(along)}`;
  throw new UsageError(`${layout.title} ${message}`, `--along takes ${axes.join(", ")}`);
}

/** Roles of axes along which a person is laid out, not many of them. */
const PARTS: ReadonlySet<string | undefined> = new Set(["keypoint", "vertex", "channel"]);

/** What items along an axis are called: frames, people, or the axis itself. */
export function itemsLabel(layout: Layout, symbol: string, count: number): string {
  const role = rootOf(layout).dims?.[symbol]?.role;
  if (role === "frame") return countLabel(count, "frame");
  return role === "person" ? countLabel(count, "person", "people") : `${count} along ${symbol}`;
}
