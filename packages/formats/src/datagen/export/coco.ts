import type { ImageSize, ReadOptions, Segmentation, WorkOptions } from "@somakit/core";
import { readPngHeader } from "@somakit/core/codec/png";
import { FormatError } from "@somakit/core/errors";
import { mapConcurrently } from "@somakit/core/source";
import type { Coco, CocoAnnotation, CocoCategory, CocoImage } from "../../coco/coco.types.gen.js";
import { type CocoPointsPart, cocoKeypoints } from "../../coco/keypoints.js";
import { areaOfRuns, boxOfRuns, runsOfMask } from "../../coco/runs.js";
import type { Datapoint } from "../dataset/datapoint.js";
import type { DatagenDataset } from "../dataset/dataset.js";
import { findImage } from "../dataset/read.js";
import type { KeypointSet } from "../keypoints.js";
import { FACE_LINES } from "./skeleton.js";

export interface CocoOptions extends WorkOptions {
  /** The set of keypoints of the faces, or `none`. Default `face.standard`. */
  readonly keypoints?: string | undefined;
  /**
   * What becomes of the segmentation: an annotation for each label that an image shows (`labels`), for each of these labels or
   * groups of labels, or `none`. The background is left out unless it is named. Default `labels`.
   */
  readonly segmentation?: "labels" | "none" | readonly string[] | undefined;
  /** What becomes of keypoints outside of the image: no label, or kept as hidden. Default `unlabelled`. */
  readonly outside?: "unlabelled" | "keep" | undefined;
}

const BACKGROUND = "background";
/** Datapoints that are read at once. */
const AT_ONCE = 4;

/**
 * A dataset in the form of COCO: an image for each datapoint, one annotation with the box and the keypoints of its face, and one
 * for each part of its segmentation, as runs of pixels. Positions count from the corner of the image. What a datapoint has not is
 * left out. File names are paths inside of the folder that was opened.
 *
 * Throws `FormatError`: `missing` for a datapoint with neither camera nor image, so that its size is unknown; `mismatch` for sets of
 * keypoints with other names than those of the first; what damaged files give.
 */
export async function cocoOf(dataset: DatagenDataset, options: CocoOptions = {}): Promise<Coco> {
  const { keypoints = "face.standard", signal } = options;
  let done = 0;
  const read = await mapConcurrently(
    dataset.datapoints,
    AT_ONCE,
    async (datapoint, index, own) => {
      const found = await contentsOf(datapoint, index + 1, { ...options, keypoints, signal: own });
      options.onProgress?.({ stage: "read datapoints", done: ++done, total: dataset.length, unit: "datapoints" });
      return found;
    },
    { signal },
  );
  const categories = new Categories();
  const face = read.find(({ set }) => set)?.set;
  if (face) categories.addFace(face);
  const annotations: CocoAnnotation[] = [];
  for (const { image, parts, set, path } of read) {
    if (face && set && set.names.join() !== face.names.join())
      throw new FormatError("mismatch", `the names of ${keypoints} are not those of the first datapoint`, { path });
    for (const { name, ...part } of parts)
      annotations.push({
        id: annotations.length + 1,
        image_id: image.id,
        category_id: categories.id(name),
        iscrowd: 0,
        ...part,
      });
  }
  return {
    info: { description: "Faces rendered by Datagen" },
    images: read.map(({ image }) => image),
    annotations,
    categories: categories.all,
  };
}

/** An annotation before ids are known. */
type Part = { readonly name: string } & Pick<
  CocoAnnotation,
  "area" | "bbox" | "keypoints" | "num_keypoints" | "segmentation"
>;

interface Contents {
  readonly path: string;
  readonly image: CocoImage;
  readonly parts: readonly Part[];
  readonly set: KeypointSet | undefined;
}

interface ReadContentsOptions extends CocoOptions {
  readonly keypoints: string;
}

