import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { AttributedTree, MemorySink, NdArray, tarSink, type WriteTree, writeMsgpack } from "@somakit/core";
import { hdf5, npy, npz, pickle } from "@somakit/core/gen/v1";
import { fileSink } from "@somakit/core/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { infer, roundTrip } from "./round-trip.js";

type Codec = typeof npz;
type Json = Record<string, unknown>;

let place: string;
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), "somakit-made-"));
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

function put(path: string, bytes: Uint8Array | string): string {
  const full = join(place, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, bytes);
  return full;
}

async function made(codec: Codec, tree: WriteTree): Promise<Uint8Array> {
  const sink = new MemorySink();
  await codec.write(sink, tree);
  return sink.bytes();
}

const floats = (...shape: number[]): NdArray => {
  const size = shape.reduce((product, length) => product * length, 1);
  return NdArray.from(
    "float32",
    Float32Array.from({ length: size }, (_, at) => at / 2),
    shape,
  ) as NdArray;
};
const ints = (...values: number[]): NdArray => NdArray.from("int32", Int32Array.from(values)) as NdArray;
const message = (members: Record<string, unknown>): Uint8Array =>
  writeMsgpack(new Map(Object.entries(members)) as never);
const group = (members: Record<string, unknown>, attributes: Record<string, unknown> = {}): WriteTree =>
  new AttributedTree(new Map(Object.entries(members)) as never, {
    attributes: new Map(Object.entries(attributes)) as never,
  });

/** The schema, once it is shown that it holds for the file, and that what is written by it is the file again. */
async function proven(...files: readonly string[]): Promise<Json> {
  const schema = await infer(...files);
  for (const file of files) {
    const found = await roundTrip(schema, file);
    expect(found).toEqual({ problems: [], isKnown: true, issues: [], copied: [], written: [] });
  }
  return schema;
}

describe("streams of msgpack", () => {
  const frame = (at: number): Uint8Array => message({ points: [at, 0.5], who: "a" });

  test("records that are alike", async () => {
    const schema = await proven(put("alike.msgpack", Buffer.concat([frame(1), frame(2)])));
    expect(schema).toMatchObject({
      container: "msgpack-stream",
      detect: [{ in: { member: "records" }, present: ["points", "who"] }],
      records: [{ name: "records", repeat: true }],
    });
  });

  test("a first record of its own", async () => {
    const header = message({ version: 1, fps: 30 });
    const schema = await proven(put("header.msgpack", Buffer.concat([header, frame(1), frame(2)])));
    expect(schema).toMatchObject({
      detect: [{ in: { member: "header" }, present: ["version", "fps"] }],
      records: [{ name: "header" }, { name: "records", repeat: true }],
      $defs: { Header: { required: ["version", "fps"] }, Record: { required: ["points", "who"] } },
    });
  });

  test("one document, and streams that are compressed as a whole", async () => {
    await proven(put("single.msgpack", frame(1)));
    const schema = await proven(put("alike.msgpack.gz", gzipSync(Buffer.concat([frame(1), frame(2)]))));
    expect(schema["container"]).toEqual({ kind: "msgpack-stream", wrap: "gzip" });
  });

  test("files with a header and files without have no schema in common", async () => {
    const one = put("a.msgpack", Buffer.concat([message({ version: 1 }), frame(1), frame(2)]));
    const other = put("b.msgpack", Buffer.concat([frame(1), frame(2)]));
    await expect(infer(one, other)).rejects.toThrow(/do not begin with as many records of their own/);
  });
});

