import type { Folder, ReadOptions } from "@somakit/core";
import { FormatError } from "@somakit/core/errors";
import { mapConcurrently } from "@somakit/core/source";
import { Cache } from "./cache.js";
import { Datapoint, type DatapointOptions } from "./datapoint.js";
import { Files } from "./files.js";
import { placesOf } from "./place.js";

export interface OpenDatasetOptions extends ReadOptions, DatapointOptions {
  /** Bytes of documents, keypoints and names that are kept for the next time. Default 64 MiB. */
  readonly cacheBytes?: number | undefined;
}

export interface MapOptions extends ReadOptions {
  /** Datapoints that are worked on at once. Default 8. */
  readonly atOnce?: number | undefined;
}

const AT_ONCE = 8;
const CACHE_BYTES = 64 * 2 ** 20;

/**
 * The datapoints of one folder, or of several one behind the other; names may repeat between folders. Lists names and reads each
 * `environment.json`, nothing else. Works for every layout from 2022 on, for people in context, and for folders inside a folder
 * (an archive of one).
 *
 * Throws `FormatError`: `missing` for a folder without scenes or a camera without `environment.json`, `refused` for images outside
 * of it, and what damaged documents give.
 */
export async function openDataset(
  folders: Folder | readonly Folder[],
  options: OpenDatasetOptions = {},
): Promise<DatagenDataset> {
  const { cacheBytes = CACHE_BYTES, missing, ...work } = options;
  const cache = new Cache(cacheBytes);
  const datapoints: Datapoint[] = [];
  const all: readonly Folder[] = "list" in folders ? [folders] : folders;
  for (const [id, folder] of all.entries()) {
    const files = new Files(folder, cache, { root: await rootOf(folder, work), id });
    for (const place of await placesOf(files, work)) datapoints.push(new Datapoint(place, id, { missing }));
  }
  return new DatagenDataset(datapoints, cache);
}

const SCENE = /^(?:scene|environment|datapoint)_/;
const DEEPEST = 8;

/** The folder with the scenes, which may be the only one in another. */
async function rootOf(folder: Folder, options: ReadOptions): Promise<string> {
  let path = "";
  for (let depth = 0; depth < DEEPEST; depth++) {
    const entries = (await folder.list(path, options)).filter(
      ({ name, kind }) => kind === "folder" && !name.startsWith(".") && name !== "__MACOSX",
    );
    if (entries.some(({ name }) => SCENE.test(name))) return path;
    const [only] = entries;
    if (!only || entries.length > 1) return "";
    path = path === "" ? only.name : `${path}/${only.name}`;
  }
  throw new FormatError("limit", `no scenes in ${DEEPEST} levels of folders`, { path });
}

/** One person at one moment, or over time. */
export interface DatagenScene {
  readonly name: string;
  /** Which of the folders that were opened it is in. */
  readonly source: number;
  readonly datapoints: readonly Datapoint[];
  readonly cameras: readonly DatagenSceneCamera[];
}

/** What one camera sees of a scene: one image for each environment and frame. */
export interface DatagenSceneCamera {
  readonly name: string;
  readonly datapoints: readonly Datapoint[];
}

/** Datapoints in order. */
export class DatagenDataset implements Iterable<Datapoint> {
  readonly datapoints: readonly Datapoint[];
  readonly #cache: Cache;

  /** Use {@link openDataset}. */
  constructor(datapoints: readonly Datapoint[], cache: Cache) {
    this.datapoints = datapoints;
    this.#cache = cache;
  }

  get length(): number {
    return this.datapoints.length;
  }

  /** The datapoint at an index, negative ones counted from the end. Throws `RangeError` where there is none. */
  at(index: number): Datapoint {
    const found = Number.isInteger(index) ? this.datapoints.at(index) : undefined;
    if (found) return found;
    throw new RangeError(`no datapoint ${index}: there are ${this.length}`);
  }

  [Symbol.iterator](): Iterator<Datapoint> {
    return this.datapoints[Symbol.iterator]();
  }

  /** The datapoints from `start` up to `stop`, as `Array.slice` counts. */
  slice(start?: number, stop?: number): DatagenDataset {
    return new DatagenDataset(this.datapoints.slice(start, stop), this.#cache);
  }

  /** The datapoints that pass a test. */
  filter(test: (datapoint: Datapoint, index: number) => boolean): DatagenDataset {
    return new DatagenDataset(this.datapoints.filter(test), this.#cache);
  }

  /**
   * What `work` gives for each datapoint, in their order, with several at once: reading one while others are decoded. The first
   * failure is thrown when all that are under way have ended.
   */
  map<R>(
    work: (datapoint: Datapoint, index: number, signal: AbortSignal) => Promise<R>,
    { atOnce = AT_ONCE, signal }: MapOptions = {},
  ): Promise<R[]> {
    return mapConcurrently(this.datapoints, atOnce, work, { signal });
  }

  /** The scenes of the datapoints, in their order. */
  get scenes(): readonly DatagenScene[] {
    const scenes = new Map<string, { name: string; source: number; datapoints: Datapoint[] }>();
    for (const datapoint of this.datapoints) {
      const key = `${datapoint.source}/${datapoint.scene}`;
      const scene = scenes.get(key);
      if (scene) scene.datapoints.push(datapoint);
      else scenes.set(key, { name: datapoint.scene, source: datapoint.source, datapoints: [datapoint] });
    }
    return [...scenes.values()].map((scene) => ({ ...scene, cameras: camerasOf(scene.datapoints) }));
  }

  /** Forgets what was kept. */
  dropCache(): void {
    this.#cache.clear();
  }
}

function camerasOf(datapoints: readonly Datapoint[]): readonly DatagenSceneCamera[] {
  const cameras = new Map<string, Datapoint[]>();
  for (const datapoint of datapoints) {
    const camera = cameras.get(datapoint.camera);
    if (camera) camera.push(datapoint);
    else cameras.set(datapoint.camera, [datapoint]);
  }
  return [...cameras].map(([name, seen]) => ({ name, datapoints: seen }));
}
