import type { NdArray, PointArray, PointCloud, ReadOptions, Segmentation } from "@somakit/core";
import { FormatError } from "@somakit/core/errors";
import { pointCloud } from "@somakit/core/geometry";
import { type Box, boxOf } from "../bounding-box.js";
import { cameraOf, type DatagenCamera } from "../camera.js";
import type {
  ActorMetadata,
  BoundingBox,
  CameraMetadata,
  DatapointRequest,
  Environment,
  LightsMetadata,
  SegmentationTable,
} from "../datagen.types.gen.js";
import { type EyeInImage, type EyeInWorld, type EyeSide, eyesInImage, eyesOf } from "../eyes.js";
import { type HeadPose, headPose, headPoses } from "../head.js";
import type { CentersOfGeometry, HicActorMetadata } from "../hic.types.gen.js";
import { depthBackground, image8, normalsOfMap } from "../images.js";
import type { KeypointSet, KeypointSets } from "../keypoints.js";
import { segmentationOf } from "../segmentation.js";
import type { DocumentModality, Documents } from "./document.js";
import { inFile } from "./files.js";
import { type FileModality, type Modality, modalityOf } from "./modality.js";
import type { Place } from "./place.js";
import {
  findFile,
  findImage,
  isPresent,
  presentModalities,
  readColours,
  readDepth,
  readDocumentOf,
  readImage,
  readKeypoints,
} from "./read.js";

export interface DatapointOptions {
  /** What a modality is that a datapoint has not: undefined, or a `FormatError` `missing`. Default `undefined`. */
  readonly missing?: "undefined" | "throw" | undefined;
}

export interface PointCloudOptions extends ReadOptions {
  /** Default `world`. */
  readonly frame?: "world" | "camera" | undefined;
}

/**
 * One rendered image and its ground truth: a scene, a camera, an environment (and a frame). Nothing is read before it is asked for.
 * Documents and keypoints are kept for a while and shared by datapoints that have the same file, so copy before changing them;
 * images are read each time. What is missing is undefined, unless the dataset was opened otherwise.
 */
export class Datapoint {
  /** Name of the scene's folder. */
  readonly scene: string;
  /** Name of the camera's folder. */
  readonly camera: string;
  readonly frame: number | undefined;
  /** The entry of `environment.json`. */
  readonly environment: Environment;
  /** Which of the folders that were opened it is in. */
  readonly source: number;
  /** Where its files are. */
  readonly place: Place;
  readonly #missing: "undefined" | "throw";

  /** Use `openDataset`. */
  constructor(place: Place, source: number, options: DatapointOptions = {}) {
    this.scene = place.scene;
    this.camera = place.camera;
    this.frame = place.frame;
    this.environment = place.environment;
    this.source = source;
    this.place = place;
    this.#missing = options.missing ?? "undefined";
  }

  /** Path of the image inside the folder that was opened. */
  get imagePath(): string {
    return this.place.files.at(`${this.place.folders[0]}/${this.environment.image_name}`);
  }

  /** `visible_spectrum`, `infrared_spectrum` or another kind of light, by the image's name. */
  get imageKind(): string {
    return this.environment.image_name.replace(/\.[^.]*$/, "").replace(/_\d+$/, "");
  }

  /** Whether it has a modality; names that the vendor's loader had are known too. Throws `TypeError` for other names. */
  async has(modality: Modality | (string & {}), options: ReadOptions = {}): Promise<boolean> {
    const known = modalityOf(modality);
    if (!known) throw new TypeError(`${JSON.stringify(modality)} is no modality`);
    return isPresent(this.place, known, options);
  }

  /** Every modality that it has. Reads names only. */
  modalities(options: ReadOptions = {}): Promise<readonly Modality[]> {
    return presentModalities(this.place, options);
  }

  /** The image as stored: (H, W, 3) or, with alpha, (H, W, 4), of 8 or 16 bits. */
  async renderedImage(options: ReadOptions = {}): Promise<NdArray<"uint8" | "uint16"> | undefined> {
    const path = await findImage(this.place, options);
    if (path === undefined)
      return this.#none("rendered_image", `${this.place.folders[0]}/${this.environment.image_name}`);
    return readImage(this.place, path, options);
  }

