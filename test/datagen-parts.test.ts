import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { angleBetween, FormatError, isFormatError, NdArray, type Vector3 } from "@somakit/core";
import {
  boundingBoxOf,
  boxOf,
  cameraDirection,
  cameraOf,
  depthForDisplay,
  depthMask,
  exchanged,
  eyesOf,
  gazePoint,
  gazeRay,
  headAxes,
  headDirection,
  headPose,
  headRay,
  image8,
  type KeypointSet,
  type KeypointSets,
  keypointSets,
  modalityOf,
  pixelOfXy,
  readKeypointSets,
  segmentationOf,
  xyOfPixel,
} from "@somakit/formats/datagen";
import { describe, expect, it } from "vitest";

const FIXTURES = join(import.meta.dirname, "conformance/datagen");
const json = (path: string) => JSON.parse(readFileSync(join(FIXTURES, path), "utf8"));

function failure(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return isFormatError(error) ? [error.code, error.path] : error;
  }
  return "nothing was thrown";
}

const point = (x: number, y: number, more: object = {}): object => ({
  global_3d: { x, y, z: 1 },
  pixel_2d: { y: x, x: y },
  ...more,
});

describe("keypoints", () => {
  it("are ordered by number, padded or not, and by path where they have names", () => {
    const sets = keypointSets({
      version: "2.0.1",
      ear: { left: { "10": point(10, 0), "9": point(9, 0), "8": point(8, 0) } },
      body: { wrist: { right: point(1, 2), left: point(3, 4) }, neck: point(5, 6) },
      eyes: { left: { iris: { circle: { "01": point(1, 1), "02": point(2, 2) }, center: point(7, 7) } } },
    });
    expect([...sets].map(([path, { names }]) => [path, names])).toEqual([
      ["ears.left", ["8", "9", "10"]],
      ["body", ["body.neck", "body.wrist.left", "body.wrist.right"]],
      ["eyes.left.iris.circle", ["01", "02"]],
      ["eyes", ["eyes.left.iris.center"]],
    ]);
    const body = sets.get("body") as KeypointSet;
    expect(body.coords3d.toList()).toEqual([
      [5, 6, 1],
      [3, 4, 1],
      [1, 2, 1],
    ]);
    expect(body.rowColumn.toList()).toEqual([
      [6, 5],
      [4, 3],
      [2, 1],
    ]);
    expect(body.xy.toList()).toEqual([
      [5, 6],
      [3, 4],
      [1, 2],
    ]);
  });

  it("share memory between the order of the files and x, y", () => {
    const set = keypointSets({ face: { dense: { "0": point(1, 2) } } }).get("face.dense") as KeypointSet;
    set.rowColumn.set([0, 0], 99);
    expect(set.xy.get(0, 1)).toBe(99);
  });

  it("are visible by text or by truth, or nothing is said of it", () => {
    const sets = keypointSets({
      a: { "1": point(1, 1, { is_visible: "true" }), "2": point(1, 1, { is_visible: false }) },
      b: { "1": point(1, 1) },
    });
    expect(sets.get("a")?.visible?.toList()).toEqual([true, false]);
    expect(sets.get("b")?.visible).toBeUndefined();
  });

  it("of version 1 are found by their keys, whatever file they are in", () => {
    const flat = (count: number): object => ({
      keypoints_3d_coordinates: Object.fromEntries(Array.from({ length: count }, (_, i) => [i + 1, [i, 0, 1]])),
      keypoints_2d_coordinates: Object.fromEntries(Array.from({ length: count }, (_, i) => [i + 1, [i, 5]])),
      is_visible: Object.fromEntries(Array.from({ length: count }, (_, i) => [i + 1, true])),
    });
    const sets = keypointSets({ standard: flat(3), dense: flat(2) });
    expect([...sets.keys()]).toEqual(["face.standard", "face.dense"]);
    expect(sets.get("face.standard")?.rowColumn.toList()).toEqual([
      [0, 5],
      [1, 5],
      [2, 5],
    ]);
    expect(sets.get("face.standard")?.coords3d.shape).toEqual([3, 3]);
  });

  it.each([
    ["a version that is not known", { version: "3.0.0" }, "unsupported", "version"],
    ["a version that is none", { version: 2 }, "mismatch", "version"],
    [
      "a point without a place in the image",
      { face: { dense: { "0": { global_3d: { x: 1, y: 1, z: 1 } } } } },
      "missing",
      "face.dense.0",
    ],
    ["a coordinate that is no number", { a: { "0": point("1" as never, 1) } }, "mismatch", "a.0"],
    ["a number that is missing", { a: { "1": point(1, 1), "3": point(1, 1) } }, "corrupt", "a"],
    ["a number that is there twice", { a: { "1": point(1, 1), "01": point(1, 1) } }, "corrupt", "a"],
    ["visibility in other words", { a: { "1": point(1, 1, { is_visible: "yes" }) } }, "mismatch", "a.1"],
    [
      "visibility of some points",
      { a: { "1": point(1, 1, { is_visible: "true" }), "2": point(1, 1) } },
      "missing",
      "a.2",
    ],
    ["what is no point", { face: { standard: [1, 2] } }, "mismatch", "face.standard"],
  ])("refuse %s", (_, file, code, path) => {
    expect(failure(() => keypointSets(file))).toEqual([code, path]);
  });

  it("are not followed without end", () => {
    let tree: object = point(1, 1);
    for (let i = 0; i < 100; i++) tree = { a: tree };
    expect((failure(() => keypointSets(tree)) as string[])[0]).toBe("limit");
  });
});

