import { none } from "../../codec/wrap/none.js";
import type { Wrap, WrapWriteOptions, WrapWriter } from "../../codec/wrap/wrap.js";
import { FormatError } from "../../errors.js";
import type { ContainerLayout, Layout, RecordLayout } from "../../layout/layout.js";
import { toSource } from "../../source/input.js";
import type { Sink } from "../../source/source.js";
import type { Node } from "../../tree/node.js";
import { nodeOfValue } from "../../tree/value-node.js";
import { CommonSize } from "./common-size.js";
import { RecordEncoder } from "./encode.js";
import { Ground } from "./ground.js";
import { leadRecords } from "./head.js";
import { leadNode } from "./lead-node.js";
import { copyBlocks, planTakeOver, type TakeOver } from "./resume.js";
import { snapshot } from "./snapshot.js";
import { RecordStream } from "./stream.js";
import type { RecordInput, RecordSummary, RecordWriter, RecordWriterOptions } from "./types.js";

const USUAL_PER_BLOCK = 30;
/** Content of a block; larger records make fewer of them a block. */
const USUAL_BLOCK_BYTES = 2 ** 26;
/** A block that grows beyond this ends, and the file no longer says how many records blocks have. */
const MOST_BLOCK_BYTES = 2 ** 28;

/** The records before those that repeat, by name, as values. */
export type LeadValues = Readonly<Record<string, unknown>>;

/**
 * Begins a file of records. The sink is the writer's from here on: it commits or aborts it. Throws `FormatError`
 * `unwritable` for what cannot be stored; and, where a file is gone on with, what is wrong with that.
 */
export async function createWriterWith<R>(
  layout: Layout,
  sink: Sink,
  lead: LeadValues = {},
  options: RecordWriterOptions = {},
): Promise<RecordWriter<R>> {
  const nodes = new Map<string, Node>();
  for (const [name, value] of Object.entries(lead))
    if (value !== undefined) nodes.set(name, nodeOfValue(snapshot(value), name));
  return createNodeWriter<R>(layout, sink, nodes, options);
}

/** The same for trees: records that are values of others, or still in another file. */
export async function createNodeWriter<R>(
  layout: Layout,
  sink: Sink,
  lead: ReadonlyMap<string, Node>,
  options: RecordWriterOptions,
): Promise<StreamWriter<R>> {
  try {
    options.signal?.throwIfAborted();
    const container = streamContainer(layout, options.container);
    return await begin<R>(layout, container, sink, lead, options);
  } catch (error) {
    await sink.abort();
    throw error;
  }
}

/** The container that a stream is written to. Throws `unwritable` where there is none. */
function streamContainer(layout: Layout, kind: string | undefined): ContainerLayout {
  const container = layout.containers.find(
    ({ codec }) => codec.isStream && (kind === undefined || codec.kind === kind),
  );
  if (container && layout.records?.some(({ repeat }) => repeat)) return container;
  throw new FormatError("unwritable", `${layout.title} has no container that is written record by record`);
}

async function begin<R>(
  layout: Layout,
  container: ContainerLayout,
  sink: Sink,
  given: ReadonlyMap<string, Node>,
  options: RecordWriterOptions,
): Promise<StreamWriter<R>> {
  const wrap = container.codec.wrap ?? none;
  const { signal, after, perBlock: wanted } = options;
  const old =
    after && (await RecordStream.open(await toSource(after, options), wrap, layout.records ?? [], { signal }));
  const plan = old && (await planTakeOver(old, wrap, { perBlock: wanted, recover: options.recover === true, signal }));
  const lead = new Map(given);
  for (const { name, repeat } of layout.records ?? []) {
    const node = old && !repeat && !lead.has(name) ? leadNode(old, name) : undefined;
    if (node) lead.set(name, node);
  }
  const encoder = new RecordEncoder(layout, options);
  const perBlock = blockSize(wrap, plan ? plan.perBlock : wanted);
  const { preset, tuning, threads } = options;
  const writing: WrapWriteOptions = { preset, tuning, signal };
  const leads = await leadRecords(layout, encoder, lead);
  const { ground, rest } = await Ground.begin(sink, { wrap, leads, writing }, perBlock);
  const blocks = perBlock === undefined ? "usual" : "given";
  const stream = await wrap.stream(ground, { ...writing, threads, blocks });
  for (const bytes of rest) await stream.write(bytes);
  const list = layout.records?.find(({ repeat }) => repeat) as RecordLayout;
  const writer = new StreamWriter<R>({ list, encoder, ground, stream, perBlock, signal });
  if (old && plan) await writer.takeOver(old, plan);
  return writer;
}

/** Records in a block; undefined where blocks end by themselves, or there are none. */
function blockSize(wrap: Wrap, wanted: number | "none" | undefined): number | undefined {
  if (wanted === "none" || !wrap.copyBlocks) return undefined;
  const size = wanted ?? USUAL_PER_BLOCK;
  if (Number.isSafeInteger(size) && size > 0) return size;
  throw new RangeError(`perBlock is ${size}; it has to be a whole number from 1`);
}

