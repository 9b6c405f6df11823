import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openExr, writeExr } from "@somakit/core";
import { fileFolder, fileSink } from "@somakit/core/node";
import { check, checkDataset } from "@somakit/formats/datagen";
import { afterAll, describe, expect, it } from "vitest";

const FIXTURES = join(import.meta.dirname, "conformance/datagen");
const place = mkdtempSync(join(tmpdir(), "somakit-datagen-"));
afterAll(() => rmSync(place, { recursive: true }));

const CAMERA = "datapoint_00001/camera";

async function found(folder: string, profile?: "strict" | "lenient"): Promise<string[]> {
  const issues = await checkDataset(await fileFolder(folder), { profile });
  return issues.map(({ severity, path, rule }) => `${severity} ${path} ${rule.replace(/^.*#/, "")}`);
}

/** A copy of a fixture that may be damaged. */
function copy(name: string): string {
  const folder = join(place, `${name}-${readdirSync(place).length}`);
  cpSync(join(FIXTURES, name), folder, { recursive: true });
  return folder;
}

// biome-ignore lint/suspicious/noExplicitAny: documents of many forms are changed in one place each
type Document = any;

function edit(folder: string, file: string, change: (document: Document) => void): void {
  const path = join(folder, file);
  const document = JSON.parse(readFileSync(path, "utf8"));
  change(document);
  writeFileSync(path, JSON.stringify(document));
}

/** Gives the eyes to another camera. */
function renameCamera(actor: Document): void {
  for (const part of Object.values<Document>(actor)) if (part?.["2d"]) part["2d"] = { other: part["2d"].camera };
}