describe("places in the image", () => {
  it("have their row first in the files", () => {
    expect(xyOfPixel({ x: 3, y: 7 })).toEqual([7, 3]);
    expect(pixelOfXy([7, 3])).toEqual({ x: 3, y: 7 });
    expect(() => exchanged(NdArray.from("float64", new Float64Array(3)) as NdArray)).toThrow(RangeError);
  });

  it("have a box of rows and columns", () => {
    expect(boxOf({ min_x: 1, min_y: 10, max_x: 5, max_y: 30 })).toEqual({ left: 10, top: 1, width: 20, height: 4 });
    expect(failure(() => boxOf({ min_x: 5, min_y: 0, max_x: 1, max_y: 1 }))).toEqual(["mismatch", ""]);
    const set = keypointSets({ face: { dense: { "0": point(1.4, -2.6), "1": point(7.5, 3) } } }).get("face.dense");
    expect(boundingBoxOf(set as KeypointSet)).toEqual({ min_x: -3, min_y: 1, max_x: 3, max_y: 8 });
  });
});

describe("a camera", () => {
  const metadata = json("faces_v2/datapoint_00001/camera/camera_metadata.json");

  it("is made of location and orientation where its matrix is elsewhere", () => {
    const [a, b, c] = metadata.extrinsic_matrix;
    const moved = { ...metadata, extrinsic_matrix: [[...a.slice(0, 3), 5], b, c] };
    const { camera, correction } = cameraOf(moved);
    expect(correction).toBe("pose");
    const { x, y, z } = metadata.location;
    expect(camera.center).toEqual([x, y, z]);
    expect(cameraOf(metadata).correction).toBeUndefined();
  });

  it.each([
    ["extrinsic_matrix", { extrinsic_matrix: [[1, 0, 0, 0]] }],
    ["intrinsic_matrix", { intrinsic_matrix: [[1, 0, 0, 0]] }],
    ["location", { location: { x: 1, y: 2 } }],
    [
      "orientation",
      {
        extrinsic_matrix: [
          [1, 0, 0, 9],
          [0, 1, 0, 9],
          [0, 0, 1, 9],
        ],
        orientation: { look_at_vector: { x: 3, y: 0, z: 0 }, up_vector: { x: 0, y: 0, z: 1 } },
      },
    ],
  ])("is refused with the part that is wrong: %s", (path, changes) => {
    const [code, found] = failure(() => cameraOf({ ...metadata, ...changes })) as string[];
    expect([code === "mismatch" || code === "missing", found?.split(".")[0]]).toEqual([true, path]);
  });
});

