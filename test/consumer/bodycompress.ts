// Meshes frame by frame: a writer that holds one of them, a reader that finds any of them.
import { MemorySink, NdArray } from "@somakit/core";
import * as bodycompress from "@somakit/formats/bodycompress";

const frame = (index: number): bodycompress.Frame => ({
  vertices: NdArray.from("float32", new Float32Array(12).fill(index), [4, 3]),
  joints: NdArray.from("float32", new Float32Array(6).fill(2 * index), [2, 3]),
});
const sink = new MemorySink();
const writer = await bodycompress.createWriter(sink, { metadata: "mine" });
for (let index = 0; index < 5; index++) await writer.append(frame(index));
await writer.close();
const file = await bodycompress.open(sink.bytes());
const sums: number[] = [];
for await (const { vertices } of file.frames) sums.push(Number(vertices?.get(3, 2)));

const facts = [
  sums.join() === "0,1,2,3,4",
  (await file.metadata()) === "mine",
  Number((await file.frames.at(3)).joints?.get(1, 1)) === 6,
  (await file.check()).length === 0,
];
if (!facts.every(Boolean)) throw new Error(`a fact does not hold: ${facts.join(", ")}`);
