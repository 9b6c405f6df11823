import type { FolderSink, NdArray, Segmentation, Sink, WorkOptions } from "@somakit/core";
import { writePng } from "@somakit/core/codec/png";
import { FormatError } from "@somakit/core/errors";
import { readThrough } from "@somakit/core/source";
import { layout } from "../datagen.layout.gen.js";
import type { Datapoint } from "../dataset/datapoint.js";
import type { DatagenDataset } from "../dataset/dataset.js";
import { objectOf } from "../dataset/files.js";
import type { FileModality } from "../dataset/modality.js";
import { findFile, findImage, keypointFiles } from "../dataset/read.js";
import { majorVersion } from "../failure.js";
import type { KeypointSet, KeypointSets } from "../keypoints.js";
import { actorOfCamera, currentCamera, type Json, jsonBytes, keyPointsDocument, versioned } from "./documents.js";
import { segmentation16 } from "./segmentation.js";

/** What was brought up to date, or could not be. */
export interface DatasetChange {
  /** Path inside of the new folder. */
  readonly path: string;
  readonly message: string;
  /** The part of the schema that it is about: its id and a JSON pointer. */
  readonly rule: string;
}

/** Parts of the schema that changes are about. */
const RULES = {
  scene: "/$defs/Scene",
  request: "/$defs/Scene/properties/datapoint_request",
  lights: "/$defs/Scene/properties/lights_metadata",
  image: "/$defs/Environment/properties/image_name",
  camera: "/$defs/CameraMetadata",
  segmentation: "/$defs/Camera/properties/semantic_segmentation",
  keyPoints: "/$defs/KeyPointsFolder",
} as const;

/**
 * Writes a dataset of any layout of faces in that of December 2022, one folder for each datapoint, and commits the sink; aborts it when
 * anything fails. The dataset itself is left as it is. Images and maps are copied byte by byte (halves stay halves), except for
 * segmentations by colours from 0 to 1, which become ones of 16 bits. Key points of version 1 become those of version 2;
 * coordinates that were rounded stay so. No request can be made up for datapoints that have none.
 *
 * Throws `TypeError` for people in context, whose layout is another; `FormatError` for what cannot be read.
 */
export async function upgradeDataset(
  sink: FolderSink,
  dataset: DatagenDataset,
  options: WorkOptions = {},
): Promise<readonly DatasetChange[]> {
  try {
    const changes = await upgradeTo(sink, dataset, options);
    await sink.commit();
    return changes;
  } catch (error) {
    await sink.abort();
    throw error;
  }
}

/**
 * What {@link upgradeDataset} would change, without writing anything: nothing for a dataset of December 2022 whose folders are numbered
 * from 1. Throws the same.
 */
export function planDatasetUpgrade(
  dataset: DatagenDataset,
  options: WorkOptions = {},
): Promise<readonly DatasetChange[]> {
  return upgradeTo(undefined, dataset, options);
}

async function upgradeTo(
  sink: FolderSink | undefined,
  dataset: DatagenDataset,
  options: WorkOptions,
): Promise<readonly DatasetChange[]> {
  if (dataset.datapoints.some(({ frame }) => frame !== undefined))
    throw new TypeError("people in context have a layout of their own, which has no other version");
  const changes: DatasetChange[] = [];
  const stage = sink ? "upgrade datapoints" : "look at datapoints";
  for (const [index, datapoint] of dataset.datapoints.entries()) {
    options.signal?.throwIfAborted();
    await new Upgrade(sink, datapoint, changes, options).write(`datapoint_${String(index + 1).padStart(5, "0")}`);
    options.onProgress?.({ stage, done: index + 1, total: dataset.length, unit: "datapoints" });
  }
  return changes;
}

/** Copied as they are, to the folder of the camera. */
const COPIED: readonly FileModality[] = ["depth", "normal_map", "hdri_map"];

