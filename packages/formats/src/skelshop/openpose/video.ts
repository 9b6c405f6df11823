import type { Folder, Source } from "@somakit/core";
import { isBzip2 } from "@somakit/core/codec/bzip2";
import { FormatError, isFormatError } from "@somakit/core/errors";
import type { Skeleton } from "../skeleton.js";
import { type FrameFiles, type FrameFilesOptions, folderFrames, tarFrames, zipFrames } from "./files.js";
import { type FramePeople, readFramePeople } from "./frame.js";
import { inOrder } from "./in-order.js";
import { type ShardDamage, type ShardedVideo, shardedFrames, shardedVideos } from "./monolithic.js";
import { FrameNames } from "./names.js";

/** What the frames were in: root attribute `imported_from`. */
export type OpenPoseOrigin = "folder" | "single-zip" | "ordered-tar" | "monolithic-tar";

/** A frame of a video by its number, and who is in it. */
export interface OpenPoseVideoFrame {
  readonly frame: number;
  readonly name: string;
  /** Undefined for a frame that is lost, which only damaged archives of archives have. */
  readonly content: FramePeople | undefined;
}

/** The frames of one video, to be gone through once. */
export interface OpenPoseVideo {
  readonly origin: OpenPoseOrigin;
  readonly names: FrameNames;
  /** How many frames there are, where that is known beforehand. */
  readonly count?: number;
  /** Counts while frames are gone through. */
  readonly damage?: ShardDamage;
  /** In order, without holes. */
  readonly frames: AsyncIterable<OpenPoseVideoFrame>;
}

/** The people in the frames of a video, whatever OpenPose's files are in. Throws `FormatError`. */
export async function openPoseFrames(
  input: Folder | Source,
  skeleton: Skeleton,
  options: FrameFilesOptions = {},
): Promise<OpenPoseVideo> {
  if ("list" in input) return plain("folder", await folderFrames(input, options), skeleton);
  const head = await input.read(0, Math.min(4, input.byteLength), options);
  if (isZip(head)) return plain("single-zip", await zipFrames(input, options), skeleton);
  if (!(isBzip2(head) || (head[0] === 0x1f && head[1] === 0x8b))) {
    const videos = await shardedVideos(input, options).catch((error: unknown) => {
      if (!isFormatError(error, "not-this-format")) throw error;
      throw new FormatError("not-this-format", "neither a zip nor a tar archive", { cause: error });
    });
    if (videos.length > 0) return sharded(chosen(videos, options.base), skeleton, options);
  }
  return plain("ordered-tar", tarFrames(input, options), skeleton);
}

/** Without any entry, a zip archive begins with its end. */
function isZip(head: Uint8Array): boolean {
  return head[0] === 0x50 && head[1] === 0x4b && ((head[2] === 3 && head[3] === 4) || (head[2] === 5 && head[3] === 6));
}

function plain(origin: OpenPoseOrigin, { names, count, files }: FrameFiles, skeleton: Skeleton): OpenPoseVideo {
  const frames = async function* (): AsyncGenerator<OpenPoseVideoFrame, void, void> {
    for await (const { frame, name, bytes } of files)
      yield { frame, name, content: readFramePeople(bytes, skeleton, name) };
  };
  return { origin, names, ...(count !== undefined && { count }), frames: inOrder(frames()) };
}

function chosen(videos: readonly ShardedVideo[], base: string | undefined): ShardedVideo {
  const bases = videos.map((video) => video.base);
  const found = base === undefined ? videos : videos.filter((video) => video.base === base);
  const [only] = found;
  if (only && found.length === 1) return only;
  const reason = base === undefined ? "the archive has several videos; choose one by base" : `there is no ${base}`;
  throw new FormatError("mismatch", `${reason}: ${bases.join(", ")}`);
}

function sharded(video: ShardedVideo, skeleton: Skeleton, options: FrameFilesOptions): OpenPoseVideo {
  const damage: ShardDamage = { corruptFrames: 0, corruptShards: 0, lostFrames: 0 };
  const frames = shardedFrames(video, skeleton, damage, options);
  return { origin: "monolithic-tar", names: new FrameNames(video.base), damage, frames };
}
