import type { RecordSummary, RecordWriter, RecordWriterOptions, Sink } from "@somakit/core";
import { Camera } from "@somakit/core/camera";
import { isFormatError } from "@somakit/core/errors";
import { createWriter } from "./bodycompress.gen.js";
import type { Frame, Metadata } from "./bodycompress.types.gen.js";
import { mapOfCamera } from "./camera-map.js";
import type { BodyFrameInput } from "./frame.js";

export interface BodyCompressorOptions
  extends Pick<RecordWriterOptions, "signal" | "threads" | "preset" | "tuning" | "after" | "recover"> {
  /**
   * Stored with the frames: whatever msgpack and numpy can hold; plain objects become dicts. Default null, or that of the file
   * that is gone on with.
   */
  readonly metadata?: Metadata | Readonly<Record<string, unknown>> | readonly unknown[] | undefined;
  /** Millimetres to which coordinates are rounded, uncertainties to as many thousandths of a metre. Default 0.5. */
  readonly quantizationMm?: number | undefined;
  /** Frames in a block, which is what can be read alone and side by side. Default 30; `none` leaves it to xz. */
  readonly framesPerBlock?: number | "none" | undefined;
  /** `refuse` (the default): frames without vertices or without joints, as Python's writer does. `allow` takes them. */
  readonly incomplete?: "refuse" | "allow" | undefined;
}

/**
 * Writes estimated bodies frame by frame. Nothing is visible under the sink's name before {@link BodyCompressor.close}.
 *
 * ```ts
 * const bodies = await BodyCompressor.create(await fileSink("out.xz"), { metadata: { whatever: "you want" } });
 * for (const frame of frames) await bodies.append(estimate(frame));
 * await bodies.close();
 * ```
 *
 * A frame that cannot be stored (NaN, an infinity, steps beyond int32, missing joints, a mirrored camera) is refused with a
 * `FormatError` `unwritable` that names frame, key and index. The file is given up then.
 */
export class BodyCompressor {
  readonly #writer: RecordWriter<Frame>;

  private constructor(writer: RecordWriter<Frame>) {
    this.#writer = writer;
  }

  static async create(sink: Sink, options: BodyCompressorOptions = {}): Promise<BodyCompressor> {
    const { metadata, quantizationMm, framesPerBlock, incomplete, ...others } = options;
    const writer = await createWriter(sink, metadata === undefined ? {} : { metadata: metadata as Metadata }, {
      ...others,
      steps: quantizationMm === undefined ? undefined : { quantizationMm },
      perBlock: framesPerBlock,
      check: incomplete === "allow" ? "loose" : "refuse",
    });
    return new BodyCompressor(writer);
  }

  /** Frames taken so far. */
  get length(): number {
    return this.#writer.count;
  }

  /** Takes a frame, which may be changed once this returned. Resolves when the next one may come. */
  async append(frame: BodyFrameInput): Promise<void> {
    let stored: Frame;
    try {
      stored = storedFrame(frame);
    } catch (error) {
      await this.abort();
      throw isFormatError(error) ? error.within(`frames[${this.length}].camera`) : error;
    }
    await this.#writer.append(stored);
  }

  /** Ends the file and commits the sink. */
  close(): Promise<RecordSummary> {
    return this.#writer.close();
  }

  /** Gives the file up: nothing of it remains. Does nothing after `close`. */
  abort(): Promise<void> {
    return this.#writer.abort();
  }
}

function storedFrame(frame: BodyFrameInput): Frame {
  const { camera } = frame;
  // In its place among the keys, which is where it is stored.
  return (camera instanceof Camera ? { ...frame, camera: mapOfCamera(camera) } : frame) as Frame;
}

/** Writes all of `frames`, and closes the file, or gives it up when anything fails. */
export async function compressBodies(
  sink: Sink,
  frames: Iterable<BodyFrameInput> | AsyncIterable<BodyFrameInput>,
  options: BodyCompressorOptions = {},
): Promise<RecordSummary> {
  const compressor = await BodyCompressor.create(sink, options);
  try {
    for await (const frame of frames) await compressor.append(frame);
    return await compressor.close();
  } catch (error) {
    await compressor.abort();
    throw error;
  }
}