/** One datapoint on its way into another folder; without one, only what would change is found out. */
class Upgrade {
  readonly #sink: FolderSink | undefined;
  readonly #datapoint: Datapoint;
  readonly #changes: DatasetChange[];
  readonly #options: WorkOptions;

  constructor(sink: FolderSink | undefined, datapoint: Datapoint, changes: DatasetChange[], options: WorkOptions) {
    this.#sink = sink;
    this.#datapoint = datapoint;
    this.#changes = changes;
    this.#options = { signal: options.signal };
  }

  async write(scene: string): Promise<void> {
    const { camera, environment } = this.#datapoint;
    const view = `${scene}/${camera}`;
    const name = currentImageName(environment.image_name);
    if (this.#datapoint.scene !== scene)
      this.#say(scene, `was ${environment.image_name} of ${this.#datapoint.scene}/${camera}`, RULES.scene);
    if (name !== environment.image_name)
      this.#say(`${view}/${name}`, `was called ${environment.image_name}`, RULES.image);
    const image = await findImage(this.#datapoint.place, this.#options);
    if (image !== undefined) await this.#copy(image, `${view}/${name}`);
    const { version: _, ...entry } = environment;
    await this.#document(`${view}/environment.json`, versioned({ environments: [{ ...entry, image_name: name }] }));
    for (const modality of COPIED) {
      const path = await this.#find(modality);
      if (path !== undefined) await this.#copy(path, `${view}/${baseName(path)}`);
    }
    await this.#writeCamera(view);
    await this.#writeScene(scene);
    await this.#writeSegmentation(scene, view);
    await this.#writeKeyPoints(view);
  }

  async #writeCamera(view: string): Promise<void> {
    await this.#convert("face_bounding_box", view, versioned);
    await this.#convert("camera_metadata", view, (metadata) => {
      const { document, changes } = currentCamera(metadata, this.#datapoint.camera);
      for (const message of changes) this.#say(`${view}/camera_metadata.json`, message, RULES.camera);
      return document;
    });
  }

