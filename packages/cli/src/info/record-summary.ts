import type { RecordReader, Source, WorkOptions, XzBlock, XzFile } from "@somakit/core";
import { openXz } from "@somakit/core/codec/xz";
import { isFormatError } from "@somakit/core/errors";
import { NdArray, typeLabel } from "@somakit/core/ndarray";
import type { DataRecord } from "../dataset.js";
import type { Recognised } from "../recognise.js";
import { RecordsFile, recordFacts } from "../record-file.js";

/** What `info` says of a stream of records, of its first record, and of the blocks that it is made of. */
export interface RecordsSummary {
  /** The key of the list, such as `frames`. */
  readonly path: string;
  readonly stated: number | null;
  readonly finished: boolean;
  readonly perBlock: number | null;
  /** Arrays of the first record, as users hold them. */
  readonly first: readonly FirstMember[];
  /** How many times the file is smaller than such arrays for all records, and its bits for each of their numbers. */
  readonly ratio: number | null;
  readonly bitsPerNumber: number | null;
  /** Null where the container has none, or where the file does not end as it should. */
  readonly streams: readonly StreamSummary[] | null;
  readonly blocks: readonly BlockSummary[];
  /** Blocks that are not listed. */
  readonly moreBlocks: number;
  /** Why the first record, or the streams, cannot be said. */
  readonly problem: string | null;
}

export interface FirstMember {
  readonly key: string;
  readonly type: string;
  readonly shape: readonly number[];
  readonly bytes: number;
}

export interface StreamSummary {
  readonly offset: number;
  readonly bytes: number;
  readonly check: string;
  readonly blocks: number;
  readonly contentBytes: number;
}

export type BlockSummary = Pick<XzBlock, "stream" | "offset" | "contentBytes"> & { readonly bytes: number };

const MOST_BLOCKS = 1000;

/** Null for data sets that are no streams of records. Reads the first record, and indexes. */
export async function summariseRecords(
  { dataset }: Recognised,
  source: Source,
  options: WorkOptions,
): Promise<RecordsSummary | null> {
  const facts = dataset && recordFacts(dataset.layout);
  if (!dataset || !facts) return null;
  const file = new RecordsFile({ open: { ...dataset, source } });
  const reader = file.all(facts.list);
  const problems: string[] = [];
  const first = await unlessDamaged(problems, () => firstOf(reader, options));
  const isXz = dataset.container.codec.wrap?.name === "xz";
  const table = isXz ? await unlessDamaged(problems, () => openXz(source, options)) : undefined;
  const members = membersOf(first);
  return {
    path: reader.path,
    stated: reader.stated ?? null,
    finished: reader.isFinished,
    perBlock: reader.perBlock ?? null,
    first: members,
    ...densityOf(members, reader.stated ?? 0, source.byteLength),
    ...tableOf(table),
    problem: problems[0] ?? null,
  };
}

async function unlessDamaged<T>(problems: string[], work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!isFormatError(error)) throw error;
    problems.push(error.message);
    return undefined;
  }
}

async function firstOf(reader: RecordReader<DataRecord>, options: WorkOptions): Promise<DataRecord | undefined> {
  for await (const record of reader.records(options)) return record;
  return undefined;
}

function membersOf(record: DataRecord | undefined): readonly FirstMember[] {
  return Object.entries(record ?? {}).flatMap(([key, value]) =>
    value instanceof NdArray ? [{ key, type: typeLabel(value.type), shape: value.shape, bytes: value.byteLength }] : [],
  );
}

function densityOf(
  members: readonly FirstMember[],
  count: number,
  fileBytes: number,
): Pick<RecordsSummary, "ratio" | "bitsPerNumber"> {
  const bytes = count * members.reduce((sum, member) => sum + member.bytes, 0);
  const numbers =
    count * members.reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0);
  if (bytes === 0 || numbers === 0 || fileBytes === 0) return { ratio: null, bitsPerNumber: null };
  return { ratio: bytes / fileBytes, bitsPerNumber: (8 * fileBytes) / numbers };
}

function tableOf(file: XzFile | undefined): Pick<RecordsSummary, "streams" | "blocks" | "moreBlocks"> {
  if (!file) return { streams: null, blocks: [], moreBlocks: 0 };
  const listed = Math.min(file.blockCount, MOST_BLOCKS);
  return {
    streams: file.streams.map(({ offset, byteLength, check, blockCount, contentBytes }) => ({
      offset,
      bytes: byteLength,
      check,
      blocks: blockCount,
      contentBytes,
    })),
    blocks: Array.from({ length: listed }, (_, index) => {
      const { stream, offset, byteLength, contentBytes } = file.block(index);
      return { stream, offset, bytes: byteLength, contentBytes };
    }),
    moreBlocks: file.blockCount - listed,
  };
}