  /** The image with 8 bits: (H, W, 3), or (H, W, 4) where alpha means something because the background is transparent. */
  async renderedImage8(options: ReadOptions = {}): Promise<NdArray<"uint8"> | undefined> {
    const image = await this.renderedImage(options);
    return image && image8(image, { alpha: (await this.isTransparent(options)) ? "keep" : "drop" });
  }

  /** Whether a transparent background was asked for, so that the image's alpha means something. */
  async isTransparent(options: ReadOptions = {}): Promise<boolean> {
    const request = await readDocumentOf(this.place, "datapoint_request", options);
    return request?.datapoints[0]?.background?.transparent === true;
  }

  /** (H, W) metres along the camera's axis (not along the ray), as stored: see `depthBackground` for where nothing is. */
  async depth(options: ReadOptions = {}): Promise<NdArray<"float16" | "float32"> | undefined> {
    const path = await this.#find("depth", options);
    return path === undefined ? undefined : readDepth(this.place, path, options);
  }

  /** (H, W, 3) colours of the normal map, as stored. */
  async normalMap(options: ReadOptions = {}): Promise<NdArray<"float16" | "float32"> | undefined> {
    const path = await this.#find("normal_map", options);
    return path === undefined ? undefined : readColours(this.place, path, options);
  }

  /** (H, W, 3) normals in the camera's frame: right, down, forward; NaN where there is no surface. */
  async normals(options: ReadOptions = {}): Promise<PointArray | undefined> {
    const map = await this.normalMap(options);
    return map && normalsOfMap(map as unknown as NdArray);
  }

  /** (H, W, 3) the panorama around the scene, equirectangular; values above 1 are bright. */
  async hdriMap(options: ReadOptions = {}): Promise<NdArray<"float16" | "float32"> | undefined> {
    const path = await this.#find("hdri_map", options);
    return path === undefined ? undefined : readColours(this.place, path, options);
  }

  /** (H, W, 3) colours of the segmentation, as stored: 16 bits, or halves before April 2022. */
  async semanticSegmentation(options: ReadOptions = {}): Promise<NdArray | undefined> {
    const path = await this.#find("semantic_segmentation", options);
    if (path === undefined) return undefined;
    const read = path.endsWith(".exr") ? readColours : readImage;
    return (await read(this.place, path, options)) as unknown as NdArray;
  }

  /** What each pixel shows. Throws `FormatError` `mismatch` for an image of 8 bits, which has lost the colours of the table. */
  async segmentation(options: ReadOptions = {}): Promise<Segmentation | undefined> {
    const image = await this.semanticSegmentation(options);
    const table = await this.semanticSegmentationMetadata(options);
    if (!image || !table) return undefined;
    const path = (await this.#find("semantic_segmentation", options)) as string;
    try {
      return segmentationOf(image, table);
    } catch (error) {
      throw inFile(error, this.place.files.at(path));
    }
  }

  /** All sets of keypoints by their paths, `face.dense`, `ears.left` and so on. */
  async keypoints(options: ReadOptions = {}): Promise<KeypointSets | undefined> {
    const sets = await readKeypoints(this.place, undefined, options);
    return sets ?? this.#none("keypoints", `${this.place.folders[0]}/key_points`);
  }

  /** One set of keypoints, from the smallest file that has it. */
  async keypointSet(path: string, options: ReadOptions = {}): Promise<KeypointSet | undefined> {
    const sets = await readKeypoints(this.place, path, options);
    return sets?.get(path) ?? this.#none("keypoints", `${this.place.folders[0]}/key_points: ${path}`);
  }

  /** `camera_metadata.json`. */
  cameraMetadata(options: ReadOptions = {}): Promise<CameraMetadata | undefined> {
    return this.#document("camera_metadata", options);
  }

  /** The camera: world, camera's frame and pixels. */
  async cameraModel(options: ReadOptions = {}): Promise<DatagenCamera | undefined> {
    return this.#made("camera_metadata", cameraOf, options);
  }

  /** `face_bounding_box.json`: x are rows and y columns. */
  faceBoundingBox(options: ReadOptions = {}): Promise<BoundingBox | undefined> {
    return this.#document("face_bounding_box", options);
  }

  /** The box around the face as boxes usually are. */
  async faceBox(options: ReadOptions = {}): Promise<Box | undefined> {
    return this.#made("face_bounding_box", boxOf, options);
  }

  /** `actor_metadata.json`. */
  actorMetadata(options: ReadOptions = {}): Promise<ActorMetadata | HicActorMetadata | undefined> {
    return this.#document("actor_metadata", options);
  }

  /** The pose of each head, by the person's id. */
  async heads(options: ReadOptions = {}): Promise<ReadonlyMap<string, HeadPose> | undefined> {
    return this.#made(
      "actor_metadata",
      (actor) => ("identities" in actor ? headPoses(actor as HicActorMetadata) : soloPose(actor as ActorMetadata)),
      options,
    );
  }

