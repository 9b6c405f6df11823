import type { NdArray } from "@somakit/core";
import { boundingBoxOf } from "../bounding-box.js";
import type { Datapoint } from "../dataset/datapoint.js";
import { eyeCameras } from "../eyes.js";
import type { KeypointSet } from "../keypoints.js";
import type { Finding, Rule } from "./findings.js";

/** Largest distances of projected points from stored ones, in pixels: exact files, and files of rounded pixels. */
const EXACT = 1e-6;
const ROUNDED = 0.51;

/** Points, boxes, eyes and lights agree with the camera and the image. */
export const sceneRules: readonly Rule[] = [projection, boundingBox, eyes, infrared];

async function projection(datapoint: Datapoint): Promise<readonly Finding[]> {
  const model = await datapoint.cameraModel();
  const sets = model && (await datapoint.keypoints());
  const findings: Finding[] = [];
  for (const [path, set] of sets ?? []) {
    const projected = model?.camera.worldToImage(set.coords3d) as NdArray;
    const off = largestDifference(projected, set.xy as unknown as NdArray);
    if (off <= (isRounded(set) ? ROUNDED : EXACT)) continue;
    const message = `pixels of ${path} are up to ${off.toPrecision(3)} px off from where the camera sees the points`;
    findings.push({ rule: "projection", file: "key_points", message });
  }
  return findings;
}

function isRounded({ rowColumn }: KeypointSet): boolean {
  return [...rowColumn].every((value) => Number.isInteger(value));
}

function largestDifference(a: NdArray, b: NdArray): number {
  const other = [...b] as number[];
  let most = 0;
  ([...a] as number[]).forEach((value, index) => {
    const off = Math.abs(value - (other[index] as number));
    if (!(off <= most)) most = off;
  });
  return most;
}

async function boundingBox(datapoint: Datapoint): Promise<readonly Finding[]> {
  const box = await datapoint.faceBoundingBox();
  const dense = box && (await datapoint.keypointSet("face.dense"));
  if (!box || !dense) return [];
  const { min_x, min_y, max_x, max_y } = boundingBoxOf(dense);
  const [expected, actual] = [
    [min_x, min_y, max_x, max_y],
    [box.min_x, box.min_y, box.max_x, box.max_y],
  ].map(String) as [string, string];
  if (expected === actual) return [];
  const message = `the box is ${actual}, the 468 points of the face take ${expected}`;
  return [{ rule: "bounding-box", file: "face_bounding_box.json", message, expected, actual }];
}

/** The eyes are given for this camera. */
async function eyes(datapoint: Datapoint): Promise<readonly Finding[]> {
  const actor = await datapoint.actorMetadata();
  if (!actor || "identities" in actor || eyeCameras(actor).includes(datapoint.camera)) return [];
  const message = `actor_metadata.json has no eyes for the camera ${JSON.stringify(datapoint.camera)}`;
  return [{ rule: "eyes", file: "actor_metadata.json", message }];
}

/** An infrared image has lamps and was ordered as such. */
async function infrared(datapoint: Datapoint): Promise<readonly Finding[]> {
  const isInfrared = datapoint.imageKind === "infrared_spectrum";
  const findings: Finding[] = [];
  const ordered = (await datapoint.datapointRequest())?.datapoints[0]?.camera.intrinsic_params.wavelength;
  if (ordered !== undefined && (ordered === "nir") !== isInfrared) {
    const message = `the image is ${datapoint.imageKind}, but light of the kind ${ordered} was ordered`;
    findings.push({ rule: "infrared", file: "environment.json", message });
  }
  const lights = isInfrared ? await datapoint.lightsMetadata() : undefined;
  if (isInfrared && Object.keys(lights?.lights ?? {}).length === 0) {
    const message = "an infrared image needs the lamps of lights_metadata.json; there are none";
    findings.push({ rule: "infrared", file: "lights_metadata.json", message });
  }
  return findings;
}