describe("checkDataset", () => {
  it.each(["faces_v1", "scenes", "hic"])("finds nothing wrong with %s", async (name) => {
    expect(await found(join(FIXTURES, name))).toEqual([]);
  });

  it("tells of the sign of the first layout", async () => {
    expect(await found(join(FIXTURES, "faces_v1_early"))).toEqual([
      "warning environment_00001/camera/camera_metadata.json /rules/extrinsics",
    ]);
  });

  it("needs all files of a data set of December 2022 or later", async () => {
    expect(await found(join(FIXTURES, "faces_v2"))).toEqual(
      ["all_key_points", "face_dense_key_points"].map(
        (file) => `error datapoint_00003/camera/key_points/${file}.json /$defs/KeyPointsFolder/required`,
      ),
    );
    const missing = await found(join(FIXTURES, "faces_min"));
    expect(missing).toContain("error datapoint_00001/actor_metadata.json /$defs/Scene/required");
    expect(await found(join(FIXTURES, "faces_min"), "lenient")).toEqual([]);
  });

  it("takes an archive as it takes a folder", async () => {
    const issues = await checkDataset(new Uint8Array(readFileSync(join(FIXTURES, "dataset.tar.gz"))));
    expect(issues.map(({ path }) => path.replace(/^dataset\//, ""))).toEqual(
      (await checkDataset(await fileFolder(join(FIXTURES, "merge_a")))).map(({ path }) => path),
    );
  });

  const point = { x: 1, y: 2, z: 3 };
  it.each([
    [
      "the name of the camera",
      `${CAMERA}/camera_metadata.json`,
      (d) => {
        d.camera_name = "other";
      },
      "camera-name",
    ],
    [
      "a matrix that does not fit the location",
      `${CAMERA}/camera_metadata.json`,
      (d) => {
        d.location = point;
      },
      "extrinsics",
    ],
    [
      "a matrix that does not fit the direction",
      `${CAMERA}/camera_metadata.json`,
      (d) => {
        d.orientation.up_vector.x = 0.1;
      },
      "extrinsics",
    ],
    [
      "a focal length that does not fit the view",
      `${CAMERA}/camera_metadata.json`,
      (d) => {
        d.fov.horizontal = 20;
      },
      "intrinsics",
    ],
    [
      "a centre that is not the image's",
      `${CAMERA}/camera_metadata.json`,
      (d) => {
        d.intrinsic_matrix[1][2] = 3;
      },
      "intrinsics",
    ],
    [
      "another resolution than that of the images",
      `${CAMERA}/camera_metadata.json`,
      (d) => {
        d.resolution_px.x = 64;
      },
      "image-size",
    ],
    [
      "another camera than was ordered",
      "datapoint_00001/datapoint_request.json",
      (d) => {
        d.datapoints[0].camera.intrinsic_params.fov_vertical = 9;
      },
      "request",
    ],
    [
      "other light than was ordered",
      "datapoint_00001/datapoint_request.json",
      (d) => {
        d.datapoints[0].camera.intrinsic_params.wavelength = "nir";
      },
      "infrared",
    ],
    [
      "a point that is not where the camera sees it",
      `${CAMERA}/key_points/all_key_points.json`,
      (d) => {
        d.face.standard["01"].pixel_2d.x += 1e-3;
      },
      "projection",
    ],
    [
      "a box that is not that of the face",
      `${CAMERA}/face_bounding_box.json`,
      (d) => {
        d.max_y += 1;
      },
      "bounding-box",
    ],
    [
      "a colour that no part has",
      "datapoint_00001/semantic_segmentation_metadata.json",
      (d) => {
        d.human.head.hair.R ^= 1;
      },
      "segmentation",
    ],
    [
      "two parts of one colour",
      "datapoint_00001/semantic_segmentation_metadata.json",
      (d) => {
        d.human.head.beard = d.human.head.hair;
      },
      "segmentation",
    ],
    ["eyes of another camera", "datapoint_00001/actor_metadata.json", renameCamera, "eyes"],
  ] as readonly [string, string, (document: Document) => void, string][])("finds %s", async (_, file, change, rule) => {
    const folder = copy("faces_v2");
    edit(folder, file, change);
    const before = new Set(await found(join(FIXTURES, "faces_v2")));
    const issues = (await found(folder)).filter((issue) => !before.has(issue));
    expect(issues.some((issue) => issue.endsWith(`/rules/${rule}`))).toBe(true);
    expect(issues.every((issue) => issue.includes("datapoint_00001/"))).toBe(true);
  });

  it("finds lamps that are missing", async () => {
    const folder = copy("faces_v2");
    edit(folder, "datapoint_00003/lights_metadata.json", (document) => {
      document.lights = {};
    });
    expect(await found(folder)).toContain("error datapoint_00003/camera/lights_metadata.json /rules/infrared");
  });

  it("finds distances that are none, and normals that are not of unit length", async () => {
    const folder = copy("faces_v2");
    for (const [file, change] of [
      ["depth.exr", (value: number) => (value < 1e9 ? -value : value)],
      ["normal_maps.exr", (value: number) => value * 0.7],
    ] as const) {
      const path = join(folder, CAMERA, file);
      const planes = await (await openExr(new Uint8Array(readFileSync(path)))).read();
      for (const { data } of planes.values()) {
        for (let i = 0; i < data.length; i++) data[i] = change(Number(data[i]));
      }
      await writeExr(await fileSink(path, { overwrite: true }), planes);
    }
    const issues = await found(folder);
    expect(issues).toContain(`error ${CAMERA}/depth.exr /rules/depth`);
    expect(issues).toContain(`warning ${CAMERA}/normal_maps.exr /rules/normals`);
  });

  it("reports what cannot be read once, and goes on with the rest", async () => {
    const folder = copy("faces_v2");
    writeFileSync(join(folder, CAMERA, "camera_metadata.json"), "{");
    const issues = (await found(folder)).filter((issue) => issue.includes("datapoint_00001"));
    expect(issues).toEqual([`error ${CAMERA}/camera_metadata.json /$defs/Camera`]);
  });

  it("stops when it is told to", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(checkDataset(await fileFolder(join(FIXTURES, "hic")), { signal })).rejects.toThrow("enough");
  });
});

describe("checking by the schema", () => {
  it("looks at every scene, and keeps none of them", async () => {
    const folder = copy("merge_a");
    const names = Array.from({ length: 30 }, (_, index) => `datapoint_${String(index + 2).padStart(5, "0")}`);
    for (const name of names)
      cpSync(join(FIXTURES, "merge_a/datapoint_00001"), join(folder, name), { recursive: true });
    const at = `${names[20]}/actor_metadata.json`;
    edit(folder, at, (document) => {
      document.face_expression.intensity_level = 7;
      document.iris_circle["3d"].left_eye.pop();
    });
    const issues = await check(await fileFolder(folder));
    expect(issues.map(({ path, rule }) => `${path} ${rule.replace(/^.*#/, "")}`)).toEqual([
      `${at}:face_expression.intensity_level /$defs/ActorMetadata/properties/face_expression/properties/intensity_level/maximum`,
      `${at}:iris_circle["3d"].left_eye /$defs/EyeCircle/properties/3d/properties/left_eye/minItems`,
    ]);
  });
});