describe("heads and eyes", () => {
  const actor = json("faces_v2/datapoint_00001/actor_metadata.json");
  const close = (a: Vector3, b: Vector3, degrees: number): void => expect(angleBetween(a, b)).toBeLessThan(degrees);

  it("look where the angles say, up to 2 degrees", () => {
    const head = headPose(actor);
    close(head.look, headDirection(head.angles as NonNullable<typeof head.angles>), 2);
    expect(headRay(head)).toEqual({ origin: head.location, direction: head.look });
  });

  it("look along -y without angles, towards +x with yaw, up with negative pitch; cameras along +y, up with pitch", () => {
    expect(headDirection({ yaw: 0, pitch: 0 })).toEqual([0, -1, 0]);
    close(headDirection({ yaw: 90, pitch: 0 }), [1, 0, 0], 1e-9);
    close(headDirection({ yaw: 0, pitch: -90 }), [0, 0, 1], 1e-9);
    expect(cameraDirection({ yaw: 0, pitch: 0 })).toEqual([0, 1, 0]);
    close(cameraDirection({ yaw: 90, pitch: 0 }), [1, 0, 0], 1e-9);
    close(cameraDirection({ yaw: 0, pitch: 90 }), [0, 0, 1], 1e-9);
  });

  it("have axes: the subject's right, up, forward", () => {
    const axes = headAxes({ location: [0, 0, 0], look: [0, -1, 0] });
    expect(axes.right.map((part) => part + 0)).toEqual([-1, 0, 0]);
    expect(axes.up.map((part) => part + 0)).toEqual([0, 0, 1]);
    const rolled = headAxes({ location: [0, 0, 0], look: [0, -1, 0], angles: { yaw: 0, pitch: 0, roll: 90 } });
    close(rolled.right, [0, 0, -1], 1e-6);
    close(rolled.up, [-1, 0, 0], 1e-6);
    expect((failure(() => headAxes({ location: [0, 0, 0], look: [0, 0, 1] })) as string[])[0]).toBe("mismatch");
  });

  it("have optical axes through the cornea, and visual axes to the target", () => {
    const eyes = eyesOf(actor);
    for (const eye of [eyes.right, eyes.left]) {
      const { center_of_rotation: center, apex_of_cornea: apex } = eye.points as Record<string, Vector3>;
      const optical = gazeRay(eye, "optical")?.direction as Vector3;
      close(optical, between(center as Vector3, apex as Vector3), 0.5);
      close(gazeRay(eye)?.direction as Vector3, between(center as Vector3, eye.target as Vector3), 1);
      expect(eye.circles.iris?.shape).toEqual([12, 3]);
    }
  });

  it("look at a point in front of them", () => {
    const eyes = eyesOf({
      center_of_rotation_point: { "3d": { right_eye: { x: -1, y: 0, z: 0 }, left_eye: { x: 1, y: 0, z: 0 } } },
      eye_gaze: {
        axis_directions: {
          right_eye: { axis_directions: { visual_axis_direction: { x: 1, y: -1, z: 0 } } },
          left_eye: { axis_directions: { visual_axis_direction: { x: -1, y: -1, z: 0 } } },
        },
      },
    });
    expect(gazePoint(eyes)?.point.map((part) => Math.round(1e9 * part) / 1e9 + 0)).toEqual([0, -1, 0]);
    expect(gazePoint(eyesOf({}))).toBeUndefined();
  });

  it("refuse circles of other sizes, and points that are none", () => {
    expect(failure(() => eyesOf({ iris_circle: { "3d": { right_eye: [1] } } }))).toEqual([
      "mismatch",
      "iris_circle.3d.right_eye",
    ]);
    expect(failure(() => headPose({ head_metadata: {} } as never))).toEqual(["missing", "head_metadata.head_six_dof"]);
  });
});

function between([ax, ay, az]: Vector3, [bx, by, bz]: Vector3): Vector3 {
  return [bx - ax, by - ay, bz - az];
}

