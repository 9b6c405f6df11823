import type { ReadOptions, Source } from "@somakit/core";
import { readTar } from "@somakit/core/codec/tar";
import { FormatError, isFormatError } from "@somakit/core/errors";
import { section } from "@somakit/core/source";
import type { Skeleton } from "../skeleton.js";
import { type FramePeople, readFramePeople } from "./frame.js";
import { frameName } from "./names.js";

/** Shards of a video: frame `i` is in shard `i % 10`. */
const SHARDS = 10;
/** Frames of one shard that may come before one that is due. */
const AHEAD = 512;

/** A video in an archive of archives: the ten shards that hold its frames, as far as they are there. */
export interface ShardedVideo {
  readonly base: string;
  readonly shards: readonly (Source | undefined)[];
}

/** What was damaged. */
export interface ShardDamage {
  /** Frames whose file is no JSON. */
  corruptFrames: number;
  /** Shards that were not there, could not be opened, or broke off. */
  corruptShards: number;
  /** Frames that were in no shard. */
  lostFrames: number;
}

/** The videos of an archive of archives, `<base>_openpose_body_hand_<0..9>.tar.bz2`. Only the outer archive is read. */
export async function shardedVideos(source: Source, options: ReadOptions = {}): Promise<readonly ShardedVideo[]> {
  const videos = new Map<string, (Source | undefined)[]>();
  for await (const { name, kind, offset, size } of readTar(source, options)) {
    const [, base, digit] = /^(.*)_openpose_body_hand_([0-9])\.tar\.bz2$/s.exec(name) ?? [];
    if (kind !== "file" || base === undefined) continue;
    const shards = videos.get(base) ?? Array.from<undefined>({ length: SHARDS });
    shards[Number(digit)] = section(source, offset, offset + size, name);
    videos.set(base, shards);
  }
  return [...videos].map(([base, shards]) => ({ base, shards }));
}

export interface ShardedFrame {
  readonly frame: number;
  readonly name: string;
  /** Undefined for a frame that could not be read. */
  readonly content: FramePeople | undefined;
}

/**
 * The frames of a video in order, those that are lost as frames without people. A shard that is damaged ends there; the others
 * go on. `damage` counts what was lost.
 */
export async function* shardedFrames(
  { shards }: ShardedVideo,
  skeleton: Skeleton,
  damage: ShardDamage,
  options: ReadOptions = {},
): AsyncGenerator<ShardedFrame, void, void> {
  const readers = shards.map((shard, index) => new ShardReader(shard, index, skeleton, damage, options));
  try {
    for (let frame = 0; ; frame++) {
      const reader = readers[frame % SHARDS] as ShardReader;
      await reader.bring(frame);
      if (!(await someHasMore(readers, frame))) return;
      yield reader.take(frame);
    }
  } finally {
    for (const reader of readers) await reader.close();
  }
}

async function someHasMore(readers: readonly ShardReader[], frame: number): Promise<boolean> {
  for (const reader of readers) if (await reader.hasMore(frame)) return true;
  return false;
}

/** Reads one shard as far as it is needed. */
class ShardReader {
  readonly #files: AsyncGenerator<ShardedFrame, void, void>;
  readonly #damage: ShardDamage;
  readonly #early = new Map<number, ShardedFrame>();
  #hasEnded = false;

  constructor(shard: Source | undefined, index: number, skeleton: Skeleton, damage: ShardDamage, options: ReadOptions) {
    this.#damage = damage;
    this.#files = shardFrames(shard, index, skeleton, options);
  }

  /** Reads on until `frame` is there, or certainly lost. */
  async bring(frame: number): Promise<void> {
    while (!this.#hasEnded && !this.#early.has(frame) && this.#early.size < AHEAD) await this.#next(frame);
  }

  /** Whether `frame`, or a later one, is there: one is looked for if need be. */
  async hasMore(frame: number): Promise<boolean> {
    while (!this.#hasEnded && this.#early.size === 0) await this.#next(frame);
    return this.#early.size > 0;
  }

  take(frame: number): ShardedFrame {
    const found = this.#early.get(frame);
    this.#early.delete(frame);
    if (!found) this.#damage.lostFrames++;
    else if (!found.content) this.#damage.corruptFrames++;
    return found ?? { frame, name: "", content: undefined };
  }

  close(): Promise<unknown> {
    return this.#files.return();
  }

  async #next(due: number): Promise<void> {
    try {
      const { done, value } = await this.#files.next();
      if (done === true) this.#hasEnded = true;
      // A frame that comes too late has been given as lost.
      else if (value.frame >= due) this.#early.set(value.frame, value);
    } catch (error) {
      if (!isFormatError(error, "truncated", "corrupt", "checksum", "not-this-format", "missing")) throw error;
      this.#hasEnded = true;
      this.#damage.corruptShards++;
    }
  }
}

async function* shardFrames(
  shard: Source | undefined,
  index: number,
  skeleton: Skeleton,
  options: ReadOptions,
): AsyncGenerator<ShardedFrame, void, void> {
  if (!shard) throw new FormatError("missing", "there is no such shard");
  for await (const entry of readTar(shard, options)) {
    const name = entry.kind === "file" ? frameName(entry.name) : undefined;
    if (!name || name.frame % SHARDS !== index) continue;
    const bytes = await entry.bytes();
    yield { frame: name.frame, name: entry.name, content: content(bytes, skeleton, entry.name) };
  }
}

function content(bytes: Uint8Array, skeleton: Skeleton, name: string): FramePeople | undefined {
  try {
    return readFramePeople(bytes, skeleton, name);
  } catch (error) {
    if (isFormatError(error, "corrupt")) return undefined;
    throw error;
  }
}
