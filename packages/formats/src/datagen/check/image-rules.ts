import type { NdArray } from "@somakit/core";
import { sharedColours } from "@somakit/core/segmentation";
import type { Datapoint } from "../dataset/datapoint.js";
import { depthMask } from "../images.js";
import { segmentationLabels } from "../segmentation.js";
import type { Finding, Rule } from "./findings.js";

/** Part of the pixels in which depth and segmentation agree about the background, at least. */
const AGREEMENT = 0.98;
/** Part of the normals that are of unit length, at least: along edges they are blended with the background. */
const UNIT = 0.8;

/** Images fit the camera, and each other. */
export const imageRules: readonly Rule[] = [sizes, colours, depth, normals];

async function sizes(datapoint: Datapoint): Promise<readonly Finding[]> {
  const resolution = (await datapoint.cameraMetadata())?.resolution_px;
  if (!resolution) return [];
  const expected = `${resolution.x} by ${resolution.y}`;
  const findings: Finding[] = [];
  for (const [file, read] of imagesOf(datapoint)) {
    const image = await read().catch(() => undefined);
    const actual = image && `${image.shape[1]} by ${image.shape[0]}`;
    if (actual === undefined || actual === expected) continue;
    const message = `the image is ${actual}, but resolution_px is ${expected}`;
    findings.push({ rule: "image-size", file, message, expected, actual });
  }
  return findings;
}

type Read = () => Promise<{ readonly shape: readonly number[] } | undefined>;

function imagesOf(datapoint: Datapoint): readonly (readonly [file: string, read: Read])[] {
  return [
    [datapoint.environment.image_name, () => datapoint.renderedImage()],
    ["depth.exr", () => datapoint.depth()],
    ["normal_maps.exr", () => datapoint.normalMap()],
    ["semantic_segmentation.png", () => datapoint.semanticSegmentation()],
  ];
}

/** The first layout has halves in place of 16-bit integers. */
async function segmentationFile(datapoint: Datapoint): Promise<string> {
  const image = await datapoint.semanticSegmentation();
  return `semantic_segmentation.${image?.dtype.startsWith("float") ? "exr" : "png"}`;
}

/** Every pixel has a colour of the table, and no two parts have one colour. */
async function colours(datapoint: Datapoint): Promise<readonly Finding[]> {
  const table = await datapoint.semanticSegmentationMetadata();
  const segmentation = table && (await datapoint.segmentation());
  if (!segmentation) return [];
  const findings: Finding[] = sharedColours(segmentationLabels(table)).map(({ paths }) => ({
    rule: "segmentation",
    file: "semantic_segmentation_metadata.json",
    message: `these parts have one colour: ${paths.join(", ")}`,
    severity: "warning",
  }));
  // Tables of the first layout do not list the background, which is black everywhere.
  const unknown = segmentation.unknown.filter(({ colour }) => colour.some((part) => part !== 0));
  const [first] = unknown;
  if (first) {
    const count = unknown.reduce((sum, { count: pixels }) => sum + pixels, 0);
    const place = `row ${first.first[0]}, column ${first.first[1]}`;
    const message = `${count} pixels have colours that no part has, first ${first.colour.join(", ")} in ${place}`;
    findings.push({ rule: "segmentation", file: await segmentationFile(datapoint), message });
  }
  return findings;
}

/** Distances are positive, and the background is where the segmentation has it. */
async function depth(datapoint: Datapoint): Promise<readonly Finding[]> {
  const map = (await datapoint.depth()) as unknown as NdArray | undefined;
  if (!map) return [];
  const findings: Finding[] = [];
  const odd = [...(map as unknown as Iterable<number>)].filter((distance) => !(distance > 0 && distance < 1e300));
  if (odd.length > 0) {
    const message = `${odd.length} pixels are no distances: zero, negative, infinite or NaN`;
    findings.push({ rule: "depth", file: "depth.exr", message });
  }
  const segmentation = await datapoint.segmentation().catch(() => undefined);
  if (!segmentation?.labels.some(({ path }) => path === "background")) return findings;
  const shown = [...depthMask(map)];
  const empty = [...segmentation.mask("background")];
  if (shown.length !== empty.length) return findings;
  const same = shown.filter((isShown, index) => Boolean(isShown) !== Boolean(empty[index])).length;
  if (same >= AGREEMENT * shown.length) return findings;
  const message = `depth and segmentation agree about the background in ${((100 * same) / shown.length).toFixed(1)} % of the pixels only`;
  return [...findings, { rule: "depth", file: "depth.exr", message, severity: "warning" }];
}

/** Normals have the length 1. */
async function normals(datapoint: Datapoint): Promise<readonly Finding[]> {
  const map = await datapoint.normals();
  if (!map) return [];
  const parts = [...map] as number[];
  let [unit, all] = [0, 0];
  for (let at = 0; at < parts.length; at += 3) {
    const length = Math.hypot(parts[at] as number, parts[at + 1] as number, parts[at + 2] as number);
    if (Number.isNaN(length)) continue;
    all++;
    if (Math.abs(length - 1) < 0.01) unit++;
  }
  if (unit >= UNIT * all) return [];
  const message = `${all - unit} of ${all} normals are not of the length 1`;
  return [{ rule: "normals", file: "normal_maps.exr", message, severity: "warning" }];
}
