import { describe, expect, it } from "vitest";
import { Camera } from "../src/camera/camera.js";
import { rotationOfLook } from "../src/camera/edit-pose.js";
import {
  angleBetween,
  arrowInImage,
  decodeNormals,
  depthRange,
  directionsToCamera,
  directionsToWorld,
  foregroundMask,
  meetingPoint,
  pointCloud,
  pointMap,
  pointOnRay,
  samplesAt,
} from "../src/geometry/index.js";
import { decodeHalves, encodeHalves } from "../src/ndarray/float16.js";
import { NdArray } from "../src/ndarray/ndarray.js";

const INTRINSICS = [
  [100, 0, 2],
  [0, 100, 1],
];
/** At (0, -2, 0), looking along y. */
const CAMERA = new Camera({
  intrinsics: INTRINSICS,
  rotation: rotationOfLook([0, 1, 0], [0, 0, 1]),
  center: [0, -2, 0],
  pixelOrigin: "corner",
});

function depths(rows: readonly (readonly number[])[]): NdArray<"float64"> {
  return NdArray.from("float64", Float64Array.from(rows.flat()), [rows.length, rows[0]?.length ?? 0]) as never;
}

describe("a camera made with a translation", () => {
  /** Orthogonal to 1e-4 only, as rounded matrices are. */
  const extrinsics = [
    [1, 0.0001, 0, 0.5],
    [0, 0, -1, 0.12],
    [0, 1, 0, 1.6],
  ];

  it("projects as its matrices say, where the rotation is not quite orthogonal", () => {
    const camera = new Camera({ intrinsics: INTRINSICS, extrinsics });
    const [X, Y, Z] = [0.3, -0.2, 0.1];
    const [x, y, z] = extrinsics.map(([a = 0, b = 0, c = 0, t = 0]) => a * X + b * Y + c * Z + t) as [
      number,
      number,
      number,
    ];
    expect(camera.worldToCamera([X, Y, Z])).toEqual([x, y, z]);
    expect(camera.worldToImage([X, Y, Z])).toEqual([100 * (x / z) + 2, 100 * (y / z) + 1]);
  });

  it("says the extrinsic matrix that it was made with, also after another lens was put on", () => {
    const camera = new Camera({ intrinsics: INTRINSICS, extrinsics });
    expect(camera.extrinsics).toEqual(extrinsics);
    expect(camera.with({ distortion: [0.1, 0, 0, 0, 0] }).extrinsics).toEqual(extrinsics);
  });

  it("turns about its centre when it is turned", () => {
    const camera = new Camera({ intrinsics: INTRINSICS, extrinsics });
    const turned = camera.with({ rotation: rotationOfLook([1, 0, 0], [0, 0, 1]) });
    expect(turned.center).toEqual(camera.center);
    expect(turned.worldToCamera(camera.center)).toEqual([0, 0, 0]);
  });
});