async function contentsOf(datapoint: Datapoint, id: number, options: ReadContentsOptions): Promise<Contents> {
  const { signal, segmentation = "labels" } = options;
  const work = { signal };
  const size = await sizeOf(datapoint, work);
  const path = datapoint.imagePath;
  const parts: Part[] = [];
  const wanted = options.keypoints !== "none" && (await datapoint.has("keypoints", work));
  const set = wanted ? (await datapoint.keypoints(work))?.get(options.keypoints) : undefined;
  if (set) parts.push(await facePart(datapoint, set, size, options));
  if (segmentation !== "none" && (await hasSegmentation(datapoint, work))) {
    const found = await datapoint.segmentation(work);
    if (found) parts.push(...segmentParts(found, segmentation));
  }
  return { path, image: { id, width: size.width, height: size.height, file_name: path }, parts, set };
}

async function hasSegmentation(datapoint: Datapoint, options: ReadOptions): Promise<boolean> {
  const present = await datapoint.modalities(options);
  return present.includes("semantic_segmentation") && present.includes("semantic_segmentation_metadata");
}

async function sizeOf(datapoint: Datapoint, options: ReadOptions): Promise<ImageSize> {
  if (await datapoint.has("camera_metadata", options)) {
    const resolution = (await datapoint.cameraMetadata(options))?.resolution_px;
    if (resolution) return { width: resolution.x, height: resolution.y };
  }
  const path = await findImage(datapoint.place, options);
  if (path === undefined)
    throw new FormatError("missing", "neither camera_metadata.json nor the image says its size", {
      path: datapoint.imagePath,
    });
  return datapoint.place.files.use(path, options, (source) => readPngHeader(source, options));
}

async function facePart(
  datapoint: Datapoint,
  set: KeypointSet,
  size: ImageSize,
  { signal, outside }: CocoOptions,
): Promise<Part> {
  const { width, height } = size;
  const points: CocoPointsPart = cocoKeypoints({ xy: set.xy, visible: set.visible, width, height }, { outside });
  const box = (await datapoint.has("face_bounding_box", { signal })) ? await datapoint.faceBox({ signal }) : undefined;
  const bbox = box ? [box.left, box.top, box.width, box.height] : extentOf(points.keypoints);
  return { name: FACE, bbox, area: (bbox[2] as number) * (bbox[3] as number), ...points };
}

/** The box around the points that have a label. */
function extentOf(keypoints: readonly number[]): number[] {
  const xs: number[] = [];
  const ys: number[] = [];
  for (let i = 0; i < keypoints.length; i += 3) {
    if (keypoints[i + 2] === 0) continue;
    xs.push(keypoints[i] as number);
    ys.push(keypoints[i + 1] as number);
  }
  if (xs.length === 0) return [0, 0, 0, 0];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return [left, top, Math.max(...xs) - left, Math.max(...ys) - top];
}

function segmentParts(found: Segmentation, wanted: "labels" | readonly string[]): readonly Part[] {
  const all = [...found.histogram().keys()].filter((path) => path !== BACKGROUND);
  const known = new Set([...found.labels.map(({ path }) => path), ...found.groups]);
  const paths = wanted === "labels" ? all : wanted.filter((path) => known.has(path) && found.count(path) > 0);
  return paths.map((name) => {
    const runs = runsOfMask(found.mask(name));
    return { name, bbox: [...boxOfRuns(runs)], area: areaOfRuns(runs), segmentation: runs };
  });
}

const FACE = "face";

type CocoCategoryPart = Pick<CocoCategory, "name" | "supercategory" | "keypoints" | "skeleton">;

/** Categories by name, numbered as they are met. */
class Categories {
  readonly all: CocoCategory[] = [];
  readonly #ids = new Map<string, number>();

  addFace({ path, names }: KeypointSet): void {
    this.#add({
      name: FACE,
      supercategory: "person",
      keypoints: [...names],
      ...(path === "face.standard" && { skeleton: FACE_LINES.map(([from, to]) => [from, to]) }),
    });
  }

  id(name: string): number {
    return this.#ids.get(name) ?? this.#add({ name, supercategory: name.split("/", 1)[0] });
  }

  #add(category: CocoCategoryPart): number {
    const id = this.all.length + 1;
    this.all.push({ id, ...category });
    this.#ids.set(category.name, id);
    return id;
  }
}
