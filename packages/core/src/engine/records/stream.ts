import { Decoder } from "../../codec/msgpack/read/decoder.js";
import { type MsgpackSpan, splitMsgpack } from "../../codec/msgpack/read/split.js";
import type { Wrap, WrappedContent } from "../../codec/wrap/wrap.js";
import { FormatError, isFormatError } from "../../errors.js";
import type { RecordLayout } from "../../layout/layout.js";
import { piecesBetween } from "../../source/pieces.js";
import type { Source, WorkOptions } from "../../source/source.js";
import type { Threads } from "../../threads/threads.js";
import type { Node } from "../../tree/node.js";
import { nodeOfValue } from "../../tree/value-node.js";
import { elementPath } from "../../value/path.js";
import { recordError } from "./errors.js";
import { factsOf, type StatedFacts } from "./facts.js";
import { type Lead, readLead } from "./lead.js";
import { Offsets } from "./offsets.js";
import type { PassOptions, RecordSource } from "./source.js";
import type { RecordCount } from "./types.js";

export interface RecordStreamOptions extends WorkOptions {
  /** Threads that decompress several blocks at once, unless a pass is given others. */
  readonly threads?: Threads | undefined;
  /** Bytes that one record may have. Default 104,857,600: longer ones make Python's reader end without a word. */
  readonly maxRecordBytes?: number | undefined;
}

const MAX_RECORD_BYTES = 100 * 2 ** 20;

/** One record as it is stored, and where in the content of the file it begins. */
export interface RecordSpan extends MsgpackSpan {
  readonly index: number;
}

export interface FullBlocks {
  readonly blocks: number;
  /** Records of the last block, where it has fewer than the others. */
  readonly rest: readonly RecordSpan[];
}

/** A record before which everything is known: how to come to any later one. */
interface Entry {
  readonly index: number;
  /** Byte of the content; undefined for the first record by way of the file. */
  readonly position: number | undefined;
}

const BEGINNING: Entry = { index: 0, position: undefined };

interface Survey extends RecordCount {
  readonly offsets: Offsets;
}

/** A file that is a stream of records, opened: what stands before the records that repeat is in memory. */
export class RecordStream implements RecordSource {
  readonly lead: Lead;
  readonly list: RecordLayout;
  readonly facts: StatedFacts;
  readonly source: Source;
  readonly wrap: Wrap;
  readonly #maxBytes: number;
  readonly #threads: Threads | undefined;
  readonly #contents = new Map<Threads | undefined, Promise<WrappedContent | undefined>>();
  #survey: Promise<Survey> | undefined;

  private constructor(source: Source, wrap: Wrap, list: RecordLayout, lead: Lead, options: RecordStreamOptions) {
    this.source = source;
    this.wrap = wrap;
    this.list = list;
    this.lead = lead;
    this.facts = factsOf(list, lead.values, source.byteLength);
    this.#threads = options.threads;
    this.#maxBytes = options.maxRecordBytes ?? MAX_RECORD_BYTES;
  }

  /** Reads what stands before the records that repeat. Throws `FormatError`; `TypeError` when no record of the layout does. */
  static async open(
    source: Source,
    wrap: Wrap,
    layouts: readonly RecordLayout[],
    options: RecordStreamOptions = {},
  ): Promise<RecordStream> {
    const list = layouts.find(({ repeat }) => repeat);
    if (!list) throw new TypeError("no record of the layout repeats");
    const { signal, maxRecordBytes = MAX_RECORD_BYTES } = options;
    const lead = await readLead(source, wrap, layouts, { signal, maxRecordBytes });
    return new RecordStream(source, wrap, list, lead, options);
  }

  get path(): string {
    return this.list.name;
  }

  get stated(): number | undefined {
    return this.facts.stated;
  }

  get isFinished(): boolean {
    return this.facts.isFinished;
  }

  get perBlock(): number | undefined {
    return this.facts.perBlock;
  }

  async *nodes(start: number, options: PassOptions = {}): AsyncGenerator<Node, void, void> {
    const decoder = new Decoder({});
    for await (const span of this.spans(start, options)) yield this.#nodeOf(span, decoder);
  }

  async node(index: number, options: PassOptions = {}): Promise<Node | undefined> {
    const span = await this.span(index, options);
    return span && this.#nodeOf(span, new Decoder({}));
  }