describe("images", () => {
  it("have 8 bits by rounding down, without alpha unless it is wanted", () => {
    const image = NdArray.from(
      "uint16",
      Uint16Array.of(0, 256, 257, 65535, 65534, 514, 65535, 1),
      [1, 2, 4],
    ) as NdArray;
    expect(image8(image).toList()).toEqual([
      [
        [0, 0, 1],
        [254, 2, 255],
      ],
    ]);
    expect(image8(image, { alpha: "keep" }).toList()).toEqual([
      [
        [0, 0, 1, 255],
        [254, 2, 255, 0],
      ],
    ]);
    const small = NdArray.from("uint8", Uint8Array.of(7, 8, 9), [1, 1, 3]) as NdArray;
    expect(image8(small).toList()).toEqual([[[7, 8, 9]]]);
  });

  it("of depths are shown from 0, nearest, to 1, farthest and background", () => {
    const depth = NdArray.from("float32", Float32Array.of(1, 1e10, 3, 2), [2, 2]) as NdArray;
    expect(depthForDisplay(depth).toList()).toEqual([
      [0, 1],
      [1, 0.5],
    ]);
    expect(depthMask(depth).toList()).toEqual([
      [true, false],
      [true, true],
    ]);
  });

  it("of segmentations by rounded decimals are matched with a tolerance", () => {
    const image = NdArray.from("float32", Float32Array.of(0.1714, 0.2961, 0.0369), [1, 1, 3]) as NdArray;
    expect(segmentationOf(image, { nose: [0.17139, 0.29614, 0.0369] }).count("nose")).toBe(1);
  });

  it("are known by their former names", () => {
    expect(
      ["infra_red", "normals_map", "semantic_segmentation_color_map", "depth", "toString"].map(modalityOf),
    ).toEqual(["rendered_image", "normal_map", "semantic_segmentation_metadata", "depth", undefined]);
  });
});

describe("keypoints of bytes", () => {
  const files = ["faces_v2", "faces_v1", "scenes", "hic", "merge_a", "bad"].flatMap((name) =>
    readdirSync(join(FIXTURES, name), { recursive: true })
      .filter((path) => /key_?points.*\.json$/.test(String(path)))
      .map((path) => `${name}/${path}`),
  );

  it.each(files)("are those of the document: %s", async (path) => {
    const bytes = readFileSync(join(FIXTURES, path));
    expect(await outcome(async () => readKeypointSets(bytes))).toEqual(
      await outcome(async () => keypointSets(JSON.parse(bytes.toString()))),
    );
  });

  it.each([
    [
      "under names",
      3000,
      readFileSync(join(FIXTURES, "faces_v2/datapoint_00001/camera/key_points/feet_key_points.json")),
    ],
    ["under numbers", 6000, text(numbered(8), 1)],
    ["under numbers without spaces", 3000, text(numbered(8))],
  ])("are those of the document whatever is changed in it: points %s", async (_, count, original) => {
    const random = randomly();
    const outcomes = new Set<string>();
    for (let i = 0; i < count; i++) {
      const bytes = Uint8Array.from(original);
      const sign = SIGNS.charCodeAt(random(SIGNS.length));
      bytes[random(bytes.length)] = sign;
      if (i % 3 === 0) bytes[random(bytes.length)] = SIGNS.charCodeAt(random(SIGNS.length));
      const found = await outcome(async () => readKeypointSets(bytes));
      const expected = await outcome(async () => keypointSets(parsed(bytes)));
      if (JSON.stringify(found) !== JSON.stringify(expected)) expect([i, found]).toEqual([i, expected]);
      outcomes.add("failure" in found ? found.failure : "fine");
    }
    expect([...outcomes]).toEqual(expect.arrayContaining(["fine", "corrupt", "missing"]));
  });

  it("are read of text with spaces, exponents, many digits, marks in front", async () => {
    const text = `\u{feff} { "face" : {\r\n "dense": { "0" : { "pixel_2d": { "y":1e1 , "x": -0.30000000000000004},
      "global_3d":{"z":123456789012345678901234567890, "x": 1.7976931348623157e308,"y":-0.0}, "is_visible" :true } } } } `;
    const set = (await readKeypointSets(new TextEncoder().encode(text))).get("face.dense");
    expect(set?.rowColumn.toList()).toEqual([[-0.30000000000000004, 10]]);
    expect(set?.coords3d.toList()).toEqual([[1.7976931348623157e308, -0, 1.2345678901234568e29]]);
    expect(set?.visible?.toList()).toEqual([true]);
  });

  it("are read where points are laid out in different ways", async () => {
    const [first, second, third, ...others] = Object.entries(numbered(9).face.dense);
    const turned = ([name, point]: [string, object]) => [name, Object.fromEntries(Object.entries(point).reverse())];
    const points = Object.fromEntries([first, second, turned(third as never), ...others.map(turned as never)] as never);
    const bytes = text({ face: { dense: points } }, 2);
    expect(await outcome(() => readKeypointSets(bytes))).toEqual(
      await outcome(async () => keypointSets(JSON.parse(new TextDecoder().decode(bytes)))),
    );
  });

  it("have the numbers that JSON.parse reads, down to the last bit", async () => {
    const random = randomly();
    const digits = (count: number) => Array.from({ length: count }, () => random(10)).join("");
    const written = (): string => {
      const whole = random(3) === 0 ? "0" : `${1 + random(9)}${digits(random(20))}`;
      const rest = random(4) === 0 ? "" : `.${random(3) === 0 ? "000" : ""}${digits(1 + random(22))}`;
      const power = random(8) === 0 ? `e${["", "-", "+"][random(3)]}${random(30)}` : "";
      return `${random(2) === 0 ? "-" : ""}${whole}${rest}${power}`;
    };
    const shortest = (): string =>
      String((random(2 ** 32) / 2 ** 32 + random(2 ** 20) / 2 ** 52 - 0.5) * 10 ** random(5));
    for (let round = 0; round < 20; round++) {
      const numbers = Array.from({ length: 2000 }, (_, i) => (i % 2 === 0 ? written() : shortest()));
      const points = Array.from({ length: 400 }, (_, i) => {
        const [x, y, z, row, column] = numbers.slice(5 * i);
        return `"${i}":{"global_3d":{"x":${x},"y":${y},"z":${z}},"pixel_2d":{"x":${row},"y":${column}}}`;
      });
      const set = (await readKeypointSets(new TextEncoder().encode(`{"face":{"dense":{${points}}}}`))).get(
        "face.dense",
      );
      if (!set) throw new Error("no set");
      const places = set.rowColumn.toList() as number[][];
      const found = (set.coords3d.toList() as number[][]).flatMap((point, i) => [...point, ...(places[i] as number[])]);
      expect(found).toEqual(numbers.map((number) => JSON.parse(number)));
    }
  });
});

