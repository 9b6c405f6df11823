import type { WorkOptions } from "@somakit/core";
import type { PoseLike } from "./pose.js";

/** People of one frame: ids or pose numbers with their keypoints. */
export type FramePoses = Iterable<readonly [id: number, keypoints: PoseLike]>;

/** The poses of the next frame, or that a new shot begins with it. */
export type FrameItem = FramePoses | "shot-change";

/** What both writers can do. */
export interface FrameWriter {
  startShot(startFrame?: number): void;
  registerFrame(frame: number): void;
  addPose(frame: number, id: number, keypoints: PoseLike): Promise<void>;
  endShot(): Promise<void>;
}

export interface WriteFramesOptions extends WorkOptions {
  /** Number of the first frame. Default 0. */
  readonly startFrame?: number | undefined;
  /** How many frames there will be, for progress. */
  readonly total?: number | undefined;
}

/**
 * Writes one frame after the other, in one shot or several; SkelShop's `write_shots`. The writer is not closed. Gives the number of
 * frames. A writer without shots throws for a change of shot.
 */
export async function writeFrames(
  writer: FrameWriter,
  items: AsyncIterable<FrameItem> | Iterable<FrameItem>,
  options: WriteFramesOptions = {},
): Promise<number> {
  const { startFrame = 0, total, signal, onProgress } = options;
  let frame = startFrame;
  writer.startShot(startFrame);
  for await (const item of items) {
    signal?.throwIfAborted();
    if (item === "shot-change") {
      await writer.endShot();
      writer.startShot();
      continue;
    }
    writer.registerFrame(frame);
    for (const [id, keypoints] of item) await writer.addPose(frame, id, keypoints);
    frame++;
    const done = frame - startFrame;
    onProgress?.({ stage: "write frames", done, total: Math.max(done, total ?? 0), unit: "frames" });
  }
  await writer.endShot();
  return frame - startFrame;
}