describe("points of a depth map", () => {
  it("are in the world, at the middle of each pixel and at the distance along the axis", () => {
    const cloud = pointCloud(
      CAMERA,
      depths([
        [2, 4],
        [1e10, 2],
      ]),
      { background: 1e9 },
    );
    expect(cloud.pixels.toList()).toEqual([
      [0, 0],
      [0, 1],
      [1, 1],
    ]);
    // (column + 1/2 - 2) / 100 * depth to the right, (row + 1/2 - 1) / 100 * depth down.
    const expected = [
      [-0.03, 0, 0.01],
      [-0.02 * 3, 2, 0.02],
      [-0.03 + 0.02, 0, -0.01],
    ];
    expected[1] = [((1.5 - 2) / 100) * 4, 2, 0.02];
    (cloud.points.toList() as number[][]).forEach((point, i) => {
      point.forEach((part, axis) => {
        expect(part).toBeCloseTo(expected[i]?.[axis] as number, 12);
      });
    });
  });

  it("project to where they were seen", () => {
    const depth = depths([
      [1, 2, 3, 4],
      [2, 2.5, 0.5, 1],
    ]);
    const { points } = pointCloud(CAMERA, depth);
    const seen = (CAMERA.worldToImage(points) as NdArray).toList() as number[][];
    seen.forEach(([u = 0, v = 0], i) => {
      expect(u).toBeCloseTo((i % 4) + 0.5, 9);
      expect(v).toBeCloseTo(Math.floor(i / 4) + 0.5, 9);
    });
  });

  it("count from the middle of a pixel where the camera does", () => {
    const camera = CAMERA.with({ pixelOrigin: "center" });
    const { points } = pointCloud(camera, depths([[1, 1]]), { frame: "camera" });
    expect(points.toList()).toEqual([
      [-0.02, -0.01, 1],
      [-0.01, -0.01, 1],
    ]);
  });

  it("leave out what is masked, not finite, not in front of the camera", () => {
    const depth = depths([[Number.NaN, Number.POSITIVE_INFINITY, 0, -1, 2, 3]]);
    const mask = NdArray.from("bool", Uint8Array.of(1, 1, 1, 1, 1, 0), [1, 6]) as NdArray<"bool">;
    expect(pointCloud(CAMERA, depth, { mask }).pixels.toList()).toEqual([[0, 4]]);
  });

  it("are an array of the size of the map, with NaN where there is none", () => {
    const map = pointMap(CAMERA, depths([[Number.NaN, 2]]), { frame: "camera" });
    expect(map.shape).toEqual([1, 2, 3]);
    expect(map.toList()).toEqual([
      [
        [Number.NaN, Number.NaN, Number.NaN],
        [((1.5 - 2) / 100) * 2, ((0.5 - 1) / 100) * 2, 2],
      ],
    ]);
  });

  it("are float32 of halves, which are decoded", () => {
    const halves = NdArray.from("float16", encodeHalves(Float32Array.of(1.5, 65504)), [1, 2]) as NdArray;
    const { points, pixels } = pointCloud(CAMERA, halves, { background: 65504, frame: "camera" });
    expect(points.dtype).toBe("float32");
    expect(pixels.toList()).toEqual([[0, 0]]);
    expect(points.get(0, 2)).toBe(1.5);
  });

  it("refuse arrays that are no depth map, and masks of another size", () => {
    expect(() => pointCloud(CAMERA, NdArray.from("float64", new Float64Array(3)))).toThrow(RangeError);
    const mask = NdArray.from("bool", new Uint8Array(2), [2, 1]) as NdArray<"bool">;
    expect(() => pointCloud(CAMERA, depths([[1, 2]]), { mask })).toThrow(/a mask of \(2, 1\)/);
  });
});

describe("samples at pixels", () => {
  const pixels = NdArray.from("int32", Int32Array.of(1, 0, 0, 1), [2, 2]) as NdArray<"int32">;

  it("are the colours of an image, or the numbers of a map, also of a view", () => {
    const image = NdArray.from(
      "uint8",
      Uint8Array.from({ length: 12 }, (_, i) => i),
      [2, 2, 3],
    ) as NdArray;
    expect(samplesAt(image, pixels).toList()).toEqual([
      [6, 7, 8],
      [3, 4, 5],
    ]);
    expect(samplesAt(image.slice(null, null, [null, null, -1]), pixels).toList()).toEqual([
      [8, 7, 6],
      [5, 4, 3],
    ]);
    expect(samplesAt(image.slice(null, null, 0), pixels).toList()).toEqual([6, 3]);
  });

  it("keep halves as they are", () => {
    const halves = NdArray.from("float16", encodeHalves(Float32Array.of(1, 2, 3, 4)), [2, 2]) as NdArray;
    const found = samplesAt(halves, pixels) as NdArray<"float16">;
    expect([...decodeHalves(found.data)]).toEqual([3, 2]);
  });

  it("are refused outside of the image, and of what is no image", () => {
    const image = NdArray.from("uint8", new Uint8Array(1), [1, 1]) as NdArray;
    expect(() => samplesAt(image, pixels)).toThrow(/the pixel \(1, 0\) is outside/);
    expect(() => samplesAt(NdArray.from("uint8", new Uint8Array(1)) as NdArray, pixels)).toThrow(RangeError);
  });
});

describe("a depth map", () => {
  it("says its distances without the background", () => {
    const depth = depths([[1.5, 1e10, 2, Number.NaN]]);
    expect(depthRange(depth, 1e9)).toEqual({ nearest: 1.5, farthest: 2, foreground: 2, background: 2 });
    expect(foregroundMask(depth, 1e9).toList()).toEqual([[true, false, true, false]]);
  });

  it("has no distances where it shows nothing", () => {
    expect(depthRange(depths([[0, Number.POSITIVE_INFINITY]]))).toEqual({
      nearest: undefined,
      farthest: undefined,
      foreground: 0,
      background: 2,
    });
  });
});

