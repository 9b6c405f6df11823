import { describe, expect, it } from "vitest";
import { Camera } from "../src/camera/camera.js";
import {
  centerCamera,
  cropCamera,
  flipCamera,
  padCamera,
  scaleCamera,
  squareCamera,
  undistortCamera,
  zoomCamera,
} from "../src/camera/edit-image.js";
import { aimCamera, levelCamera, orbitCamera, turnCamera } from "../src/camera/edit-pose.js";
import { fieldOfView, intrinsicsOfFieldOfView } from "../src/camera/lens.js";
import type { Vector3 } from "../src/camera/linear.js";
import { describeWithNumpy, python } from "./support-python.js";

const LENS = [-0.1, 0.02, 0.003, -0.004, 0, 0.01, 0, 0, 0.002, -0.001, 0.003, 0.001];
const camera = new Camera({
  intrinsics: [
    [600, 1.5, 330],
    [0, 610, 235],
  ],
  rotation: [
    [0.36, 0.48, -0.8],
    [-0.8, 0.6, 0],
    [0.48, 0.64, 0.6],
  ],
  center: [3, -2, 5],
  distortion: LENS,
});
const cornered = camera.with({ pixelOrigin: "corner" });
const size = { width: 640, height: 480 };

const POINTS = [
  [0, 0, 1],
  [0.3, -0.2, 1],
  [-0.4, 0.35, 1.5],
  [1, 1, 5],
].map((point) => camera.cameraToWorld(point));

/** Where the points are seen before and after. */
function pairs(after: Camera, before: Camera = camera): [[number, number], [number, number]][] {
  return POINTS.map((point) => [before.worldToImage(point), after.worldToImage(point)] as never);
}

function near(found: readonly number[], expected: readonly number[]): void {
  expect(found).toEqual(expected.map((value) => expect.closeTo(value, 8)));
}

describe("edits of the image", () => {
  it("crop moves pixels to the left and up, pad back again", () => {
    const cropped = cropCamera(camera, { left: 10, top: 20.5 });
    for (const [[u, v], moved] of pairs(cropped)) near(moved, [u - 10, v - 20.5]);
    expect(padCamera(cropped, { left: 10, top: 20.5 })).toEqual(camera);
    for (const [[u, v], moved] of pairs(padCamera(camera, { left: 3, top: 4 }))) near(moved, [u + 3, v + 4]);
  });

  it("scale keeps the corners of the image where they are", () => {
    for (const [[u, v], moved] of pairs(scaleCamera(camera, 0.5)))
      near(moved, [(u + 0.5) / 2 - 0.5, (v + 0.5) / 2 - 0.5]);
    for (const [[u, v], moved] of pairs(scaleCamera(cornered, 2), cornered)) near(moved, [2 * u, 2 * v]);
    for (const [[u, v], moved] of pairs(scaleCamera(cornered, { x: 2, y: 3 }), cornered)) near(moved, [2 * u, 3 * v]);
    expect(() => scaleCamera(camera, 0)).toThrow(RangeError);
  });

  it("flip exchanges left and right, lens and all, and twice is nothing", () => {
    const flipped = flipCamera(camera, size);
    for (const [[u, v], moved] of pairs(flipped)) near(moved, [639 - u, v]);
    for (const [[u, v], moved] of pairs(flipCamera(cornered, size), cornered)) near(moved, [640 - u, v]);
    expect([camera.isMirrored, flipped.isMirrored]).toEqual([false, true]);
    expect(flipCamera(flipped, size)).toEqual(camera);
    const fisheye = camera.with({ distortion: [0.05, 0.01, -0.004, 0.001] });
    for (const [[u, v], moved] of pairs(flipCamera(fisheye, size), fisheye)) near(moved, [639 - u, v]);
    const [u, v] = flipped.worldToImage(POINTS[1] as Vector3);
    const depth = flipped.worldToCamera(POINTS[1] as Vector3)[2];
    near(flipped.imageToWorld([u, v], { depth }), POINTS[1] as Vector3);
  });

  it("zoom grows the image around the principal point", () => {
    for (const [[u, v], moved] of pairs(zoomCamera(camera, 2))) near(moved, [330 + 2 * (u - 330), 235 + 2 * (v - 235)]);
  });

  it("center puts the principal point into the middle", () => {
    for (const [[u, v], moved] of pairs(centerCamera(camera, size))) near(moved, [u - 330 + 319.5, v - 235 + 239.5]);
    near(centerCamera(cornered, size).intrinsics[0], [600, 1.5, 320]);
  });

  it("square makes both focal lengths their mean", () => {
    const square = squareCamera(camera);
    near(square.intrinsics[0], [605, (1.5 * 605) / 600, (330 * 605) / 600]);
    near(square.intrinsics[1], [0, 605, (235 * 605) / 610]);
  });

  it("undistort takes the lens away", () => {
    const plain = undistortCamera(camera);
    expect(plain.distortion).toBeUndefined();
    near(plain.intrinsics.flat(), camera.intrinsics.flat());
  });

  it("all leave what they were given as it is", () => {
    const before = JSON.stringify(camera);
    for (const edit of [zoomCamera, scaleCamera]) edit(camera, 3);
    flipCamera(camera, size);
    expect(JSON.stringify(camera)).toBe(before);
  });
});

