import type { Wrap, WrapWriter } from "../../codec/wrap/wrap.js";
import { FormatError } from "../../errors.js";
import type { WorkOptions } from "../../source/source.js";
import type { FullBlocks, RecordSpan, RecordStream } from "./stream.js";

/** How the records of a file are taken over by the one that goes on with it. */
export interface TakeOver {
  /** Blocks that are copied as they are: full ones by what the file states, or all of them; none when left out. */
  readonly copied: { readonly blocks: number | undefined; readonly records: number } | undefined;
  /** Records in a block of the new file, as far as the old one decides it. */
  readonly perBlock: number | "none" | undefined;
  /** The records that have to be compressed anew. */
  readonly rest: AsyncIterable<RecordSpan> | Iterable<RecordSpan>;
}

export interface TakeOverOptions extends WorkOptions {
  readonly perBlock: number | "none" | undefined;
  readonly recover: boolean;
}

/**
 * Decides what becomes of the records of an open file. Throws what is wrong with the file, unless all that is whole of it is
 * wanted nevertheless.
 */
export async function planTakeOver(stream: RecordStream, wrap: Wrap, options: TakeOverOptions): Promise<TakeOver> {
  const { perBlock, recover, signal } = options;
  if (!stream.isFinished && !recover)
    throw new FormatError("truncated", "the writer of the file did not come to its end", { path: stream.path });
  const canCopy = wrap.copyBlocks !== undefined && stream.wrap === wrap && stream.facts.start !== undefined;
  const blocks = canCopy && isSame(perBlock, stream.perBlock) ? await fullBlocks(stream, options) : undefined;
  if (blocks && stream.perBlock)
    return {
      copied: { blocks: blocks.blocks, records: blocks.blocks * stream.perBlock },
      perBlock: stream.perBlock,
      rest: blocks.rest,
    };
  const { count, damage } = await stream.count({ signal });
  if (damage && !recover) throw damage;
  if (canCopy && !damage && isSame(perBlock, undefined))
    return { copied: { blocks: undefined, records: count }, perBlock: "none", rest: [] };
  return { copied: undefined, perBlock, rest: wholeRecords(stream, count, options) };
}

/** Whether a writer that was told nothing, or just that, may keep the blocks of the file. */
function isSame(wanted: number | "none" | undefined, found: number | undefined): boolean {
  return wanted === undefined || (wanted === "none" ? undefined : wanted) === found;
}

async function fullBlocks(stream: RecordStream, { recover, signal }: TakeOverOptions): Promise<FullBlocks | undefined> {
  try {
    return await stream.fullBlocks({ signal });
  } catch (error) {
    if (recover && error instanceof FormatError) return undefined;
    throw error;
  }
}

async function* wholeRecords(
  stream: RecordStream,
  count: number,
  { signal }: WorkOptions,
): AsyncGenerator<RecordSpan, void, void> {
  if (count === 0) return;
  for await (const span of stream.spans(0, { signal })) {
    yield span;
    if (span.index === count - 1) return;
  }
}

/** Copies the blocks of a plan. False, and nothing done, where they do not fit the stream. */
export async function copyBlocks(
  stream: RecordStream,
  plan: TakeOver,
  writer: WrapWriter,
  options: WorkOptions,
): Promise<boolean> {
  const { copied } = plan;
  if (!copied) return true;
  const from = { source: stream.source, start: stream.facts.start as number, count: copied.blocks };
  return (await stream.wrap.copyBlocks?.(writer, from, options)) ?? false;
}