  /** The actor's eyes in the world. */
  async eyes(options: ReadOptions = {}): Promise<Readonly<Record<EyeSide, EyeInWorld>> | undefined> {
    return this.#made("actor_metadata", eyesOf, options);
  }

  /** The actor's eyes in this image. */
  async eyesInImage(options: ReadOptions = {}): Promise<Readonly<Record<EyeSide, EyeInImage>> | undefined> {
    return this.#made("actor_metadata", (actor) => eyesInImage(actor, this.camera), options);
  }

  /** `datapoint_request.json`. */
  datapointRequest(options: ReadOptions = {}): Promise<DatapointRequest | undefined> {
    return this.#document("datapoint_request", options);
  }

  /** `lights_metadata.json`. */
  lightsMetadata(options: ReadOptions = {}): Promise<LightsMetadata | undefined> {
    return this.#document("lights_metadata", options);
  }

  /** `semantic_segmentation_metadata.json`: the table of colours. */
  semanticSegmentationMetadata(options: ReadOptions = {}): Promise<SegmentationTable | undefined> {
    return this.#document("semantic_segmentation_metadata", options);
  }

  /** `center_of_geometry.json`: things around people in context. */
  centerOfGeometry(options: ReadOptions = {}): Promise<CentersOfGeometry | undefined> {
    return this.#document("center_of_geometry", options);
  }

  /** Points of what the depth map shows, and the pixels of each; undefined without depth or camera. */
  async pointCloud({ frame, ...options }: PointCloudOptions = {}): Promise<PointCloud | undefined> {
    const depth = await this.depth(options);
    const model = await this.cameraModel(options);
    if (!depth || !model) return undefined;
    const { width, height } = model.size;
    if (depth.shape[0] !== height || depth.shape[1] !== width) {
      const reason = `it is ${depth.shape[1]} by ${depth.shape[0]} but resolution_px is ${width} by ${height}`;
      throw new FormatError("mismatch", reason, {
        path: this.place.files.at((await this.#find("depth", options)) as string),
      });
    }
    const map = depth as unknown as NdArray;
    return pointCloud(model.camera, map, { background: depthBackground(map), frame });
  }

  async #find(modality: FileModality, options: ReadOptions): Promise<string | undefined> {
    const path = await findFile(this.place, modality, options);
    return path ?? this.#none(modality, this.place.folders[0] as string);
  }

  async #document<M extends DocumentModality>(modality: M, options: ReadOptions): Promise<Documents[M] | undefined> {
    await this.#find(modality, options);
    return readDocumentOf(this.place, modality, options);
  }

  /** What `make` makes of a document; errors name the file. */
  async #made<M extends DocumentModality, R>(
    modality: M,
    make: (document: Documents[M]) => R,
    options: ReadOptions,
  ): Promise<R | undefined> {
    const path = await this.#find(modality, options);
    if (path === undefined) return undefined;
    const document = (await readDocumentOf(this.place, modality, options)) as Documents[M];
    try {
      return make(document);
    } catch (error) {
      throw inFile(error, this.place.files.at(path));
    }
  }

  #none(modality: Modality, path: string): undefined {
    if (this.#missing === "throw")
      throw new FormatError("missing", `the datapoint has no ${modality}`, { path: this.place.files.at(path) });
    return undefined;
  }
}

function soloPose(actor: ActorMetadata): ReadonlyMap<string, HeadPose> {
  return new Map([[actor.identity_id, headPose(actor)]]);
}
