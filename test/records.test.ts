import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { layoutOf, loadProject, structureOf } from "@somakit/codegen";
import {
  checkWith,
  createWriterWith,
  inGzip,
  inXz,
  json,
  type Layout,
  MemorySink,
  msgpackStream,
  NdArray,
  openWith,
  RecordFileAccessor,
  type RecordReader,
  readWith,
  type Threads,
  writeWith,
} from "@somakit/core";
import { nodeThreads } from "@somakit/core/node";
import { createWriter, type Frame, open } from "@somakit/formats/bodycompress";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

interface Pose {
  [key: string]: unknown;
  vertices: NdArray;
  weights?: NdArray;
}

interface Stream {
  header?: Record<string, unknown>;
  notes?: unknown;
  poses: Pose[];
}

class StreamFile extends RecordFileAccessor<Stream> {
  get poses(): RecordReader<Pose> {
    return this.records("poses");
  }
}

const pose = (number: number): Pose => ({
  number,
  weights: NdArray.from("float64", Float64Array.of(0.25, number / 100), [2]) as NdArray,
  vertices: NdArray.from("float32", Float32Array.from([0, 0.5, number, 1, 2, 3]), [2, 3]) as NdArray,
});

/** A schema that nothing was generated from: the zoo's stream. */
async function zooLayout(): Promise<Layout> {
  const folder = join(import.meta.dirname, "../schemas/zoo");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".json"));
  const texts = new Map(files.map((file) => [file.replaceAll("\\", "/"), readFileSync(join(folder, file), "utf8")]));
  const dataset = loadProject(texts).datasets.find(({ id }) => id === "stream");
  if (!dataset) throw new Error("the zoo has no stream");
  const codecs = { "msgpack-stream.xz": inXz(msgpackStream), "json.gzip": inGzip(json) };
  return layoutOf(dataset, codecs, structureOf(dataset));
}

describe("another stream of records is a schema away", () => {
  let layout: Layout;
  beforeAll(async () => {
    layout = await zooLayout();
  });

  async function written(container: string): Promise<Uint8Array> {
    const sink = new MemorySink();
    const notes = new Map([["from", "here"]]);
    await writeWith<Stream>(layout, sink, { notes, poses: [0, 1, 2].map(pose), header: {} }, { container });
    return sink.bytes();
  }

  test.each(["msgpack-stream", "json"])("written and read as a whole in both of its containers (%s)", async (kind) => {
    const bytes = await written(kind);
    const stream = await readWith<Stream>(layout, bytes);
    expect(stream.notes).toEqual(new Map([["from", "here"]]));
    expect(stream.poses.map(({ number }) => number)).toEqual([0, 1, 2]);
    expect(stream.poses[2]?.vertices.toList()).toEqual([
      [0, 0.5, 2],
      [1, 2, 3],
    ]);
    expect(stream.poses[2]?.weights?.dtype).toBe("float64");
    expect(stream.poses[2]?.weights?.toList()).toEqual([0.25, 0.02]);
    expect(await checkWith(layout, bytes)).toEqual([]);
  });

  test.each(["msgpack-stream", "json"])("read record by record (%s)", async (kind) => {
    const file = await openWith(layout, StreamFile, await written(kind));
    const numbers: unknown[] = [];
    for await (const { number } of file.poses) numbers.push(number);
    expect(numbers).toEqual([0, 1, 2]);
    expect((await file.poses.at(-1))["number"]).toBe(2);
    expect(await file.poses.length()).toBe(3);
    await file.close();
  });

  test("its records are told apart as the schema says, under its names", async () => {
    const sink = new MemorySink();
    const writer = await createWriterWith<Pose>(layout, sink, {}, { perBlock: 2, steps: { stepMm: 0.25 } });
    for (const number of [0, 1, 2]) await writer.append(pose(number) as never);
    await writer.close();
    const { header } = await readWith<Stream>(layout, sink.bytes());
    expect(header).toMatchObject({ version: [1, 0], length: 3, per_block: 2 });
    await expect(createWriterWith(layout, new MemorySink(), {}, { container: "json" })).rejects.toMatchObject({
      code: "unwritable",
    });
  });
});

describe("blocks side by side", () => {
  const threads = nodeThreads({ count: 2 });
  afterAll(() => threads.close());

  /** Threads that remember what they ran. */
  function counting(): Threads & { readonly names: string[] } {
    const names: string[] = [];
    return {
      count: threads.count,
      names,
      run: (task, options) => {
        names.push(task.name);
        return threads.run(task, options);
      },
      close: async () => undefined,
    };
  }

  const frame = (number: number): Frame => ({
    number,
    vertices: NdArray.from(
      "float32",
      Float32Array.from({ length: 3000 }, (_, i) => (i * number) % 97),
      [1000, 3],
    ),
    joints: NdArray.from("float32", new Float32Array(72), [24, 3]),
  });

  async function file(options: object): Promise<Uint8Array> {
    const sink = new MemorySink();
    const writer = await createWriter(sink, {}, { perBlock: 4, preset: 0, ...options });
    for (let number = 0; number < 18; number++) await writer.append(frame(number));
    await writer.close();
    return sink.bytes();
  }

  test("are written to the same bytes", async () => {
    const two = counting();
    const bytes = await file({ threads: two });
    expect(two.names.length).toBe(5);
    expect(Buffer.from(bytes).equals(await file({}))).toBe(true);
  });

  test("are read in order, from anywhere", async () => {
    const two = counting();
    const { frames } = await open(await file({}), { threads: two });
    const numbers = async (all: AsyncIterable<Frame>): Promise<unknown[]> => {
      const found: unknown[] = [];
      for await (const { number } of all) found.push(number);
      return found;
    };
    const all = Array.from({ length: 18 }, (_, i) => i);
    expect(await numbers(frames)).toEqual(all);
    expect(two.names).toEqual(Array.from({ length: 5 }, () => "decodeXzBlock"));
    expect(await numbers(frames.range(5))).toEqual(all.slice(5));
    expect((await frames.at(-1, { threads: two }))["number"]).toBe(17);
  });
});
