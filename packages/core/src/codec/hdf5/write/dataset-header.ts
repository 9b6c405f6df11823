import {
  dataspace,
  datatype,
  type Filters,
  fillValue,
  filterPipeline,
  layout,
  type Message,
  type Storage,
} from "./messages.js";
import { objectHeader } from "./object-header.js";

export interface DatasetParts {
  readonly datatype: Uint8Array;
  readonly itemSize: number;
  /** Null for a data set without any elements. */
  readonly shape: readonly number[] | null;
  readonly growing: boolean;
  readonly storage: Storage;
  readonly filters: Filters;
  readonly attributes: readonly Message[];
  readonly path: string;
}

/** The header of a data set whose elements are written. */
export function datasetHeader(parts: DatasetParts): Uint8Array {
  const { storage, filters, path } = parts;
  const isFiltered = filters.shuffle || filters.gzip > 0;
  const messages: Message[] = [
    dataspace(parts.shape, { growing: parts.growing }),
    datatype(parts.datatype),
    fillValue(storage),
    layout(storage),
    ...(isFiltered ? [filterPipeline(filters, parts.itemSize)] : []),
    ...parts.attributes,
  ];
  return objectHeader(messages, { ordered: false, path });
}