  /** The records from number `start` on, as they are stored. */
  async *spans(start: number, options: PassOptions = {}): AsyncGenerator<RecordSpan, void, void> {
    const entry = start > 0 ? await this.#nearest(start, options) : BEGINNING;
    for await (const span of this.#from(entry, options)) if (span.index >= start) yield span;
  }

  /** One record as it is stored; undefined when there are fewer. */
  async span(index: number, options: PassOptions = {}): Promise<RecordSpan | undefined> {
    const inBlock = await this.#spanInBlock(index, options);
    if (inBlock) return inBlock;
    if (index > 0 && (await this.#content(options))) await this.#surveyed(options);
    for await (const span of this.spans(index, options)) return span;
    return undefined;
  }

  async count(options: WorkOptions = {}): Promise<RecordCount> {
    const { count, damage } = await this.#surveyed(options);
    return { count, damage };
  }

  async outline(options: WorkOptions = {}): Promise<void> {
    await this.wrap.open?.(this.source, options);
  }

  /**
   * The blocks that are full by what the file states, and the records behind them; undefined where it does not state how many
   * records a block has, or not rightly. Looks into the last block only.
   */
  async fullBlocks(options: PassOptions = {}): Promise<FullBlocks | undefined> {
    const { perBlock, stated, start } = this.facts;
    if (!perBlock || stated === undefined || start === undefined) return undefined;
    if (stated === 0) return { blocks: 0, rest: [] };
    const full = Math.floor((stated - 1) / perBlock);
    if (!(await this.#spanInBlock(stated - 1, options))) return undefined;
    const rest: RecordSpan[] = [];
    for await (const span of this.spans(full * perBlock, options)) rest.push(span);
    return rest.length === perBlock ? { blocks: full + 1, rest: [] } : { blocks: full, rest };
  }

  #nodeOf({ bytes, offset, index }: RecordSpan, decoder: Decoder): Node {
    const path = elementPath(this.path, index);
    try {
      return nodeOfValue(decoder.decode(bytes, offset), path);
    } catch (error) {
      throw recordError(error, path);
    }
  }

  /** All records from a known one on. */
  async *#from(entry: Entry, options: PassOptions): AsyncGenerator<RecordSpan, void, void> {
    let { index } = entry;
    const baseOffset = entry.position ?? this.lead.byteLength;
    // Blocks that were looked up are kept for others; what a pass decompresses is its own.
    const memory = entry.position === undefined ? "shared" : "own";
    const pieces = limited(await this.#pieces(entry, options), options.maxContentBytes);
    const spans = splitMsgpack(pieces, { signal: options.signal, maxBytes: this.#maxBytes, baseOffset, memory });
    try {
      for await (const span of spans) yield { ...span, index: index++ };
    } catch (error) {
      throw recordError(error, elementPath(this.path, index));
    }
  }

  async #pieces({ position }: Entry, options: PassOptions): Promise<AsyncIterable<Uint8Array>> {
    const { signal, onProgress, release } = options;
    const reading = { signal, onProgress, release, threads: options.threads ?? this.#threads };
    const { start } = this.facts;
    if (position !== undefined) {
      const content = (await this.#content(options)) as WrappedContent;
      return content.pieces(position, undefined, reading);
    }
    if (start !== undefined)
      return this.wrap.pieces(this.source, start, { ...reading, firstStream: this.lead.streams });
    const all = this.wrap.pieces(this.source, 0, reading);
    return piecesBetween(all, this.lead.byteLength, Number.POSITIVE_INFINITY);
  }

  /** The content for random access; undefined where there is no way to it, as in files that are cut off. */
  #content({ threads = this.#threads }: PassOptions): Promise<WrappedContent | undefined> {
    let content = this.#contents.get(threads);
    if (!content) {
      // Not the caller's signal: others may wait for the same.
      const opened = this.wrap.open?.(this.source, { threads }) ?? Promise.resolve(undefined);
      content = opened.catch((error: unknown) => {
        if (isFormatError(error)) return undefined;
        this.#contents.delete(threads);
        throw error;
      });
      this.#contents.set(threads, content);
    }
    return content;
  }

  /** Where in the content the first record begins. */
  #origin(content: WrappedContent): number | undefined {
    return this.facts.start === undefined ? this.lead.byteLength : content.contentOffset(this.facts.start);
  }

  /** The last record at or before `index` that can be gone to. */
  async #nearest(index: number, options: PassOptions): Promise<Entry> {
    const content = await this.#content(options);
    if (!content) return BEGINNING;
    if (this.#survey) {
      const { offsets } = await this.#survey;
      const known = offsets.before(index);
      if (known) return { index: known.index, position: known.offset };
    }
    return this.#blockEntry(index, content) ?? BEGINNING;
  }

  /** The beginning of the block that has a record by what the file states, if that agrees with the blocks that there are. */
  #blockEntry(index: number, content: WrappedContent): (Entry & { readonly block: number }) | undefined {
    const { perBlock, stated } = this.facts;
    const origin = this.#origin(content);
    const { blocks } = content;
    if (!perBlock || stated === undefined || origin === undefined || !blocks || index >= stated) return undefined;
    if (origin >= content.byteLength) return undefined;
    const first = blocks.at(origin);
    const isFitting = blocks.start(first) === origin && blocks.count - first === Math.ceil(stated / perBlock);
    if (!isFitting) return undefined;
    const block = first + Math.floor(index / perBlock);
    return { index: index - (index % perBlock), position: blocks.start(block), block };
  }

  /** A record out of its block alone; undefined where the file does not state rightly which block that is. */
  async #spanInBlock(index: number, options: PassOptions): Promise<RecordSpan | undefined> {
    const content = await this.#content(options);
    const entry = content && this.#blockEntry(index, content);
    if (!content?.blocks || entry?.position === undefined) return undefined;
    const end = content.blocks.start(entry.block + 1);
    const pieces: Uint8Array[] = [];
    try {
      for await (const piece of content.pieces(entry.position, end, { ...options, release: "verified" }))
        pieces.push(piece);
    } catch (error) {
      throw recordError(error, elementPath(this.path, index));
    }
    try {
      return await this.#only(pieces, entry, index, end === content.byteLength);
    } catch (error) {
      // Not made of whole records: the block is another one's then.
      if (isFormatError(error)) return undefined;
      throw error;
    }
  }

  async #only(
    pieces: readonly Uint8Array[],
    entry: Entry,
    index: number,
    isLast: boolean,
  ): Promise<RecordSpan | undefined> {
    let found: RecordSpan | undefined;
    let at = entry.index;
    const baseOffset = entry.position as number;
    for await (const span of splitMsgpack(pieces, { maxBytes: this.#maxBytes, baseOffset, memory: "shared" })) {
      if (at === index) found = { bytes: span.bytes.slice(), offset: span.offset, index };
      at++;
    }
    const isFull = at - entry.index === this.facts.perBlock;
    return isFull || (isLast && at === this.facts.stated) ? found : undefined;
  }

  #surveyed(options: WorkOptions): Promise<Survey> {
    if (!this.#survey) {
      const survey = this.#look(options);
      this.#survey = survey;
      // A pass that failed or was aborted is no answer for the next caller.
      survey.catch(() => {
        if (this.#survey === survey) this.#survey = undefined;
      });
    }
    return this.#survey;
  }

  async #look(options: WorkOptions): Promise<Survey> {
    const offsets = new Offsets();
    const origin = await this.#content({}).then((content) => content && this.#origin(content));
    const shift = (origin ?? 0) - this.lead.byteLength;
    try {
      for await (const { offset } of this.#from(BEGINNING, options)) offsets.add(offset + shift);
      return { count: offsets.count, damage: undefined, offsets };
    } catch (error) {
      if (!isFormatError(error)) throw error;
      return { count: offsets.count, damage: error, offsets };
    }
  }
}

/** Stops with an error where more comes out than is allowed. */
async function* limited(
  pieces: AsyncIterable<Uint8Array>,
  most = Number.POSITIVE_INFINITY,
): AsyncGenerator<Uint8Array, void, void> {
  let total = 0;
  for await (const piece of pieces) {
    const rest = most - total;
    total += piece.byteLength;
    if (piece.byteLength <= rest) yield piece;
    else {
      if (rest > 0) yield piece.subarray(0, rest);
      throw new FormatError("limit", `the records hold more than the ${most} bytes that are allowed`);
    }
  }
}