  async #writeScene(scene: string): Promise<void> {
    await this.#convert("actor_metadata", scene, (actor) => actorOfCamera(actor, this.#datapoint.camera));
    const request = await this.#find("datapoint_request");
    if (request !== undefined) await this.#copy(request, `${scene}/datapoint_request.json`);
    else if (!this.#datapoint.scene.startsWith("datapoint_"))
      this.#say(`${scene}/datapoint_request.json`, "no older layout has a request to make it of", RULES.request);
    const lights = await this.#read("lights_metadata");
    const isLit = lights && Object.keys((lights["lights"] ?? {}) as object).length > 0;
    if (isLit && this.#datapoint.imageKind === "infrared_spectrum")
      await this.#convert("lights_metadata", scene, versioned);
    else if (isLit)
      this.#say(`${scene}/lights_metadata.json`, "left out: its lamps do not show in this image", RULES.lights);
  }

  async #writeSegmentation(scene: string, view: string): Promise<void> {
    const path = await this.#find("semantic_segmentation");
    const table = await this.#read("semantic_segmentation_metadata");
    const tablePath = `${scene}/semantic_segmentation_metadata.json`;
    if (path !== undefined && table && path.endsWith(".exr")) {
      const found = (await this.#datapoint.segmentation(this.#options)) as Segmentation;
      const made = segmentation16(found, (await this.#datapoint.semanticSegmentation(this.#options)) as NdArray);
      const sink = await this.#sink?.file(`${view}/semantic_segmentation.png`);
      if (sink) await writePng(sink, made.image as unknown as NdArray, this.#options);
      await this.#document(tablePath, made.table);
      const strange = found.unknown.filter(({ colour }) => colour.some((part) => part !== 0));
      const lost = strange.length === 0 ? "" : `; ${strange.length} colours were in no table`;
      const message = `made of ${baseName(path)}, with 16-bit colours${lost}`;
      this.#say(`${view}/semantic_segmentation.png`, message, RULES.segmentation);
      return;
    }
    if (path !== undefined) await this.#copy(path, `${view}/${baseName(path)}`);
    await this.#convert("semantic_segmentation_metadata", scene, versioned);
  }

  async #writeKeyPoints(view: string): Promise<void> {
    const files = await keypointFiles(this.#datapoint.place, this.#options);
    const sets = await this.#datapoint.keypoints(this.#options);
    if (!sets) return;
    const current = files.filter((path) => path.includes("/key_points/"));
    const written = new Set<string>();
    for (const path of current) {
      const document = await this.#json(path);
      const isFlat = !("version" in document) || String(document["version"]).startsWith("1.");
      if (isFlat) continue;
      written.add(baseName(path));
      await this.#copy(path, `${view}/key_points/${baseName(path)}`);
    }
    for (const [name, own] of fileNames(sets)) {
      if (written.has(name)) continue;
      const path = `${view}/key_points/${name}`;
      const names = name === "all_key_points.json" ? "all" : "single";
      await this.#document(path, keyPointsDocument(own, { names }));
      this.#say(path, `made of ${files.map(baseName).join(" and ")}`, RULES.keyPoints);
    }
  }

  #say(path: string, message: string, rule: string): void {
    this.#changes.push({ path, message, rule: `${layout.schema}#${rule}` });
  }

  #find(modality: FileModality): Promise<string | undefined> {
    return findFile(this.#datapoint.place, modality, this.#options);
  }

  async #read(modality: FileModality): Promise<Json | undefined> {
    const path = await this.#find(modality);
    return path === undefined ? undefined : this.#json(path);
  }

  #json(path: string): Promise<Json> {
    const { files } = this.#datapoint.place;
    const known = path.includes("/key_points/") ? [1, 2] : [1];
    return files.use(path, this.#options, async (source) => {
      const document = (await objectOf(source, this.#options)) as Json;
      majorVersion(document["version"], known);
      return document;
    });
  }

  /** Writes what `change` makes of a document: a copy of the file where that is the document itself. */
  async #convert(modality: FileModality, folder: string, change: (document: Json) => Json): Promise<void> {
    const from = await this.#find(modality);
    if (from === undefined) return;
    const document = await this.#json(from);
    const changed = change(document);
    const to = `${folder}/${baseName(from)}`;
    if (changed === document) await this.#copy(from, to);
    else await this.#document(to, changed);
  }

  async #document(path: string, document: Json): Promise<void> {
    await this.#put(path, async (sink) => sink.append(jsonBytes(document)));
  }

  async #copy(from: string, to: string): Promise<void> {
    if (!this.#sink) return;
    await this.#datapoint.place.files.use(from, this.#options, (source) =>
      this.#put(to, async (sink) => {
        for await (const piece of readThrough(source, 0, source.byteLength, this.#options)) await sink.append(piece);
      }),
    );
  }

  async #put(path: string, fill: (sink: Sink) => Promise<void>): Promise<void> {
    const sink = await this.#sink?.file(path);
    if (!sink) return;
    try {
      await fill(sink);
      await sink.commit();
    } catch (error) {
      await sink.abort();
      throw error;
    }
  }
}

/** A datapoint has one image of each kind, which is the first. */
function currentImageName(name: string): string {
  if (!/\.png$/.test(name)) throw new FormatError("unsupported", `the image ${JSON.stringify(name)} is no PNG`);
  return /^visible_spectrum(?:_\d+)?\.png$/.test(name) ? "visible_spectrum_01.png" : name;
}

/** Files of the current layout, and the sets that each holds. */
function fileNames(sets: KeypointSets): ReadonlyMap<string, readonly KeypointSet[]> {
  const files = new Map<string, KeypointSet[]>([["all_key_points.json", []]]);
  for (const [path, set] of sets) {
    const [first = path, second] = path.split(".");
    const family = first === "face" ? `face_${second}` : first;
    const name = `${family}_key_points.json`;
    files.set(name, [...(files.get(name) ?? []), set]);
    files.get("all_key_points.json")?.push(set);
  }
  return files;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