interface WriterParts {
  readonly list: RecordLayout;
  readonly encoder: RecordEncoder;
  readonly ground: Ground;
  readonly stream: WrapWriter;
  readonly perBlock: number | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Writes records to a stream; see {@link RecordWriter}. */
class StreamWriter<R> implements RecordWriter<R> {
  readonly #parts: WriterParts;
  /** Whether the size of blocks was left to the size of records, and none has come yet. */
  #perBlock: number | undefined;
  #inBlock = 0;
  #blockBytes = 0;
  readonly #sizes = new CommonSize();
  /** Records that were taken, and those of them that are written. */
  #count = 0;
  #written = 0;
  #isClosed = false;
  #failure: { readonly error: unknown } | undefined;
  /** One call at a time: the next one begins when the last one has ended. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: WriterParts) {
    this.#parts = parts;
    this.#perBlock = parts.perBlock;
    parts.signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  get count(): number {
    return this.#count;
  }

  append(record: RecordInput<R>): Promise<void> {
    let copy: unknown;
    try {
      copy = snapshot(record);
    } catch (error) {
      return this.#next(() => Promise.reject(error));
    }
    return this.appendNode(nodeOfValue(copy));
  }

  /** Takes a record as a tree, which must stay as it is until this resolves. */
  appendNode(node: Node): Promise<void> {
    const index = this.#count;
    if (!this.#failure && !this.#isClosed) this.#count++;
    return this.#next(async () => {
      const { encoder, list } = this.#parts;
      await this.#put(await encoder.bytes(list, node, index));
    });
  }

  /** Takes over the records of another file. Only before any other record. */
  takeOver(old: RecordStream, plan: TakeOver): Promise<void> {
    return this.#next(async () => {
      const { stream, signal } = this.#parts;
      const isCopied = await copyBlocks(old, plan, stream, { signal });
      if (isCopied) this.#written = plan.copied?.records ?? 0;
      this.#count = this.#written;
      for await (const { bytes } of isCopied ? plan.rest : old.spans(0, { signal })) {
        this.#count++;
        await this.#put(bytes);
      }
    });
  }

  close(): Promise<RecordSummary> {
    return this.#next(async () => {
      const { stream, ground, signal } = this.#parts;
      if (this.#parts.perBlock !== undefined) await this.#endBlock();
      const { contentBytes } = await stream.close();
      const byteLength = await ground.finish({ count: this.#written, perBlock: this.#perBlock });
      this.#isClosed = true;
      signal?.removeEventListener("abort", this.#onAbort);
      return { count: this.#written, byteLength, contentBytes };
    });
  }

  async abort(): Promise<void> {
    if (this.#isClosed) return;
    await this.#fail(new Error("writing was given up"));
    await this.#turn;
  }

  readonly #onAbort = (): void => {
    void this.#fail(this.#parts.signal?.reason);
  };

  #next<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(async () => {
      if (this.#failure) throw this.#failure.error;
      if (this.#isClosed) throw new Error("the file is closed");
      try {
        this.#parts.signal?.throwIfAborted();
        return await work();
      } catch (error) {
        await this.#fail(error);
        throw this.#reason(error);
      }
    });
    this.#turn = result.catch(() => undefined);
    return result;
  }

  #reason(error: unknown): unknown {
    return this.#failure ? this.#failure.error : error;
  }

  /** The first reason counts; nothing of the file remains. */
  async #fail(error: unknown): Promise<void> {
    if (this.#failure || this.#isClosed) return;
    this.#failure = { error };
    this.#parts.signal?.removeEventListener("abort", this.#onAbort);
    await this.#parts.stream.abort();
    await this.#parts.ground.abort();
  }

  async #put(bytes: Uint8Array): Promise<void> {
    const { stream } = this.#parts;
    this.#fitBlock(bytes.byteLength);
    await stream.write(bytes);
    this.#written++;
    this.#inBlock++;
    this.#blockBytes += bytes.byteLength;
    this.#sizes.add(bytes.byteLength);
    const isFull =
      this.#perBlock === undefined ? this.#blockBytes >= USUAL_BLOCK_BYTES : this.#inBlock === this.#perBlock;
    if (isFull && this.#parts.perBlock !== undefined) await this.#endBlock();
  }

  async #endBlock(): Promise<void> {
    // A record resembles the one before it, which lies as many bytes back as most have.
    await this.#parts.stream.endBlock({ period: this.#sizes.take() });
    this.#inBlock = 0;
    this.#blockBytes = 0;
  }

  /** Keeps blocks to a size that memory has room for. */
  #fitBlock(bytes: number): void {
    if (this.#perBlock === undefined) return;
    if (this.#written === 0 && bytes * this.#perBlock > USUAL_BLOCK_BYTES)
      this.#perBlock = Math.max(1, Math.floor(USUAL_BLOCK_BYTES / bytes));
    if (this.#inBlock > 0 && this.#blockBytes + bytes > MOST_BLOCK_BYTES) this.#perBlock = undefined;
  }
}
