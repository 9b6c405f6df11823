import { FormatError } from "../errors.js";
import type { NdArray } from "../ndarray/ndarray.js";
import type { GroupNode } from "../tree/node.js";
import { asGroup, type DecodeOptions, decode } from "./decode.js";
import { define } from "./defaults.js";
import { ForwardTree } from "./forward.js";
import type { OpenFile } from "./open.js";
import { presentName } from "./resolve.js";
import { SymbolScope } from "./scope.js";
import { type Axes, axesOf, symbolAlong } from "./select/axes.js";
import { type Pick, slicePick } from "./select/pick.js";
import { pickThrough, rangesArray, readRanges, rebased, thinned } from "./select/ranges.js";
import { type RangesInUse, restated, symbolsThrough } from "./select/survey.js";

export interface FileSliceOptions extends Omit<DecodeOptions, "window"> {
  /** Axis symbol of the data set's root to work along; the one with role `frame` when left out. */
  readonly along?: string | undefined;
}

export interface FileFramesOptions extends FileSliceOptions {
  /** Items a record; the last one may have fewer. Left out, as many as take about 16 MiB as stored. */
  readonly batch?: number | undefined;
}

/** Chooses among the items along a symbol, given how many there are. */
export type Choose = (size: number, symbol: string) => Pick;

/** A file and what picking items along one of its axes goes by; made once, used for any number of picks. */
interface Passage {
  readonly file: OpenFile;
  readonly root: GroupNode;
  readonly axes: Axes;
  readonly scope: SymbolScope;
  readonly symbol: string;
  /** 0 when nothing in the file has one. */
  readonly size: number;
  readonly ranges: readonly RangesInUse[];
  readonly options: FileSliceOptions;
}

/** What is stored about a batch at most, if nobody says how long it is. */
const BATCH_BYTES = 1 << 24;
/** How many items may be chosen from when a number states them and no value shows them. */
const MOST_UNSEEN = 1 << 24;

/** The record that a file holds, with the chosen items only; other rows are not read where the file allows it. */
export async function readPart<T>(file: OpenFile, choose: Choose, options: FileSliceOptions): Promise<T> {
  const passage = await passageOf(file, await asGroup({ options }, file.root), options);
  return readPicked(passage, choose(passage.size, passage.symbol));
}

/** The file as records of some items each, in order; every entry is read once, at the pace of the caller. */
export async function* readBatches<T>(file: OpenFile, options: FileFramesOptions = {}): AsyncGenerator<T, void, void> {
  const { batch, signal, onProgress } = options;
  if (batch !== undefined && !(Number.isSafeInteger(batch) && batch > 0)) throw new RangeError(`a batch of ${batch}`);
  const forward = new ForwardTree(await asGroup({ options }, file.root), { signal, onProgress });
  try {
    const passage = await passageOf(file, forward.root, options);
    const step = batch ?? (await fittingBatch(passage));
    for (let start = 0; start < passage.size; start += step)
      yield await readPicked(passage, slicePick([start, start + step], passage.size));
  } finally {
    await forward.close();
  }
}

async function passageOf(file: OpenFile, root: GroupNode, options: FileSliceOptions): Promise<Passage> {
  const { layout } = file;
  const axes = axesOf(layout);
  const symbol = symbolAlong(axes, options.along);
  const scope = SymbolScope.of(layout, root) as SymbolScope;
  const size = (await scope.size(symbol, options)) ?? 0;
  if (size < 0) throw new FormatError("mismatch", `${symbol} is said to have ${size} items`);
  if (size > MOST_UNSEEN && (await scope.shownSize(symbol, options)) === undefined)
    throw new FormatError("limit", `${symbol} is said to have ${size} items, but no value has any`);
  const through = symbolsThrough(axes, symbol);
  const ranges: RangesInUse[] = [];
  for (const field of axes.ranges) {
    if (!through.has(field.over)) continue;
    const value = await rangesIn(file, root, field.key, options);
    const over = await scope.size(field.over, options);
    if (value) ranges.push({ field, value, ranges: readRanges(field, value, over) });
    else if (through.has(field.of) && over !== undefined) {
      const needed = `it says which ${field.over} belong to each ${field.of}`;
      throw new FormatError("missing", `${JSON.stringify(field.key)} is required: ${needed}`);
    }
  }
  return { file, root, axes, scope, symbol, size, ranges, options };
}

async function rangesIn(
  file: OpenFile,
  root: GroupNode,
  key: string,
  options: FileSliceOptions,
): Promise<NdArray | undefined> {
  const field = axesOf(file.layout).root.properties[key];
  const name = field && presentName(field, key, root.keys);
  const node = name === undefined ? undefined : await root.child(name, options);
  if (!field || !node) return undefined;
  return (await decode({ ...decoderOf(file), options: { signal: options.signal } }, field, node)) as NdArray;
}

function decoderOf({ layout, container }: OpenFile): Omit<Parameters<typeof decode>[0], "options"> {
  return { layout, holds: container.codec.holds, nulls: container.nulls };
}

async function readPicked<T>(passage: Passage, pick: Pick): Promise<T> {
  const { file, root, axes, scope, symbol, ranges, options } = passage;
  const picks = new Map([[symbol, pick]]);
  for (const [reached, taken] of picks) {
    for (const { field, ranges: of } of ranges)
      if (field.of === reached && !picks.has(field.over)) picks.set(field.over, pickThrough(of, taken));
  }
  const part = { picks, scope, depth: 0 };
  const record = (await decode({ ...decoderOf(file), options, part }, file.layout.root, root)) as Record<
    string,
    unknown
  >;
  for (const { field, value, ranges: old } of ranges) {
    const of = picks.get(field.of);
    const left = of ? rebased(old, of) : thinned(old, picks.get(field.over) as Pick, field);
    define(record, field.key, rangesArray(field.field, value.type, left, field.key));
  }
  for (const [reached, taken] of picks) {
    if ((await scope.size(reached, options)) === undefined) continue;
    // Neighbours that stay neighbours keep their place between two stated positions.
    const moved = taken.kind === "range" && taken.step === 1 ? taken.start : 0;
    for (const [key, stated] of restated(axes, record, reached, taken.length, moved)) define(record, key, stated);
  }
  return record as T;
}

/** How many items make about {@link BATCH_BYTES}, by the headers of the arrays in the file. */
async function fittingBatch({ root, size, options }: Passage): Promise<number> {
  let bytes = 0;
  for (const key of root.keys) {
    const node = await root.child(key, options);
    if (node?.kind === "array" && node.type.name !== "object")
      bytes += node.shape.reduce((product, length) => product * length, node.type.itemSize);
  }
  return Math.max(1, Math.floor(BATCH_BYTES / Math.max(1, bytes / Math.max(1, size))));
}
