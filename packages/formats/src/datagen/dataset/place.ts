import type { ReadOptions } from "@somakit/core";
import { FormatError, isFormatError } from "@somakit/core/errors";
import { mapConcurrently } from "@somakit/core/source";
import type { Environment } from "../datagen.types.gen.js";
import { majorVersion, mismatch } from "../failure.js";
import type { Files } from "./files.js";

/** Where the files of a datapoint are. */
export interface Place {
  readonly files: Files;
  readonly scene: string;
  readonly camera: string;
  /** Number of the frame, in recordings of people in context. */
  readonly frame: number | undefined;
  /** Folders in which files are searched: of the camera, of the frame, of the scene. */
  readonly folders: readonly string[];
  readonly environment: Environment;
}

const SCENES = /^(?:scene|environment|datapoint)_/;
/** Folders that are read at once. */
const AT_ONCE = 16;

/** Names of the folders of scenes in a folder, sorted as text. */
async function sceneNames(files: Files, options: ReadOptions): Promise<readonly string[]> {
  return folders(await files.list("", options)).filter((name) => SCENES.test(name));
}

/**
 * Every datapoint of a folder: by scene, camera, frame and entry of `environment.json`; nothing but names and those files is
 * read. Throws `FormatError` `missing` where there is no scene, or a camera has no `environment.json`.
 */
export async function placesOf(files: Files, options: ReadOptions): Promise<readonly Place[]> {
  const scenes = await sceneNames(files, options);
  if (scenes.length === 0)
    throw new FormatError("missing", "no datapoint_*, scene_* or environment_* folder in the dataset", {
      path: files.folder.name,
    });
  const framed = await mapConcurrently(scenes, AT_ONCE, async (scene) => {
    const entries = await files.list(scene, options);
    return entries.get("frames")?.kind === "folder";
  });
  const list = framed.every(Boolean) ? framedPlaces : scenePlaces;
  const places = await mapConcurrently(
    scenes,
    AT_ONCE,
    (scene, _, signal) => list(files, scene, { ...options, signal }),
    options,
  );
  return places.flat();
}

async function scenePlaces(files: Files, scene: string, options: ReadOptions): Promise<readonly Place[]> {
  const cameras = folders(await files.list(scene, options));
  const found = await Promise.all(
    cameras.map((camera) => {
      const at = { files, scene, camera, frame: undefined, folders: [`${scene}/${camera}`, scene] };
      return cameraPlaces(at, options);
    }),
  );
  return found.flat();
}

async function framedPlaces(files: Files, scene: string, options: ReadOptions): Promise<readonly Place[]> {
  const names = folders(await files.list(`${scene}/frames`, options)).filter((name) => /^\d+$/.test(name));
  const frames = names.toSorted((a, b) => Number(a) - Number(b));
  const found: Place[] = [];
  for (const name of frames) {
    const folder = `${scene}/frames/${name}`;
    for (const camera of folders(await files.list(folder, options))) {
      const at = { files, scene, camera, frame: Number(name), folders: [`${folder}/${camera}`, folder, scene] };
      found.push(...(await cameraPlaces(at, options)));
    }
  }
  // Cameras first: the frames of each follow one another.
  return found.toSorted((a, b) => (a.camera < b.camera ? -1 : a.camera > b.camera ? 1 : 0));
}

async function cameraPlaces(at: Omit<Place, "environment">, options: ReadOptions): Promise<readonly Place[]> {
  const path = `${at.folders[0]}/environment.json`;
  const full = at.files.at(path);
  try {
    const environments = await at.files.json(path, environmentsOf, options);
    return environments.map((environment) => ({ ...at, environment }));
  } catch (error) {
    if (!(isFormatError(error) && error.code === "missing" && error.path === full)) throw error;
    const reason = "it is missing in the camera folder, so the datapoints of this camera cannot be listed";
    throw new FormatError("missing", reason, { path: full, cause: error });
  }
}

function environmentsOf(document: object): readonly Environment[] {
  const { version, environments, ...flat } = document as Record<string, unknown>;
  majorVersion(version, [1]);
  // Before April 2022, and in recordings of people in context, the file is the one entry.
  if (environments === undefined) return [entryOf({ image_name: "visible_spectrum.png", ...flat }, "image_name")];
  if (!Array.isArray(environments)) throw mismatch("a list is needed", "environments");
  return environments.map((entry: unknown, index) => entryOf(entry, `environments[${index}].image_name`));
}

function entryOf(entry: unknown, path: string): Environment {
  const name = (entry as Partial<Environment> | null)?.image_name;
  if (typeof name !== "string") throw new FormatError(name === undefined ? "missing" : "mismatch", "no text", { path });
  if (/[/\\\0]|^\.{0,2}$|^[A-Za-z]:/.test(name))
    throw new FormatError("refused", `image_name ${JSON.stringify(name)} leaves the camera folder`, { path });
  return entry as Environment;
}

function folders(entries: Awaited<ReturnType<Files["list"]>>): readonly string[] {
  return [...entries.values()]
    .filter(({ kind }) => kind === "folder")
    .map(({ name }) => name)
    .sort((a, b) => (a < b ? -1 : 1));
}
