import type { Folder, FolderInput, Input, Issue, WorkOptions } from "@somakit/core";
import { openTar } from "@somakit/core/codec/tar";
import { FormatError } from "@somakit/core/errors";
import { toFolder } from "@somakit/core/source";
import { check as checkFaces, open as openFaces } from "../datagen.gen.js";
import { type DatagenDataset, type Datapoint, openDataset } from "../dataset/index.js";
import { check as checkHic, open as openHic } from "../hic.gen.js";
import { cameraRules } from "./camera-rules.js";
import { issuesOf } from "./findings.js";
import { imageRules } from "./image-rules.js";
import { sceneRules } from "./scene-rules.js";

const RULES = [...cameraRules, ...sceneRules, ...imageRules];

export interface CheckDatasetOptions extends WorkOptions {
  /**
   * `strict`: everything that a data set of December 2022 or later holds must be there. Default: `strict` where the folders of
   * scenes are called `datapoint_…`, else nothing is required but what reading needs.
   */
  readonly profile?: "strict" | "lenient" | undefined;
}

/**
 * What is wrong with a data set: by its schema, and by rules that look at several files at once. Matrices fit location,
 * orientation and field of view; key points are where the camera sees them (1e-6 px, 0.51 px in files of rounded pixels); the
 * box is that of the dense points; images are as large as `resolution_px`; every colour of the segmentation is in its table;
 * distances are positive and end where the background begins; normals have the length 1; eyes, lamps and the request are
 * those of this image. What cannot be read is an issue with the file's path. Two datapoints are in memory at a time.
 */
export async function checkDataset(input: FolderInput, options: CheckDatasetOptions = {}): Promise<readonly Issue[]> {
  const { signal, onProgress } = options;
  const folder = toFolder(input) ?? (await openTar(input as Input, { signal, onProgress }));
  const isHic = (await (await openHic(folder, { signal })).scenes.at(0).frames.length()) > 0;
  const scene = await (await openFaces(folder, { signal })).scenes.at(0).name();
  const profile = options.profile ?? (scene?.startsWith("datapoint_") ? "strict" : undefined);
  const work = { signal, onProgress, ...(profile !== undefined && { profile }) };
  const issues = [...(await (isHic ? checkHic(folder, work) : checkFaces(folder, work)))];
  issues.push(...(await checkRules(folder, options)));
  return issues;
}

/** Datapoints whose files are in memory at once: one is read while another is looked at. */
const AT_ONCE = 2;
/** Documents that datapoints of one scene share. */
const CACHE_BYTES = 2 ** 22;

/** The rules of {@link checkDataset} that look at several files, without what the schema says of each. */
export async function checkRules(folder: Folder, options: WorkOptions = {}): Promise<readonly Issue[]> {
  const { signal, onProgress } = options;
  const dataset = await readable(folder, options);
  if (!dataset) return [];
  let done = 0;
  const work = async (datapoint: Datapoint): Promise<readonly Issue[]> => {
    const issues = await issuesOf(datapoint, RULES);
    done++;
    onProgress?.({ stage: "compare the files of datapoints", done, total: dataset.length, unit: "datapoints" });
    return issues;
  };
  return (await dataset.map(work, { atOnce: AT_ONCE, signal })).flat();
}

/** Undefined for a data set whose datapoints cannot be listed: checking by the schema says why. */
async function readable(folder: Folder, { signal }: WorkOptions): Promise<DatagenDataset | undefined> {
  try {
    return await openDataset(folder, { signal, cacheBytes: CACHE_BYTES });
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}