describe("other files", () => {
  test("JSON that is compressed as a whole, with nested lists of numbers as arrays", async () => {
    const text = JSON.stringify({ poses: [[1, 2.5], [3, 4], [5, 6]], ragged: [[1], [2, 3]], names: ["a"] }); // biome-ignore format: rows
    const schema = await proven(put("poses.json.gz", gzipSync(text)));
    expect(schema).toMatchObject({
      container: { kind: "json", wrap: "gzip" },
      properties: {
        poses: { ndarray: { dtype: "float64", shape: [3, 2] } },
        ragged: { type: "array", items: { type: "array", items: { type: "integer" } } },
      },
    });
  });

  test("nested lists that are an array in one file and none in another are lists", async () => {
    const one = put("even.json", JSON.stringify({ rows: [[1, 2], [3, 4]] })); // biome-ignore format: rows
    const other = put("uneven.json", JSON.stringify({ rows: [[1], [3, 4]] }));
    const { properties } = (await proven(one, other)) as { properties: Json };
    expect(properties["rows"]).toMatchObject({ type: "array", items: { type: "array" } });
  });

  test("a list of dicts, recognised by its items", async () => {
    const items = [1, 2, 3].map((at) => new Map<string, unknown>([["name", `c${at}`], ["points", floats(at + 4, 17, 2)]])); // biome-ignore format: pairs
    const schema = await proven(put("list.pkl", await made(pickle, items as never)));
    expect(schema).toMatchObject({
      detect: [{ in: "items", present: ["name", "points"] }],
      items: { properties: { points: { ndarray: { shape: ["*", 17, 2] } } } },
    });
  });

  test("sizes that change from record to record get letters by what they count", async () => {
    const clip = (frames: number, points: number): unknown =>
      new Map<string, unknown>([
        ["keypoints", floats(frames, points, 2)],
        ["keypoints_3d", floats(frames, points, 3)],
        ["frame_ids", ints(...Array.from({ length: frames }, (_, at) => at))],
      ]);
    const schema = await proven(put("clips.pkl", await made(pickle, [clip(5, 17), clip(7, 21)] as never)));
    expect(schema["items"]).toMatchObject({
      dims: { N: { role: "frame" }, K: { role: "keypoint" } },
      properties: { keypoints: { ndarray: { shape: ["N", "K", 2] } }, frame_ids: { ndarray: { shape: ["N"] } } },
    });
  });

  test("a dict that is pickled inside of an archive", async () => {
    const inner = new Map<string, unknown>([["points", floats(6, 3)], ["fps", 30]]); // biome-ignore format: pairs
    const boxed = NdArray.from<"object">("object", [inner] as never, []) as NdArray;
    const { properties } = (await proven(put("boxed.npz", await made(npz, new Map([["meta", boxed]]) as never)))) as {
      properties: Json;
    };
    expect(properties["meta"]).toMatchObject({
      type: "object",
      stored: { as: "pickled-scalar" },
      properties: { points: { ndarray: { dtype: "float32" } }, fps: { type: "integer" } },
    });
  });

  test("an array alone has nothing to be recognised by, and the schema says so", async () => {
    const file = put("alone.npy", await made(npy, floats(3, 4)));
    const schema = await infer(file);
    expect(schema["$comment"]).toMatch(/nothing tells such files from others: .*--as data/);
    expect(await roundTrip(schema, file)).toMatchObject({ problems: [], isKnown: false, issues: [], written: [] });
  });
});

describe("HDF5", () => {
  test("numbered groups beside other members, attributes that are called as members are", async () => {
    const tree = group(
      {
        fps: floats(1),
        cam1: group({ K: floats(3, 3) }),
        cam3: group({ K: floats(3, 3) }),
        joint_0: floats(4),
        joint_1: floats(4),
        joint_2: floats(4),
        joint_3: floats(4),
      },
      { fps: "thirty", version: "1" },
    );
    const { properties } = (await proven(put("cams.h5", await made(hdf5, tree)))) as { properties: Json };
    expect(properties).toMatchObject({
      cams: {
        numbered: { prefix: "cam", from: 1, gaps: true },
        items: { properties: { number: { type: "integer", itemNumber: true } } },
      },
      joints: { numbered: { prefix: "joint_" }, items: { ndarray: { shape: [4] } } },
      fps: { ndarray: { dtype: "float32" } },
      fps_attribute: { type: "string", attribute: "fps" },
      version: { attribute: true },
    });
  });

  test("the three arrays of a sparse matrix as the one that they stand for, where its columns are stated", async () => {
    const parts = {
      data: NdArray.from("float32", Float32Array.of(1, 2, 3)) as NdArray,
      indices: ints(0, 2, 1),
      indptr: ints(0, 2, 3),
    };
    const tree = group({ X: group(parts, { shape: ints(2, 4) }), Y: group(parts) });
    const { properties } = (await proven(put("sparse.h5", await made(hdf5, tree)))) as { properties: Json };
    expect(properties["X"]).toMatchObject({
      required: ["matrix", "shape"],
      properties: { matrix: { sparse: { dtype: "float32", shape: ["*", 4] } }, shape: { attribute: true } },
    });
    expect(properties["Y"]).toMatchObject({
      $comment: expect.stringContaining("columns"),
      required: Object.keys(parts),
    });
  });
});