describe("fields of view", () => {
  it("make intrinsics and are found again", () => {
    const square = intrinsicsOfFieldOfView({ degrees: 90, ...size });
    near(square.flat(), [320, 0, 319.5, 0, 320, 239.5, 0, 0, 1]);
    for (const [side, focal] of [
      ["width", 320],
      ["height", 240],
      ["longest", 320],
      ["shortest", 240],
    ] as const)
      expect(intrinsicsOfFieldOfView({ degrees: 90, side, ...size })[0][0]).toBeCloseTo(focal, 10);
    near(intrinsicsOfFieldOfView({ degrees: 90, pixelOrigin: "corner", ...size })[0], [320, 0, 320]);
    const { horizontal, vertical } = fieldOfView({ intrinsics: square }, size);
    near([horizontal, vertical], [90, 73.73979529168804]);
    // The camera of a picture that says its own field of view: 14 and 10.52 degrees.
    const stated = fieldOfView(
      {
        intrinsics: [
          [130.3, 0, 16],
          [0, 130.3, 12],
          [0, 0, 1],
        ],
      },
      { width: 32, height: 24 },
    );
    expect(stated.horizontal).toBeCloseTo(14, 1);
    expect(stated.vertical).toBeCloseTo(10.52, 1);
    for (const degrees of [0, -5, 180, Number.NaN])
      expect(() => intrinsicsOfFieldOfView({ degrees, ...size })).toThrow(RangeError);
  });
});

describe("moves of the camera", () => {
  it("aim puts a point on the axis, with the horizon level", () => {
    const aimed = aimCamera(camera, [7, 8, 9]);
    const [x, y, z] = aimed.worldToCamera([7, 8, 9]);
    near([x, y, z], [0, 0, Math.hypot(4, 10, 4)]);
    expect(aimed.rotation[0][2]).toBeCloseTo(0, 12);
    expect(aimed.rotation[1][2]).toBeLessThan(0);
    expect(aimed.isMirrored).toBe(false);
    expect(() => aimCamera(camera, [3, -2, 5])).toThrow("the way to the target has no direction");
    expect(() => aimCamera(camera, [3, -2, 9])).toThrow(RangeError);
  });

  it("level keeps the direction", () => {
    const level = levelCamera(camera);
    near(level.rotation[2], camera.rotation[2]);
    expect(level.rotation[0][2]).toBeCloseTo(0, 12);
    near(level.center, camera.center);
    near(levelCamera(level).rotation.flat(), level.rotation.flat());
  });

  it("orbit keeps the pivot where it is seen", () => {
    const pivot = POINTS[3] as Vector3;
    for (const about of ["up", "side"] as const) {
      const moved = orbitCamera(camera, { pivot, radians: 0.7, about });
      near(moved.worldToCamera(pivot), camera.worldToCamera(pivot));
      expect(Math.hypot(...moved.center.map((part, i) => part - camera.center[i as 0]))).toBeGreaterThan(0.1);
      near(orbitCamera(moved, { pivot, radians: -0.7, about: "up" }).up, camera.up);
    }
    const around = orbitCamera(camera, { pivot: [0, 0, 0], radians: Math.PI / 2 });
    near(around.center, [2, 3, 5]);
    near(orbitCamera(around, { pivot: [0, 0, 0], radians: -Math.PI / 2 }).rotation.flat(), camera.rotation.flat());
  });

  it("turn by pitch, yaw and roll alone is about the camera's own axes", () => {
    const plain = new Camera({ intrinsics: camera.intrinsics });
    near(turnCamera(plain, { yaw: Math.PI / 2 }).rotation[2], [1, 0, 0]);
    near(turnCamera(plain, { pitch: Math.PI / 2 }).rotation[2], [0, -1, 0]);
    near(turnCamera(plain, { roll: Math.PI / 2 }).rotation[0], [0, 1, 0]);
    near(turnCamera(camera, {}).rotation.flat(), camera.rotation.flat());
  });
});

const TURN = `
import json, sys, numpy as np
from scipy.spatial.transform import Rotation
R, angles = json.loads(sys.argv[1])
print(json.dumps((Rotation.from_euler("YXZ", angles).as_matrix().T @ np.array(R)).tolist()))
`;

describeWithNumpy("scipy", () => {
  it("turns a camera to the same place", () => {
    const angles = [0.3, -0.5, 1.1] as const;
    const [yaw, pitch, roll] = angles;
    const expected = JSON.parse(python(TURN, JSON.stringify([camera.rotation, angles]))) as number[][];
    near(turnCamera(camera, { yaw, pitch, roll }).rotation.flat(), expected.flat());
  });
});
