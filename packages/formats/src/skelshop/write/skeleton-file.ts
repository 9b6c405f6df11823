import type { Hdf5GroupWriter, Hdf5Writer, Sink } from "@somakit/core";
import { createHdf5 } from "@somakit/core/codec/hdf5";
import type { Mode, Variant } from "../model.js";
import { type Skeleton, skeletonOf } from "../skeleton.js";
import { checkAttributes, type SkeletonAttributes, type SkeletonFileType, writeAttributes } from "./attributes.js";
import type { PoseStorage } from "./storage.js";

export interface SkeletonWriterOptions {
  readonly mode: Mode;
  /** Default `current`. */
  readonly variant?: Variant | undefined;
  readonly attributes?: SkeletonAttributes | undefined;
  readonly storage?: PoseStorage | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface CloseOptions {
  /** More attributes, known only now. */
  readonly attributes?: SkeletonAttributes | undefined;
}

/** What both kinds of skeleton files share: the file around `/timeline`, and its attributes. */
export class SkeletonFile {
  readonly skeleton: Skeleton;
  readonly timeline: Hdf5GroupWriter;
  readonly #type: SkeletonFileType;
  readonly #attributes: SkeletonAttributes;
  readonly #file: Hdf5Writer;

  constructor(sink: Sink, type: SkeletonFileType, options: SkeletonWriterOptions) {
    const { mode, variant, attributes = {}, signal } = options;
    checkAttributes(attributes);
    this.skeleton = skeletonOf(mode, variant);
    this.#type = type;
    this.#attributes = attributes;
    this.#file = createHdf5(sink, { signal });
    this.timeline = this.#file.root.group("timeline", { ordered: true });
  }

  /** Writes what is left, and commits the sink. `frames`: how many there are, if nobody else says so. */
  async close(frames: number, options: CloseOptions): Promise<void> {
    const { attributes = {} } = options;
    checkAttributes(attributes);
    const all = { num_frames: frames, ...definedOf(this.#attributes), ...definedOf(attributes) };
    await writeAttributes(this.#file.root, this.#type, this.skeleton, all);
    await this.#file.close();
  }

  abort(): Promise<void> {
    return this.#file.abort();
  }
}

function definedOf(attributes: SkeletonAttributes): SkeletonAttributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}