describe("folders", () => {
  async function studio(at: string): Promise<string> {
    for (const take of ["take_1", "take_2"]) {
      put(`${at}/${take}/info.json`, JSON.stringify({ actor: "a", calibration: [[1, 0], [0, 1]] })); // biome-ignore format: rows
      put(`${at}/${take}/motion.npz`, await made(npz, new Map([["poses", floats(9, 72)], ["trans", floats(9, 3)]]) as never)); // biome-ignore format: pairs
      put(`${at}/${take}/labels.pkl`, await made(pickle, new Map([["name", take]]) as never));
      for (const frame of ["0000", "0001", "0002"])
        put(`${at}/${take}/depth/${frame}.npy`, await made(npy, floats(4, 6)));
      for (const frame of ["07", "09"]) put(`${at}/${take}/audio_${frame}.bin`, `sound ${frame}`);
    }
    for (const name of ["ann", "bob", "cid", "dan"]) put(`${at}/people/${name}.json`, JSON.stringify({ age: 30 }));
    put(`${at}/README.md`, "words");
    return join(place, at);
  }

  test("numbered and named entries, and what files of every kind hold", async () => {
    const { properties } = (await proven(await studio("studio"))) as { properties: Json };
    expect(properties).toMatchObject({
      README: { file: { path: "README.md", media: "application/octet-stream" } },
      people: {
        folder: "people",
        patternProperties: { "\\.json$": { type: "object", file: { media: "application/json" } } },
      },
      takes: {
        numbered: { prefix: "take_", from: 1 },
        items: {
          properties: {
            info: { properties: { calibration: { ndarray: { dtype: "int64", shape: [2, 2] } } } },
            motion: {
              dims: { N: {} },
              properties: { poses: { ndarray: { dtype: "float32", shape: ["N", 72] } } },
              file: { path: "motion.npz", media: "application/x-npz" },
            },
            labels: { properties: { name: { type: "string" } }, file: { media: "application/x-pickle" } },
            depth: {
              folder: "depth",
              numbered: { prefix: "", suffix: ".npy", pad: 4 },
              items: { ndarray: { dtype: "float32", shape: [4, 6] }, file: { media: "application/x-npy" } },
            },
          },
          patternProperties: { "^audio_[0-9]{2,}\\.bin$": { file: { media: "application/octet-stream" } } },
        },
      },
    });
  });

  test("an archive of one, whatever folders are around it", async () => {
    const archive = join(place, "takes.tar.gz");
    const sink = tarSink(await fileSink(archive), { level: 1 });
    for (const take of ["take_1", "take_2"]) {
      const file = await sink.file(`outer/${take}/info.json`);
      await file.append(new TextEncoder().encode(JSON.stringify({ actor: take })));
      await file.commit();
    }
    await sink.commit();
    const schema = await proven(archive);
    expect(schema).toMatchObject({ container: "folder", detect: [{ names: "^take_[0-9]+$" }] });
  });

  test("a file that is not what its name says is a file of bytes", async () => {
    put("odd/a.json", "{");
    put("odd/b.json", "{}");
    const { properties } = (await proven(join(place, "odd"))) as { properties: Json };
    expect(properties["a"]).toMatchObject({ file: { path: "a.json", media: "application/octet-stream" } });
    expect(readFileSync(join(place, "odd/a.json"), "utf8")).toBe("{");
  });
});
