// Skeleton files of SkelShop to be read, written by somakit in the layout that SkelShop writes.
import { fileSink } from "@somakit/core/node";
import { ShotSegmentedWriter, UnsegmentedWriter } from "@somakit/formats/skelshop";

const KEYPOINTS = 25;
/** Frames of a short shot. */
export const SHORT_SHOT = 20;

/** Three people over all frames, or two in each of many short shots. About a fifth of the keypoints were not found. */
export async function makeSkeletons(path: string, kind: "poses" | "shots", frames: number): Promise<void> {
  const sink = await fileSink(path);
  const options = { mode: "BODY_25", storage: { gzip: 0 } } as const;
  const writer = kind === "poses" ? new UnsegmentedWriter(sink, options) : new ShotSegmentedWriter(sink, options);
  const people = kind === "poses" ? 3 : 2;
  const pose = new Float32Array(3 * KEYPOINTS);
  writer.startShot(0);
  for (let frame = 0; frame < frames; frame++) {
    if (kind === "shots" && frame > 0 && frame % SHORT_SHOT === 0) {
      await writer.endShot();
      writer.startShot();
    }
    for (let person = 0; person < people; person++) {
      fill(pose, frame, person);
      await writer.addPose(frame, person, pose);
    }
  }
  await writer.endShot();
  await writer.close();
}

function fill(pose: Float32Array, frame: number, person: number): void {
  for (let keypoint = 0; keypoint < KEYPOINTS; keypoint++) {
    const found = (frame * 7 + person * 3 + keypoint * 11) % 5 !== 0;
    pose[3 * keypoint] = found ? 300 + 40 * Math.sin(frame / 50 + keypoint) + 200 * person : 0;
    pose[3 * keypoint + 1] = found ? 200 + 30 * Math.cos(frame / 40 + keypoint) : 0;
    pose[3 * keypoint + 2] = found ? 0.5 + ((frame + keypoint) % 32) / 64 : 0;
  }
}
