import type { Input, RecordCount, RecordReadOptions, Threads, WorkOptions } from "@somakit/core";
import type { BodyCompressFile } from "./bodycompress.access.gen.js";
import { open } from "./bodycompress.gen.js";
import { type BodyFrame, type BodyFrameOptions, type CameraForm, frameAs } from "./frame.js";

export interface BodyDecompressorOptions<C extends CameraForm = "map"> extends BodyFrameOptions<C>, WorkOptions {
  /** Threads that decompress several blocks at once. Default: everything happens on the caller's own. */
  readonly threads?: Threads | undefined;
  /**
   * `decoded` (the default): frames are delivered as soon as they are there, all whole ones before an error. `verified`: not
   * before the checksum of the block that they are in has matched.
   */
  readonly release?: RecordReadOptions["release"];
}

/**
 * A file of estimated bodies, frame by frame. Going through the frames may be repeated, several times at once too; each pass
 * holds a block of the file and a frame.
 *
 * ```ts
 * const bodies = await BodyDecompressor.open(await fileSource("out.xz"));
 * for await (const { vertices, joints } of bodies) render(vertices, joints);
 * await bodies.close();
 * ```
 *
 * Damage throws a `FormatError` after all whole frames before it, with the frame and the byte.
 */
export class BodyDecompressor<C extends CameraForm = "map"> implements AsyncIterable<BodyFrame<C>> {
  /** What was stored with the frames: any value, null by default. */
  readonly metadata: unknown;
  /** Of the file format: [0, 1, 0], or what the file says. */
  readonly version: readonly [number, number, number];
  readonly #file: BodyCompressFile;
  readonly #options: BodyDecompressorOptions<C>;

  private constructor(file: BodyCompressFile, facts: FileFacts, options: BodyDecompressorOptions<C>) {
    this.#file = file;
    this.#options = options;
    this.metadata = facts.metadata;
    this.version = facts.version;
  }

  /** Reads the header and the metadata. Throws `FormatError`. */
  static async open<C extends CameraForm = "map">(
    input: Input,
    options: BodyDecompressorOptions<C> = {},
  ): Promise<BodyDecompressor<C>> {
    const { signal, threads } = options;
    const file = await open(input, { signal, threads });
    try {
      const [version, metadata] = [
        await file.header.__bodycompress_version__({ signal }),
        await file.metadata({ signal }),
      ];
      const [major = 0, minor = 1, patch = 0] = version ?? [];
      return new BodyDecompressor<C>(file, { metadata, version: [major, minor, patch] }, options);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** How many frames the file says it has; undefined where it does not say. {@link count} counts them. */
  get length(): number | undefined {
    return this.#file.frames.stated;
  }

  /** Whether the writer came to its end. */
  get finished(): boolean {
    return this.#file.frames.isFinished;
  }

  /** Frames that each block begins anew after, where the file says so: then frames anywhere are found quickly. */
  get framesPerBlock(): number | undefined {
    return this.#file.frames.perBlock;
  }

  [Symbol.asyncIterator](): AsyncGenerator<BodyFrame<C>, void, void> {
    return this.frames();
  }

  /** Frames `start` up to `stop`, clipped and counted from the end as Python's slices are; all when left out. */
  async *frames(
    start = 0,
    stop: number | null = null,
    options: WorkOptions = {},
  ): AsyncGenerator<BodyFrame<C>, void, void> {
    const { frames } = this.#file;
    const given = { ...this.#reading(), ...options };
    const whole = start === 0 && stop === null;
    let index = start < 0 ? Math.max(0, start + (await frames.length(options))) : start;
    for await (const frame of whole ? frames.records(given) : frames.range(start, stop, given))
      yield frameAs<C>(frame, this.#options, `${frames.path}[${index++}]`);
  }

  /** The frame at `index`, negative ones counted from the end. Throws `RangeError` when there is none. */
  async frame(index: number, options: WorkOptions = {}): Promise<BodyFrame<C>> {
    const { frames } = this.#file;
    const found = await frames.at(index, { ...this.#reading(), ...options });
    return frameAs<C>(
      found,
      this.#options,
      `${frames.path}[${index < 0 ? index + (await frames.length(options)) : index}]`,
    );
  }

  /** Counts the whole frames, and says why there are no more. One pass, whose result is kept. */
  count(options: WorkOptions = {}): Promise<RecordCount> {
    return this.#file.frames.count(options);
  }

  /** Closes the input. Reading afterwards fails. */
  async close(): Promise<void> {
    await this.#file.close();
  }

  #reading(): RecordReadOptions {
    const { signal, onProgress, threads, release } = this.#options;
    return { signal, onProgress, threads, release };
  }
}

interface FileFacts {
  readonly metadata: unknown;
  readonly version: readonly [number, number, number];
}
