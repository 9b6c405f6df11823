import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Camera, FormatError, MemorySink, memorySource, NdArray, readXz } from "@somakit/core";
import {
  BodyCompressor,
  type BodyCompressorOptions,
  BodyDecompressor,
  type BodyDecompressorOptions,
  type BodyFrameInput,
  compressBodies,
  floatsOf,
  peopleIn,
  personIn,
  trianglesOf,
} from "@somakit/formats/bodycompress";
import { describe, expect, it } from "vitest";

const fixture = (name: string): Uint8Array =>
  readFileSync(join(import.meta.dirname, "conformance/bodycompress", `${name}.xz`));

function floats(shape: readonly number[], start = 0): NdArray<"float32"> {
  const size = shape.reduce((product, axis) => product * axis, 1);
  return NdArray.from(
    "float32",
    Float32Array.from({ length: size }, (_, at) => start + at),
    shape,
  );
}

const frame = (index: number): BodyFrameInput => ({
  vertices: floats([4, 3], 10 * index),
  joints: floats([2, 3], 10 * index),
});

async function file(
  frames: Iterable<BodyFrameInput> | AsyncIterable<BodyFrameInput>,
  options?: BodyCompressorOptions,
): Promise<Uint8Array> {
  const sink = new MemorySink();
  await compressBodies(sink, frames, options);
  return sink.bytes();
}

async function all<C extends "map" | "object" = "map">(
  bytes: Uint8Array,
  options?: BodyDecompressorOptions<C>,
): Promise<Awaited<ReturnType<BodyDecompressor<C>["frame"]>>[]> {
  const bodies = await BodyDecompressor.open<C>(bytes, options);
  const frames = [];
  for await (const one of bodies) frames.push(one);
  await bodies.close();
  return frames;
}

async function refusal(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(FormatError);
  const { code, path } = error as FormatError;
  return `${code} ${path}`;
}

