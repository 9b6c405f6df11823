// Clips for action recognition: written, opened lazily, read clip by clip.
import { MemorySink, NdArray } from "@somakit/core";
import * as pyskl from "@somakit/formats/pyskl";

const [people, frames] = [1, 4];
const clip = (name: string, label: number): pyskl.Annotation => ({
  frame_dir: name,
  label,
  total_frames: frames,
  keypoint: NdArray.from("float32", new Float32Array(people * frames * 17 * 2), [people, frames, 17, 2]),
  keypoint_score: NdArray.from("float32", new Float32Array(people * frames * 17).fill(1), [people, frames, 17]),
});
const value: pyskl.PYSKLAnnotations = {
  split: { train: ["a"], val: ["b"] },
  annotations: [clip("a", 0), clip("b", 1)],
};
const sink = new MemorySink();
await pyskl.write(sink, value);
const file = await pyskl.open(sink.bytes());
const names: string[] = [];
for await (const annotation of file.annotations) names.push((await annotation.frame_dir()) ?? "");
const second = await file.annotations.at(1).read();

const facts = [
  names.join() === "a,b",
  (await file.annotations.length()) === 2,
  second.label === 1 && second.keypoint?.shape.join() === "1,4,17,2",
  (await pyskl.check(value)).every(({ severity }) => severity !== "error"),
];
if (!facts.every(Boolean)) throw new Error(`a fact does not hold: ${facts.join(", ")}`);
