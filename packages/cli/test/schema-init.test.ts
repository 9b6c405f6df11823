import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { interpretProject, loadProject } from "@somakit/codegen";
import { checkFile, isFormatError, openFile } from "@somakit/core";
import { fileSource } from "@somakit/core/node";
import { describe, expect, test } from "vitest";
import { Annotated } from "../src/failure.js";
import { inferSchema } from "../src/infer/infer.js";
import { codecs } from "../src/schemas/codecs.js";
import type { Context } from "../src/verbs/verb.js";

const FIXTURES = fileURLToPath(new URL("../../../test/conformance/", import.meta.url));
const SAMPLES = fileURLToPath(new URL("../../../examples/samples/", import.meta.url));

function dataFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(npz|npy|pkl|pickle|json|h5|hdf5|xz)$/.test(entry.name))
    .filter(({ name }) => !name.endsWith(".expected.json"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

const signal = new AbortController().signal;
const context = { signal, openAny: fileSource } as unknown as Context;

async function infer(...files: readonly string[]): Promise<Record<string, unknown>> {
  return (await inferSchema(context, files, "data")) as Record<string, unknown>;
}

/** Everything that the schema says against itself or against the file. */
async function faults(schema: object, file: string): Promise<readonly string[]> {
  const project = loadProject(new Map([["data.json", JSON.stringify(schema)]]));
  if (project.problems.length > 0) return project.problems.map(({ pointer, message }) => `${pointer} ${message}`);
  const [entry] = interpretProject(project, codecs).registry;
  const layout = await entry?.load();
  if (!layout) return ["no data set"];
  const source = await fileSource(file);
  try {
    const issues = await checkFile(await openFile(layout, source), { depth: "values" });
    return issues.map(({ path, message, rule }) => `${path}: ${message} (${rule})`);
  } finally {
    await source.close?.();
  }
}

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

describe("a schema made of a file", { timeout: 120_000 }, () => {
  let checked = 0;
  test.each([...dataFiles(FIXTURES), ...dataFiles(SAMPLES)])(
    "is without fault, and %s is valid under it",
    async (file) => {
      const schema = await inferred(file);
      if (!schema) return;
      const found = (await faults(schema, file)).filter((text) => !isDamage(text));
      expect(found).toEqual([]);
      checked++;
    },
  );

  test("was made of most files", () => expect(checked).toBeGreaterThan(200));
});

/** Of fixtures that are damaged somewhere behind their headers. */
function isDamage(text: string): boolean {
  return /CRC|checksum|truncat|inflate|damaged|ends/i.test(text);
}

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
    for (const file of [amass, smplx]) expect(await faults(schema, file)).toEqual([]);
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

  test("files of several containers have no schema in common", async () => {
    await expect(infer(amass, join(SAMPLES, "motions.pkl"))).rejects.toThrow(/different containers/);
  });
});
