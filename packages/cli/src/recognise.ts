import {
  type ContainerCodec,
  type Detection,
  detect,
  FormatError,
  hdf5,
  json,
  type Layout,
  type Node,
  npyContainer,
  npz,
  openFile,
  pickle,
  type RegistryEntry,
  type Source,
  type WorkOptions,
} from "@somakit/core";
import { UsageError } from "./failure.js";

/** An open file, with the data set that its content speaks for. */
export interface Recognised {
  readonly container: string;
  readonly root: Node;
  /** Undefined when the content is no data set that is known. */
  readonly dataset: Detection | undefined;
  /** Further data sets that it may be. */
  readonly others: readonly Detection[];
}

/** What can be shown without any schema. */
const CONTAINERS: readonly ContainerCodec[] = [npz, npyContainer, pickle, hdf5, json];

/** Opens a file by its content. Reads headers only. Throws the `FormatError` of what it claims to be. */
export async function recognise(
  registry: readonly RegistryEntry[],
  source: Source,
  options: WorkOptions = {},
): Promise<Recognised> {
  const [dataset, ...others] = await detect(registry, source, options);
  if (dataset) return { container: dataset.container.codec.kind, root: dataset.root, dataset, others };
  const head = await source.read(0, Math.min(512, source.byteLength), options);
  const codec = CONTAINERS.find((container) => container.matches(head));
  if (!codec) {
    const kinds = CONTAINERS.map(({ kind }) => kind).join(", ");
    throw new FormatError("not-this-format", `the content is none of ${kinds}`, { offset: 0 });
  }
  return { container: codec.kind, root: await codec.open(source, options), dataset: undefined, others };
}

/** Opens a file as the data set `id`, whatever its content speaks for. */
export async function openAs(
  registry: readonly RegistryEntry[],
  id: string,
  source: Source,
  options: WorkOptions = {},
): Promise<Recognised> {
  const entry = registry.find((candidate) => candidate.id === id);
  if (!entry)
    throw new UsageError(
      `there is no data set ${JSON.stringify(id)}`,
      `there are ${registry.map((known) => known.id).join(", ")}`,
    );
  const layout: Layout = await entry.load();
  const { container, root } = await openFile(layout, source, options);
  return { container: container.codec.kind, root, dataset: { entry, layout, container, root, score: 0 }, others: [] };
}
