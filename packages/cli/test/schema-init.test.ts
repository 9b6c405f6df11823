import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { isFormatError } from "@somakit/core";
import { describe, expect, test } from "vitest";
import { Annotated } from "../src/failure.js";
import { infer, roundTrip } from "./round-trip.js";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const SAMPLES = join(ROOT, "examples/samples/");
const DATAGEN = "test/conformance/datagen";

const ENDINGS = /\.(npz|npy|pkl|pickle|json|h5|hdf5|xz|gz|zip)$/;

/** Data files below a folder, and the folders that are data sets themselves, relative to the repository. */
function dataIn(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && ENDINGS.test(entry.name) && !entry.name.endsWith(".expected.json"))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .sort();
}

function foldersIn(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "bad")
    .map(({ name }) => `${folder}/${name}`)
    .sort();
}

const ALL = [
  ...dataIn("test/conformance"),
  ...dataIn("examples/samples"),
  ...foldersIn(DATAGEN),
  ...foldersIn(`${DATAGEN}/bad`),
  "test/conformance/pyskl/k400",
  "test/conformance/pyskl/ntu",
  "examples/samples/freihand",
];

/** Why a file that was read and written again is not the same to the last bit, by the difference that is found. */
const WRITTEN_ANEW: Readonly<Record<string, string>> = {
  "test/conformance/bodycompress/metadata_types.xz": "a scalar of numpy is written as Python's",
  "test/conformance/humandata/custom_keys.npz": "text gets as many places as it needs",
  "test/conformance/humandata/dtypes.npz": "text gets as many places as it needs",
  "test/conformance/humandata/nested.npz": "a scalar of numpy is written as Python's",
  "test/conformance/humandata/nested_proto2.pkl": "a scalar of numpy is written as Python's",
  "test/conformance/humandata/nested_proto4.pkl": "a scalar of numpy is written as Python's",
  "test/conformance/humandata/numpy2_nested.npz": "a scalar of numpy is written as Python's",
  "test/conformance/pyskl/npscalars_p4_np1.pkl": "a scalar of numpy is written as Python's",
  "test/conformance/pyskl/npscalars_p4_np2.pkl": "a scalar of numpy is written as Python's",
  "test/conformance/pyskl/layouts_p5_np1.pkl": "pickles are written with the bytes of numbers in one order",
  "test/conformance/pyskl/layouts_p5_np2.pkl": "pickles are written with the bytes of numbers in one order",
};
/** The same of a file that was opened and copied. */
const COPIED_ANEW: Readonly<Record<string, string>> = {
  "test/conformance/pyskl/layouts_p5_np1.pkl": "pickles are written with the bytes of numbers in one order",
  "test/conformance/pyskl/layouts_p5_np2.pkl": "pickles are written with the bytes of numbers in one order",
};

/** Undefined for a file that cannot be read as what it claims to be. */
async function inferred(file: string): Promise<Record<string, unknown> | undefined> {
  try {
    return await infer(file);
  } catch (error) {
    const cause = error instanceof Annotated ? error.cause : error;
    if (isFormatError(cause)) return undefined;
    throw error;
  }
}

/** Of fixtures that are damaged somewhere behind their headers. */
function isDamage(text: string): boolean {
  return /CRC|checksum|truncat|inflate|damaged|ends|more than the \d+ that may be read/i.test(text);
}

describe("a schema made of a file or a folder", { shuffle: false, timeout: 120_000 }, () => {
  let checked = 0;

  test.each(ALL)("is without fault, and %s is valid under it and written back as it was", async (name) => {
    const file = join(ROOT, name);
    const schema = await inferred(file);
    if (!schema) return;
    const { problems, isKnown, issues, copied, written } = await roundTrip(schema, file);
    expect(problems).toEqual([]);
    expect(isKnown).toBe(schema["$comment"] === undefined);
    const isWhole = issues.filter((text) => !isDamage(text));
    expect(isWhole).toEqual([]);
    if (issues.length > 0) return;
    expect({ copied: copied.length > 0 }, copied[0]).toEqual({ copied: Object.hasOwn(COPIED_ANEW, name) });
    expect({ written: written.length > 0 }, written[0]).toEqual({ written: Object.hasOwn(WRITTEN_ANEW, name) });
    checked++;
  });

  test("was made of most of them", () => expect(checked).toBeGreaterThan(450));
});