function text(document: object, indent?: number): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(document, undefined, indent));
}

/** A set of points that are called by numbers, and another behind it. */
function numbered(count: number) {
  const points = (first: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, i) => [
        String(first + i).padStart(2, "0"),
        {
          global_3d: { x: i / 7, y: -i, z: 1e-7 * i },
          pixel_2d: { x: 100 / 3, y: 9.5 * i },
          is_visible: `${i % 3 === 0}`,
        },
      ]),
    );
  return { version: "2.0.0", face: { dense: points(8), standard: points(1) } };
}

/** Whole numbers below a bound that look random, the same in every run. */
function randomly(): (below: number) => number {
  let state = 7;
  return (below) => {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** What may stand in such a file, and what may not. */
const SIGNS = '{}[]",:0123456789.eE+-xyzdtruefals_ \n\\\u0000';

function parsed(bytes: Uint8Array): object {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new FormatError("corrupt", "no JSON");
  }
}

/** What came of it, with all that is no JSON being the same. */
async function outcome(
  work: () => Promise<KeypointSets>,
): Promise<{ readonly sets: unknown } | { readonly failure: string; readonly path: string }> {
  try {
    const sets = [...(await work())].map(([path, { names, coords3d, rowColumn, visible }]) => [
      path,
      names,
      coords3d.toList(),
      rowColumn.toList(),
      visible?.toList(),
    ]);
    return { sets };
  } catch (error) {
    if (!isFormatError(error)) throw error;
    const isText = error.code === "truncated" || error.offset !== undefined;
    return isText ? { failure: "corrupt", path: "" } : { failure: error.code, path: error.path };
  }
}
