// A program of somebody who installed the packages: types are what the schema says, files go round.
import { isFormatError, MemorySink, NdArray } from "@somakit/core";
import { coco } from "@somakit/formats/conventions";
import * as humandata from "@somakit/formats/humandata";
import { registry } from "@somakit/formats/registry";

const frames = 3;
const value: humandata.HumanData = {
  image_path: ["a.jpg", "b.jpg", "c.jpg"],
  bbox_xywh: NdArray.from("float32", new Float32Array(frames * 5), [frames, 5]),
  config: "mine",
};
const sink = new MemorySink();
await humandata.write(sink, value);
const file = await humandata.open(sink.bytes());
const boxes = await file.bbox_xywh();
const columns: 5 | undefined = boxes?.shape[1];
// @ts-expect-error -- the last axis has five columns
const wrong: 4 | undefined = boxes?.shape[1];
const issues = await humandata.check({ ...value, config: 3 });
const refused = await humandata.read(new Uint8Array(8)).catch((error: unknown) => error);
const entry = registry.find(({ id }) => id === "humandata");

const facts = [
  columns === 5 && Number(wrong) === columns,
  (await file.__data_len__()) === frames,
  issues.length === 1 && issues[0]?.path === "config",
  isFormatError(refused, "not-this-format"),
  (await entry?.load())?.id === "humandata",
  coco.keypoints.length === 17,
];
if (!facts.every(Boolean)) throw new Error(`a fact does not hold: ${facts.join(", ")}`);