describe("what a schema made of files says", () => {
  const amass = join(SAMPLES, "amass.npz");
  const smplx = join(SAMPLES, "amass_smplx.npz");

  test("dtypes, shapes, and which sizes are one", async () => {
    const { dims, properties, required } = await infer(amass);
    expect(dims).toEqual({ N: { description: "Length of poses, trans, dmpls." } });
    expect(properties).toMatchObject({
      poses: { ndarray: { dtype: "float64", shape: ["N", 156] } },
      betas: { ndarray: { shape: [16] } },
      gender: { type: "string", stored: { as: "scalar-array" } },
      mocap_framerate: { type: "number", stored: { as: "scalar-array", dtype: "float64" } },
    });
    expect(required).toContain("mocap_framerate");
  });

  test("of several files what holds for all: sizes that change together, keys that all have", async () => {
    const schema = await infer(amass, smplx);
    expect(schema["dims"]).toMatchObject({ N: { description: expect.stringContaining("poses, trans") } });
    expect(schema["properties"]).toMatchObject({
      poses: { ndarray: { shape: ["N", "*"] } },
      trans: { ndarray: { shape: ["N", 3] } },
    });
    expect(schema["required"]).toEqual(["poses", "trans", "betas", "gender"]);
    for (const file of [amass, smplx]) expect((await roundTrip(schema, file)).issues).toEqual([]);
  });

  test("frames only where a key says so", async () => {
    const { dims } = await infer(join(SAMPLES, "keypoints2d.pkl"));
    expect(dims ?? {}).not.toHaveProperty("N.role");
    expect((await infer(join(SAMPLES, "annot.h5")))["dims"]).toMatchObject({ N: { role: "frame" } });
  });

  test("attributes of HDF5, and the keys of records in lists", async () => {
    expect((await infer(join(SAMPLES, "annot.h5")))["properties"]).toMatchObject({
      subset: { type: "string", attribute: true },
    });
    const { properties } = (await infer(join(SAMPLES, "person_keypoints.json"))) as {
      properties: Record<string, { items: { required: string[]; properties: Record<string, object> } }>;
    };
    expect(properties["annotations"]?.items.required).toContain("bbox");
    expect(properties["annotations"]?.items.properties["area"]).toMatchObject({ type: "number" });
  });

  test("what looks like keypoints, with the conventions of that size, as a comment", async () => {
    const { properties } = (await infer(join(SAMPLES, "keypoints3d.pkl"))) as { properties: Record<string, object> };
    expect(properties["keypoints3d"]).toMatchObject({
      $comment: expect.stringMatching(/^perhaps "keypoints": \{"axis":1,"convention":"coco"\} .*"motion": \{"part"/),
    });
  });

  test("numbered groups as lists inside of what holds them, beside its attributes", async () => {
    const { properties } = (await infer(join(ROOT, "test/conformance/skelshop/track_body25_13shots.h5"))) as {
      properties: Record<string, Record<string, unknown>>;
    };
    expect(properties["timeline"]).toMatchObject({
      type: "object",
      required: ["shots"],
      properties: {
        shots: {
          type: "array",
          numbered: { prefix: "shot" },
          items: {
            properties: {
              poses: { numbered: { prefix: "pose" }, items: { $comment: expect.stringContaining("sparse") } },
              start_frame: { type: "integer", attribute: true },
            },
          },
        },
      },
    });
  });

  test("folders: numbered ones as lists, files by what they hold", async () => {
    const schema = await infer(join(ROOT, `${DATAGEN}/faces_v2`));
    expect(schema).toMatchObject({
      container: "folder",
      detect: [{ names: "^datapoint_[0-9]+$" }],
      properties: {
        datapoints: {
          numbered: { prefix: "datapoint_", from: 1, pad: 5 },
          items: {
            required: expect.arrayContaining(["actor_metadata"]),
            properties: { actor_metadata: { type: "object", file: { media: "application/json" } } },
          },
        },
      },
    });
    const { properties } = (await infer(join(SAMPLES, "freihand"))) as { properties: Record<string, object> };
    expect(properties["training_xyz"]).toMatchObject({
      ndarray: { dtype: "float64", shape: [3, 21, 3] },
      file: { path: "training_xyz.json", media: "application/json" },
    });
    expect(properties["training"]).toMatchObject({
      folder: "training",
      properties: { rgb: { folder: "rgb", numbered: { prefix: "", suffix: ".jpg", pad: 8 } } },
    });
  });

  test("files of several containers have no schema in common", async () => {
    await expect(infer(amass, join(SAMPLES, "motions.pkl"))).rejects.toThrow(/different containers/);
    await expect(infer(amass, join(SAMPLES, "freihand"))).rejects.toThrow(/different containers/);
  });
});
