// Skeletons of a video: written shot by shot, and read again by the kind that the file says it is.
import { MemorySink } from "@somakit/core";
import { open, ShotSegmentedWriter } from "@somakit/formats/skelshop";

const sink = new MemorySink();
const writer = new ShotSegmentedWriter(sink, {
  mode: "BODY_25",
  attributes: { video: "talk.mp4", shot_seg: "none", track: true },
});
writer.startShot();
for (let frame = 0; frame < 3; frame++) {
  writer.registerFrame(frame);
  if (frame !== 1) await writer.addPose(frame, 7, [320, 100 + frame, 0.5]);
}
await writer.endShot();
await writer.close();
const skels = await open(sink.bytes());
if (skels.kind !== "trackshots") throw new Error(`${skels.kind} is not what was written`);
const seen: string[] = [];
for await (const bundle of skels.iterFrames()) seen.push(`${bundle.frame}:${[...bundle].map(([id]) => id).join()}`);
await skels.close();

if (seen.join(" ") !== "0:7 1: 2:7") throw new Error(`not what was written: ${seen.join(" ")}`);
