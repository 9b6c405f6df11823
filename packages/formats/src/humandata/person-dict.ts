import type { DictOptions, Input, Layout, LoadDictOptions, Logger, NdArray, Sink, WriteOptions } from "@somakit/core";
import { CheckedDict, setLogger } from "@somakit/core/dict";
import { FormatError } from "@somakit/core/errors";
import { type TensorAdapter, type ToTensorsOptions, toTensors } from "@somakit/core/tensor";
import { messages } from "./messages.js";

/** How a file is written: see `write`. */
export type DumpOptions = Omit<WriteOptions, "container" | "form">;

/**
 * What HumanData and MultiHumanData have in common: a {@link CheckedDict} under the names of mmhuman3d's class.
 *
 * `get`, `set` and iteration work on whole keypoints, also in compressed mode; `getRaw`, `setRaw` and `rawEntries` work on
 * what is stored.
 */
export abstract class PersonDict<T extends object> extends CheckedDict<T> {
  protected constructor(layout: Layout, source: object | undefined, options: DictOptions, dropped: readonly string[]) {
    // mmhuman3d reads packed keypoints with three axes only.
    super(layout, source, options, { messages, packedRank: 3, dropped });
  }

  /** Sets what gets the messages of all dicts that have no logger of their own; the console when left out. */
  static setLogger(logger: Logger | undefined): void {
    setLogger(logger);
  }

  /** Whether unsupported keys are refused. */
  getKeyStrict(): boolean {
    return this.strict;
  }

  /** Refuses unsupported keys from now on, dropping those there are, or allows them. */
  setKeyStrict(strict: boolean): void {
    this.strict = strict;
  }

  /** Number of frames (of images, where several persons share one); -1 while it is not known, and to forget it. */
  get dataLen(): number {
    return this.get("__data_len__") as number;
  }

  set dataLen(length: number) {
    this.set("__data_len__", length as never);
  }

  /** Whether keypoints are stored without the joints that their masks leave out. */
  checkKeypointsCompressed(): boolean {
    return this.packed;
  }

  /** See {@link CheckedDict.pack}. */
  compressKeypointsByMask(): number {
    return this.pack();
  }

  /** See {@link CheckedDict.unpack}. */
  decompressKeypoints(): void {
    this.unpack();
  }

  /** See {@link CheckedDict.generateMasks}. */
  generateMaskFromConfidence(keys?: string | readonly string[]): void {
    this.generateMasks(keys);
  }

  /** The value as stored, undefined when absent. */
  getRawValue(key: string): unknown {
    return this.getRaw(key);
  }

  /** See {@link CheckedDict.setRaw}. */
  setRawValue(key: string, value: unknown): void {
    this.setRaw(key, value);
  }

  /** The stored array cropped or padded to `shape`; see {@link CheckedDict.inShape}. */
  getValueInShape(key: string, shape: readonly number[], paddingConstant = 0): NdArray {
    return this.inShape(key, shape, { padding: paddingConstant });
  }

  /**
   * Frames as Python slices, as mmhuman3d counts its arguments: one is the end, two are start and end, three are start, end
   * and step. Where `stop` is null, `start` is the end: `getSlice(5, null, 2)` is `[0:5:2]`. Arrays are views.
   */
  getSlice(start: number, stop: number | null = null, step = 1): this {
    return this.slice(stop === null ? [0, start, step] : [start, stop, step]);
  }

  /** Removes all unsupported items; their keys. */
  popUnsupportedItems(): readonly string[] {
    return this.popUnsupported();
  }

  /**
   * Writes an npz. Throws `FormatError` `unwritable` when the sink has a name that does not end in `.npz`. Whether a file
   * that is there may be replaced was settled when the sink was made.
   */
  dump(sink: Sink, options?: DumpOptions): Promise<void> {
    return this.#dump("npz", sink, options);
  }

  /** Writes a pickle; names end in `.pkl` or `.pickle`. */
  dumpByPickle(sink: Sink, options?: DumpOptions): Promise<void> {
    return this.#dump("pickle", sink, options);
  }

  async #dump(kind: "npz" | "pickle", sink: Sink, options: DumpOptions = {}): Promise<void> {
    const endings = this.layout.containers.find(({ codec }) => codec.kind === kind)?.extensions ?? [];
    const name = sink.name.toLowerCase();
    if (name !== "" && !endings.some((ending) => name.endsWith(ending))) {
      await sink.abort();
      throw new FormatError("unwritable", `the name of this file ends in ${endings.join(" or ")}`, { path: sink.name });
    }
    await this.write(sink, { ...options, container: kind });
  }

  /** Reads a pickle and merges it into the dict. */
  loadByPickle(input: Input, options?: Omit<LoadDictOptions, "container">): Promise<this> {
    return this.load(input, { ...options, container: "pickle" });
  }

  /**
   * A plain object in which `adapter` has made a tensor of every array, as stored; with `nested`, of those in dicts too.
   * All else is as it is.
   */
  to<U>(adapter: TensorAdapter<U>, options: ToTensorsOptions = {}): Record<string, unknown> {
    return toTensors(Object.fromEntries(this.rawEntries()), adapter, options) as Record<string, unknown>;
  }
}