describe("normals", () => {
  const axes = ["right", "up", "backward"] as const;

  it("are decoded to right, down, forward", () => {
    const map = NdArray.from("float32", Float32Array.of(1, 0.5, 0.5, 0.5, 1, 0.5, 0.5, 0.5, 1), [3, 3]) as NdArray;
    expect(decodeNormals(map, { axes }).toList()).toEqual([
      [1, -0, -0],
      [0, -1, -0],
      [0, -0, -1],
    ]);
  });

  it("are NaN where nothing is stored, unless zeros are normals", () => {
    const map = NdArray.from("float64", new Float64Array(3)) as NdArray;
    expect(decodeNormals(map, { axes }).toList()).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect(decodeNormals(map, { axes, zeroIsNone: false }).toList()).toEqual([-1, 1, 1]);
  });

  it("may be stored as whole numbers, or as they are", () => {
    const whole = NdArray.from("uint16", Uint16Array.of(65535, 0, 65535)) as NdArray;
    expect(decodeNormals(whole, { axes }).toList()).toEqual([1, 1, -1]);
    const plain = NdArray.from("float64", Float64Array.of(0.5, -0.25, 1)) as NdArray;
    expect(decodeNormals(plain, { axes: ["left", "down", "forward"], range: "signed" }).toList()).toEqual([
      -0.5, -0.25, 1,
    ]);
  });

  it("are refused without three channels, three axes, or a type that has a range", () => {
    const map = NdArray.from("float64", new Float64Array(3)) as NdArray;
    expect(() => decodeNormals(map, { axes: ["up", "down", "left"] })).toThrow(/no three axes/);
    expect(() => decodeNormals(map.slice([0, 2]), { axes })).toThrow(/three channels/);
    expect(() => decodeNormals(NdArray.from("int32", new Int32Array(3)) as NdArray, { axes })).toThrow(/int32/);
  });
});

describe("directions", () => {
  it("turn with the camera and have no place", () => {
    const direction = NdArray.from("float64", Float64Array.of(0, 1, 0), [1, 3]) as NdArray;
    const seen = directionsToCamera(CAMERA, direction);
    expect(seen.toList()).toEqual([[0, 0, 1]]);
    expect(directionsToWorld(CAMERA, seen).toList()).toEqual([[0, 1, 0]]);
  });

  it("have an angle between them, exact for small ones", () => {
    expect(angleBetween([1, 0, 0], [0, 2, 0])).toBeCloseTo(90, 12);
    expect(angleBetween([1, 0, 0], [-3, 0, 0])).toBeCloseTo(180, 12);
    expect(angleBetween([1, 0, 0], [1, 1e-9, 0])).toBeCloseTo((1e-9 * 180) / Math.PI, 20);
    expect(() => angleBetween([0, 0, 0], [1, 0, 0])).toThrow(RangeError);
  });

  it("meet where two rays come nearest to each other", () => {
    const met = meetingPoint(
      { origin: [-1, 0, 0], direction: [1, 1, 0] },
      { origin: [1, 0, 0.5], direction: [-2, 2, 0] },
    );
    expect(met?.point.map((part) => Math.round(part * 1e9) / 1e9)).toEqual([0, 1, 0.25]);
    expect(met?.gap).toBeCloseTo(0.5, 12);
  });

  it("meet nowhere when they are parallel, or apart", () => {
    const ahead = { origin: [0, 0, 0], direction: [0, 1, 0] } as const;
    expect(meetingPoint(ahead, { origin: [1, 0, 0], direction: [0, 3, 0] })).toBeUndefined();
    expect(meetingPoint(ahead, { origin: [1, 0, 0], direction: [1, 1, 0] })).toBeUndefined();
  });

  it("are arrows in the image, unless one end is behind the camera", () => {
    const ray = { origin: [0, 0, 0], direction: [0, 0, 3] } as const;
    expect(pointOnRay(ray, 2)).toEqual([0, 0, 2]);
    expect(arrowInImage(CAMERA, ray, 0.02)).toEqual({ from: [2, 1], to: [2, 0] });
    expect(arrowInImage(CAMERA, { origin: [0, 0, 0], direction: [0, -1, 0] }, 5)).toBeUndefined();
  });
});
