import { FormatError } from "../../../errors.js";
import type { NdArray } from "../../../ndarray/ndarray.js";
import type { Sink, WorkOptions } from "../../../source/source.js";
import type { ArrayNode } from "../../../tree/node.js";
import type { ArrayStorage } from "../../../tree/write.js";
import { memberPath } from "../../../value/path.js";
import type { Value } from "../../../value/value.js";
import { type AppenderOptions, Hdf5Appender } from "./appender.js";
import { AttributeWriter } from "./attribute-writer.js";
import { Hdf5DatasetWriter } from "./dataset-writer.js";
import { writeGroupHeader } from "./group-header.js";
import { Output } from "./output.js";
import type { Hdf5WriterOptions, Shared, Unfinished } from "./shared.js";

export interface GroupOptions {
  /** Whether the group remembers the order of its members and attributes. Default false: names in byte order. */
  readonly ordered?: boolean | undefined;
}

/**
 * Writes an HDF5 file front to back: data first, then the headers of groups and data sets when it is closed. Nothing is
 * visible under the sink's name before that. Structures are those of HDF5 1.8, so every reader since then takes the file.
 */
export function createHdf5(sink: Sink, options: Hdf5WriterOptions & GroupOptions = {}): Hdf5Writer {
  return new Hdf5Writer(sink, options);
}

/**
 * An HDF5 file that is written front to back: groups, datasets and attributes, complete under the sink's name once it
 * is closed.
 */
export class Hdf5Writer {
  readonly root: Hdf5GroupWriter;
  readonly #sink: Sink;
  readonly #output: Output;
  #state: "open" | "closed" | "failed" = "open";
  #last: Promise<unknown> = Promise.resolve();

  /** Use {@link createHdf5}. */
  constructor(sink: Sink, options: Hdf5WriterOptions & GroupOptions) {
    this.#sink = sink;
    this.#output = new Output(sink);
    const shared: Shared = { output: this.#output, options, inTurn: (work) => this.#inTurn(work) };
    this.root = new Hdf5GroupWriter(shared, "", options.ordered ?? false);
  }

  /** Writes what is left of appenders, all headers, and commits the sink. */
  async close(): Promise<void> {
    try {
      await this.#inTurn(async () => this.#output.finish(await this.root.finish()));
      this.#state = "closed";
    } catch (error) {
      await this.abort();
      throw error;
    }
  }

  /** Gives up: nothing remains of the file. */
  async abort(): Promise<void> {
    if (this.#state === "closed") return;
    this.#state = "failed";
    await this.#last.catch(() => undefined);
    await this.#sink.abort();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#last.then(async () => {
      if (this.#state !== "open") throw new Error(`the HDF5 file is ${this.#state}`);
      return work();
    });
    this.#last = next.catch(() => undefined);
    return next;
  }
}

/** A group that is being written. */
export class Hdf5GroupWriter implements Unfinished {
  readonly path: string;
  readonly #shared: Shared;
  readonly #ordered: boolean;
  readonly #attributes: AttributeWriter;
  readonly #members = new Map<string, Unfinished>();
  #address: number | undefined;

  /** Use {@link Hdf5Writer.root} and {@link Hdf5GroupWriter.group}. */
  constructor(shared: Shared, path: string, ordered: boolean) {
    this.path = path;
    this.#shared = shared;
    this.#ordered = ordered;
    this.#attributes = new AttributeWriter(shared.output, path);
  }

  /** Sets an attribute: text, numbers (integers as int64, others as float64, numpy scalars and arrays as they are), booleans. */
  setAttribute(name: string, value: Value): Promise<void> {
    return this.#shared.inTurn(async () => {
      this.#checkOpen();
      await this.#attributes.set(name, value);
    });
  }

  /** Adds a group. Throws `FormatError` `unwritable` for a name that is taken or that HDF5 cannot have. */
  group(name: string, options: GroupOptions = {}): Hdf5GroupWriter {
    const path = this.#claim(name);
    const group = new Hdf5GroupWriter(this.#shared, path, options.ordered ?? false);
    this.#members.set(name, group);
    return group;
  }

  /**
   * Writes an array, which may still be in another file: then it is copied piece by piece. Null is a data set without any
   * elements. Throws `FormatError` `unwritable` for types that HDF5 has no agreed form of.
   */
  async write(
    name: string,
    array: NdArray | ArrayNode | null,
    storage: ArrayStorage = {},
    options: WorkOptions = {},
  ): Promise<Hdf5DatasetWriter> {
    const path = this.#claim(name);
    const dataset = new Hdf5DatasetWriter(this.#shared, path);
    this.#members.set(name, dataset);
    const wanted = { ...this.#shared.options.storage, ...storage };
    await this.#shared.inTurn(() => dataset.fill(array, wanted, options));
    return dataset;
  }

  /** Adds an array that has no rows yet, and grows by {@link Hdf5Appender.append}. */
  append(name: string, options: AppenderOptions): Hdf5Appender {
    const path = this.#claim(name);
    const appender = new Hdf5Appender(this.#shared, path, { ...this.#shared.options.storage, ...options });
    this.#members.set(name, appender);
    return appender;
  }

  /**
   * Writes the headers of the group and of everything in it before the file is closed: what was kept in memory for them is
   * free. Nothing can be added to them afterwards.
   */
  async close(): Promise<void> {
    await this.#shared.inTurn(() => this.finish());
  }

  #checkOpen(): void {
    if (this.#address !== undefined) throw new Error(`the group ${this.path} is closed`);
  }

  #claim(name: string): string {
    this.#checkOpen();
    const path = memberPath(this.path, name);
    if (name === "" || name === "." || name.includes("/") || name.includes("\0"))
      throw new FormatError("unwritable", "no object of HDF5 can have this name", { path });
    if (this.#members.has(name)) throw new FormatError("unwritable", "there is such a member already", { path });
    return path;
  }

  /** Called by what the group is in. */
  async finish(): Promise<number> {
    if (this.#address !== undefined) return this.#address;
    const members: { name: string; address: number }[] = [];
    for (const [name, member] of this.#members) members.push({ name, address: await member.finish() });
    const { output, options } = this.#shared;
    options.signal?.throwIfAborted();
    const attributes = this.#attributes.messages();
    this.#address = await writeGroupHeader(output, members, attributes, { ordered: this.#ordered, path: this.path });
    this.#members.clear();
    return this.#address;
  }
}