describe("a BodyCompressor", () => {
  it("writes what a BodyDecompressor reads: metadata, version, length, frames, again and again", async () => {
    const sink = new MemorySink();
    const writer = await BodyCompressor.create(sink, { metadata: new Map([["whatever", "you want"]]) });
    for (let index = 0; index < 3; index++) await writer.append(frame(index));
    expect(writer.length).toBe(3);
    expect(await writer.close()).toMatchObject({ count: 3 });
    const bodies = await BodyDecompressor.open(sink.bytes());
    expect(bodies.metadata).toEqual(new Map([["whatever", "you want"]]));
    expect([bodies.version, bodies.length, bodies.finished, bodies.framesPerBlock]).toEqual([[0, 2, 1], 3, true, 30]);
    for (let pass = 0; pass < 2; pass++) {
      const found: unknown[] = [];
      for await (const { vertices } of bodies) found.push(vertices?.get(0, 0));
      expect(found).toEqual([0, 10, 20]);
    }
    expect((await bodies.frame(-1)).joints?.toList()).toEqual(floats([2, 3], 20).toList());
    await expect(bodies.frame(3)).rejects.toThrow(RangeError);
    expect(await bodies.count()).toEqual({ count: 3, damage: undefined });
  });

  it("gives frames from the middle and from the end", async () => {
    const bodies = await BodyDecompressor.open(await file([0, 1, 2, 3].map(frame), { framesPerBlock: 2 }));
    const starts = async (start?: number, stop?: number | null): Promise<unknown[]> => {
      const found: unknown[] = [];
      for await (const { vertices } of bodies.frames(start, stop)) found.push(vertices?.get(0, 0));
      return found;
    };
    expect(await starts(1, 3)).toEqual([10, 20]);
    expect(await starts(-2)).toEqual([20, 30]);
    expect(await starts(0, -3)).toEqual([0]);
    expect(await starts(9)).toEqual([]);
  });

  it("rounds to the millimetres that it is told, uncertainties to thousandths of a metre of them", async () => {
    const input = {
      vertices: floats([1, 3]).slice(null, null) as NdArray<"float32">,
      joints: NdArray.from("float64", new Float64Array([0.26, 0.74, -0.26]), [1, 3]),
      vertex_uncertainties: NdArray.from("float32", new Float32Array([0.01234]), [1]),
    };
    const [half] = await all(await file([input]));
    expect([...(half?.joints ?? [])]).toEqual([0.5, 0.5, -0.5]);
    expect([...(half?.vertex_uncertainties ?? [])]).toEqual([Math.fround(0.0125)]);
    const [fine] = await all(await file([input], { quantizationMm: 0.01 }));
    for (const [index, value] of [0.26, 0.74, -0.26].entries())
      expect([...(fine?.joints ?? [])][index]).toBeCloseTo(value, 6);
  });

  it.each<[string, BodyFrameInput, string]>([
    ["no joints", { vertices: floats([4, 3]) }, "unwritable frames[1]"],
    ["NaN", { ...frame(1), vertices: floats([4, 3], Number.NaN) }, "unwritable frames[1].vertices"],
    ["an infinity", { ...frame(1), joints: floats([2, 3], Number.POSITIVE_INFINITY) }, "unwritable frames[1].joints"],
    ["steps beyond int32", { ...frame(1), vertices: floats([4, 3], 2e9) }, "unwritable frames[1].vertices"],
    ["too few axes", { ...frame(1), vertices: floats([3]) }, "unwritable frames[1].vertices"],
    ["a mirrored camera", { ...frame(1), camera: mirrored() }, "unwritable frames[1].camera.rotvec_w2c"],
  ])("refuses %s, and gives the file up", async (_, second, message) => {
    const sink = new MemorySink();
    const writer = await BodyCompressor.create(sink);
    await writer.append(frame(0));
    expect(await refusal(writer.append(second))).toMatch(new RegExp(`^${message.replaceAll(/[[\]]/g, "\\$&")}`));
    await expect(writer.append(frame(2))).rejects.toThrow();
    await expect(writer.close()).rejects.toThrow();
    expect(() => sink.bytes()).toThrow();
  });

  it("takes frames without joints when told to", async () => {
    const [found] = await all(await file([{ vertices: floats([4, 3]) }], { incomplete: "allow" }));
    expect([found?.vertices?.shape, found?.joints]).toEqual([[4, 3], undefined]);
  });

  it("takes a frame before append returns, so that its arrays may be used again", async () => {
    const sink = new MemorySink();
    const writer = await BodyCompressor.create(sink);
    const reused = { vertices: floats([4, 3]), joints: floats([2, 3]) };
    const waiting = [0, 1, 2].map((index) => {
      reused.vertices.data.fill(index);
      return writer.append(reused);
    });
    await Promise.all(waiting);
    await writer.close();
    const found = await all(sink.bytes());
    expect(found.map(({ vertices }) => vertices?.get(3, 2))).toEqual([0, 1, 2]);
  });

  it("goes on with a file", async () => {
    const first = await file([0, 1, 2].map(frame), { framesPerBlock: 2, metadata: "kept" });
    const longer = await file([3, 4].map(frame), { after: memorySource(first) });
    const bodies = await BodyDecompressor.open(longer);
    expect([bodies.length, bodies.framesPerBlock, bodies.metadata]).toEqual([5, 2, "kept"]);
    expect((await bodies.frame(4)).vertices?.get(0, 0)).toBe(40);
  });

  it("keeps keys in the order of the caller, coded ones last", async () => {
    const camera = new Camera({
      intrinsics: [
        [500, 0, 10],
        [0, 500, 20],
      ],
    });
    const bytes = await file([{ joints: floats([2, 3]), time: 0.5, camera, vertices: floats([4, 3]), extra: "x" }]);
    const content = Buffer.from(await readXz(bytes)).toString("latin1");
    const order = ["time", "camera", "rotvec_w2c", "extra", "qd_vertices", "qd_joints"];
    const places = order.map((key) => content.indexOf(key));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places).not.toContain(-1);
  });

  it("gives the file up when the frames fail", async () => {
    const sink = new MemorySink();
    async function* frames(): AsyncGenerator<BodyFrameInput> {
      yield frame(0);
      throw new Error("no more");
    }
    await expect(compressBodies(sink, frames())).rejects.toThrow("no more");
    expect(() => sink.bytes()).toThrow();
  });
});

