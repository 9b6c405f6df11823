import type { Wrap, WrapWriteOptions } from "../../codec/wrap/wrap.js";
import { FormatError } from "../../errors.js";
import { MemorySink } from "../../source/sink-memory.js";
import type { Sink } from "../../source/source.js";
import { type FinalFacts, type LeadRecord, streamOf } from "./head.js";

export interface GroundOptions {
  readonly wrap: Wrap;
  readonly leads: readonly LeadRecord[];
  readonly writing: WrapWriteOptions;
}

/** What is known of a file before any record of it is. */
const NOTHING_YET: Omit<FinalFacts, "perBlock"> = { count: 0, start: undefined };

/**
 * The beginning of a file that is being written, and all that has to be known at its end for it. The record that states how many
 * others there are is written twice: before them, with room behind it, and in its place at the end. Where the sink cannot
 * change what it has got, or the compression leaves no room, what comes behind that record waits in memory.
 */
export class Ground {
  readonly #sink: Sink;
  readonly #options: GroundOptions;
  /** Where everything goes but the record that is written last. */
  #target: Sink;
  /** Bytes before the target's first one, where what is before it is written last. */
  #written = 0;
  #room: { readonly start: number; readonly end: number } | undefined;
  #start = 0;

  private constructor(sink: Sink, target: Sink, options: GroundOptions) {
    this.#sink = sink;
    this.#target = target;
    this.#options = options;
  }

  /** Writes the records before those that repeat. Those that are no stream by themselves are left to the stream behind. */
  static async begin(
    sink: Sink,
    options: GroundOptions,
    perBlock: number | undefined,
  ): Promise<{ readonly ground: Ground; readonly rest: readonly Uint8Array[] }> {
    const state = options.leads.find(({ isState }) => isState);
    const needsMemory = state !== undefined && !(sink.patch && hasRoom(options.wrap, state));
    const ground = new Ground(sink, needsMemory ? new MemorySink() : sink, options);
    const rest: Uint8Array[] = [];
    for (const lead of options.leads) {
      const bytes = lead.bytes({ ...NOTHING_YET, perBlock });
      if (!lead.layout.ownStream) rest.push(bytes);
      else if (!lead.isState) await ground.append(await streamOf(options.wrap, bytes, options.writing));
      else if (hasRoom(options.wrap, lead)) await ground.#reserve(lead, bytes);
    }
    ground.#start = ground.#written;
    return { ground, rest };
  }

  async append(bytes: Uint8Array): Promise<void> {
    await this.#target.append(bytes);
    this.#written += bytes.byteLength;
  }

  /** Puts down what is known now, and commits the sink. Resolves to the bytes of the file. */
  async finish(facts: Omit<FinalFacts, "start">): Promise<number> {
    const state = this.#options.leads.find(({ isState }) => isState);
    if (state && this.#room) await this.#rewrite(state, this.#room, facts);
    else if (state) await this.#writeBefore(state, facts);
    if (this.#target instanceof MemorySink && this.#target !== this.#sink) {
      await this.#target.commit();
      for (const part of this.#target.parts()) await this.#sink.append(part);
    }
    await this.#sink.commit();
    return this.#written;
  }

  async abort(): Promise<void> {
    if (this.#target !== this.#sink) await this.#target.abort();
    await this.#sink.abort();
  }

  async #reserve(lead: LeadRecord, bytes: Uint8Array): Promise<void> {
    const start = this.#written;
    await this.append(await streamOf(this.#options.wrap, bytes, this.#options.writing));
    await this.append(new Uint8Array(lead.layout.room ?? 0));
    this.#room = { start, end: this.#written };
  }

  async #rewrite(
    state: LeadRecord,
    { start, end }: { readonly start: number; readonly end: number },
    facts: Omit<FinalFacts, "start">,
  ): Promise<void> {
    const bytes = state.bytes({ ...facts, start: this.#start });
    const stream = await streamOf(this.#options.wrap, bytes, this.#options.writing);
    const whole = new Uint8Array(end - start);
    if (stream.byteLength > whole.byteLength) {
      const reason = `it takes ${stream.byteLength} bytes in the end, for which ${whole.byteLength} were set aside`;
      throw new FormatError("unwritable", reason, { path: state.layout.name });
    }
    // What is left of the room is padding, as before.
    whole.set(stream);
    await this.#target.patch?.(start, whole);
  }

  /** Where the record comes first and all others wait: its size depends on the place that it states. */
  async #writeBefore(state: LeadRecord, facts: Omit<FinalFacts, "start">): Promise<void> {
    const { wrap, writing } = this.#options;
    let bytes = await streamOf(wrap, state.bytes({ ...facts, start: this.#start }), writing);
    for (let tries = 0; tries < 8; tries++) {
      const again = await streamOf(wrap, state.bytes({ ...facts, start: this.#start + bytes.byteLength }), writing);
      const isStable = again.byteLength === bytes.byteLength;
      bytes = again;
      if (isStable) break;
    }
    await this.#sink.append(bytes);
    this.#written += bytes.byteLength;
  }
}

function hasRoom({ hasPadding }: Wrap, { layout }: LeadRecord): boolean {
  return hasPadding && layout.ownStream && layout.room !== undefined;
}