function mirrored(): Camera {
  const rotation = [
    [-1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ];
  return new Camera({
    intrinsics: [
      [500, 0, 10],
      [0, 500, 20],
    ],
    rotation,
  });
}

describe("a BodyDecompressor", () => {
  it("gives cameras as stored, or as objects that project", async () => {
    const [stored] = await all(fixture("camera"));
    const [made] = await all(fixture("camera"), { camera: "object" });
    expect(stored?.camera).not.toBeInstanceOf(Camera);
    expect(made?.camera).toBeInstanceOf(Camera);
    const originals = await all(fixture("camera"), { camera: "object" });
    const again = await all(await file(originals), { camera: "object" });
    expect(again).toHaveLength(4);
    for (const [index, { camera }] of originals.entries()) {
      expect(again[index]?.camera?.center).toEqual(camera?.center);
      expect(again[index]?.camera?.intrinsics).toEqual(camera?.intrinsics);
      expect(again[index]?.camera?.distortion?.coefficients).toEqual(camera?.distortion?.coefficients);
      for (const [at, value] of (camera?.rotation ?? []).flat().entries())
        expect(again[index]?.camera?.rotation.flat()[at]).toBeCloseTo(value, 6);
    }
  });

  it("gives lengths in metres or millimetres throughout", async () => {
    const camera = new Camera({
      intrinsics: [
        [500, 0, 10],
        [0, 500, 20],
      ],
      center: [1000, 2000, -3000],
    });
    const uncertain = NdArray.from("float32", new Float32Array([0.5, 0.25, 0.125, 1]), [4]);
    const bytes = await file([{ ...frame(1), vertex_uncertainties: uncertain, camera }]);
    const [metres] = await all(bytes, { lengths: "m", camera: "object" });
    expect(metres?.vertices?.get(0, 0)).toBeCloseTo(0.01, 8);
    expect(metres?.vertices?.dtype).toBe("float32");
    expect(metres?.vertex_uncertainties?.toList()).toEqual([0.5, 0.25, 0.125, 1]);
    expect(metres?.camera?.center).toEqual([1, 2, -3]);
    const [millimetres] = await all(bytes, { lengths: "mm", camera: "object" });
    expect(millimetres?.vertices?.get(0, 0)).toBe(10);
    expect(millimetres?.vertex_uncertainties?.toList()).toEqual([500, 250, 125, 1000]);
    // Pixels know no unit.
    const pixels = millimetres?.camera?.worldToImage(millimetres.vertices as NdArray).toList();
    const others = metres?.camera?.worldToImage(metres.vertices as NdArray).toList() as number[][];
    for (const [row, pixel] of (pixels as number[][]).entries())
      for (const axis of [0, 1]) expect(pixel[axis]).toBeCloseTo(others[row]?.[axis] as number, 3);
  });

  it("says which frame has a camera that is none", async () => {
    const bytes = await file([frame(0), { ...frame(1), camera: "left" }]);
    expect((await all(bytes))[1]?.camera).toBe("left");
    expect(await refusal(all(bytes, { camera: "object" }))).toBe("mismatch frames[1].camera");
    const bodies = await BodyDecompressor.open(bytes, { camera: "object" });
    expect(await refusal(bodies.frame(-1))).toBe("mismatch frames[1].camera");
    expect((await bodies.frame(0)).camera).toBeUndefined();
  });

  it("reads files of the first version, and those whose writer never came to its end", async () => {
    const old = await BodyDecompressor.open(fixture("v010"));
    expect([old.version, old.finished, typeof old.length]).toEqual([[0, 1, 0], true, "number"]);
    const silent = await BodyDecompressor.open(fixture("v010_nolength"));
    expect([silent.length, (await silent.count()).count]).toEqual([undefined, 4]);
    const unfinished = await BodyDecompressor.open(fixture("unfinished"));
    expect([unfinished.finished, unfinished.length]).toEqual([false, undefined]);
    const [first] = await all(fixture("unfinished"));
    expect(first?.vertices?.shape).toEqual([60, 3]);
  });

  it("gives all whole frames of a damaged file before it says what is wrong", async () => {
    const bodies = await BodyDecompressor.open(fixture("truncated"));
    let count = 0;
    const work = (async () => {
      for await (const _ of bodies) count++;
    })();
    expect(await refusal(work)).toMatch(/^truncated frames\[12\]/);
    expect(count).toBe(12);
    expect((await bodies.count()).damage).toBeInstanceOf(FormatError);
  });
});

describe("people in a frame", () => {
  const crowd = {
    vertices: floats([2, 3, 5, 3]),
    joints: floats([2, 3, 4, 3]),
    vertex_uncertainties: floats([2, 3, 5]),
  };

  it("are counted by the axes before vertices", async () => {
    expect(peopleIn(crowd)).toBe(6);
    expect(peopleIn({ vertices: floats([5, 3]) })).toBe(1);
    expect(peopleIn({ vertices: floats([0, 5, 3]) })).toBe(0);
    expect(peopleIn({})).toBe(0);
    expect(await refusal((async () => peopleIn({ ...crowd, joints: floats([5, 4, 3]) }))())).toBe("mismatch joints");
  });

  it("are taken one by one, as views", () => {
    const person = personIn(crowd, 4);
    expect(person.vertices?.toList()).toEqual(crowd.vertices.slice(1, 1).toList());
    expect(person.joints?.shape).toEqual([4, 3]);
    expect(person.vertex_uncertainties?.toList()).toEqual(crowd.vertex_uncertainties.slice(1, 1).toList());
    person.vertices?.set([0, 0], -1);
    expect(crowd.vertices.get(1, 1, 0, 0)).toBe(-1);
    for (const index of [-1, 6, 0.5]) expect(() => personIn(crowd, index)).toThrow(RangeError);
  });

  it("become buffers for WebGL, without a copy where they lie together", () => {
    const person = personIn(crowd, 3);
    const buffer = floatsOf(person.vertices as NdArray);
    expect(buffer).toBeInstanceOf(Float32Array);
    expect(buffer.buffer).toBe(crowd.vertices.data.buffer);
    expect([...buffer]).toEqual([...(person.vertices as NdArray)]);
    const turned = floatsOf(crowd.vertices.slice(0, 0).transpose());
    expect([turned.length, turned[1]]).toEqual([15, 3]);
    expect(() => floatsOf(NdArray.from("float64", new Float64Array(3), [3]))).toThrow(TypeError);
  });

  it("share their triangles, which must be of their vertices", () => {
    const faces = NdArray.from("int64", new BigInt64Array([0n, 1n, 2n, 2n, 1n, 4n]), [2, 3]);
    expect(trianglesOf(faces, 5)).toEqual(new Uint32Array([0, 1, 2, 2, 1, 4]));
    expect(() => trianglesOf(faces, 4)).toThrow("face 1 has the vertex 4; there are 4");
    expect(() => trianglesOf(NdArray.from("int32", new Int32Array([0, 1, -1]), [1, 3]), 5)).toThrow(RangeError);
    expect(() => trianglesOf(NdArray.from("int32", new Int32Array(4), [2, 2]), 5)).toThrow("(2, 2) is not (F, 3)");
    expect(() => trianglesOf(floats([1, 3]), 5)).toThrow(TypeError);
  });
});
