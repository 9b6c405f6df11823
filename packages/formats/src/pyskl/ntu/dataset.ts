import type { ArrayNode, Folder, JournalStore, Sink, WriteTree } from "@somakit/core";
import { pickle } from "@somakit/core/codec/pickle";
import { dtype, NdArray } from "@somakit/core/ndarray";
import { elementPath, memberPath } from "@somakit/core/value";
import { annotationOf, labelOf, type NtuAnnotation } from "./annotation.js";
import { type ClipOptions, type DoneClip, type DoneClips, doClips, type SkippedClip } from "./clips.js";
import { journalResults, memoryResults } from "./results.js";
import { JOINTS } from "./scanner.js";
import { ntuSplits } from "./splits.js";

export interface NtuDatasetOptions extends ClipOptions {
  /**
   * Keeps each clip as soon as it is done, and takes from there what is done: a run that was interrupted, by whatever, goes
   * on where it stopped. A clip whose file has another size now is done anew. The journal serves both data sets; it stays
   * open, and the caller's.
   */
  readonly journal?: JournalStore | undefined;
}

/** A data set as PYSKL stores it. */
export interface NtuDataset {
  /** Names of clips by split: `xsub_train` and so on. */
  split: Record<string, string[]>;
  /** In the order of their names. */
  annotations: NtuAnnotation[];
}

export interface NtuDatasetResult {
  readonly dataset: NtuDataset;
  /** Files that were left out, by name. */
  readonly skipped: readonly SkippedClip[];
}

/**
 * The data set that PYSKL's `ntu_preproc` makes of a folder of `.skeleton` files, its keypoints equal to the last bit,
 * held in memory: up to 2 GB for all of NTU RGB+D 120. Clips without anybody are left out, also of the splits.
 *
 * `onProgress` counts clips. Rejects with the error of the first clip that cannot be used, unless `failures` is `skip`,
 * and with the signal's reason.
 */
export async function ntuDataset(folder: Folder, options: NtuDatasetOptions): Promise<NtuDatasetResult> {
  const { clips, skipped } = await done(folder, options);
  const annotations: NtuAnnotation[] = [];
  for (const clip of clips) {
    const bytes = await clip.result.keypoint({ signal: options.signal });
    annotations.push(
      annotationOf(clip.name, NdArray.fromBytes(HALF, shapeOf(clip), bytes) as NtuAnnotation["keypoint"]),
    );
  }
  return { dataset: { split: splitOf(clips, options), annotations }, skipped };
}

export interface WriteNtuDatasetOptions extends NtuDatasetOptions {
  /** Of the pickle. Default 2, as upstream writes. */
  readonly protocol?: 2 | 3 | 4 | 5 | undefined;
}

/**
 * Writes that data set as `ntu60_3danno.pkl` or `ntu120_3danno.pkl` and commits the sink. With a journal in a file it
 * holds no more than the clips that are worked on, whatever their number; without one, all results. When anything fails
 * the sink is aborted; what is done stays in the journal.
 */
export async function writeNtuDataset(
  sink: Sink,
  folder: Folder,
  options: WriteNtuDatasetOptions,
): Promise<readonly SkippedClip[]> {
  const { signal, onProgress, protocol = 2 } = options;
  let finished: DoneClips;
  try {
    finished = await done(folder, options);
  } catch (error) {
    await sink.abort();
    throw error;
  }
  await pickle.write(sink, treeOf(finished.clips, options), { protocol, signal, onProgress });
  return finished.skipped;
}

const HALF = dtype("<f2");

async function done(folder: Folder, options: NtuDatasetOptions): Promise<DoneClips> {
  const { journal, signal } = options;
  return doClips(folder, journal ? await journalResults(journal, { signal }) : memoryResults, options);
}

function splitOf(clips: readonly DoneClip[], { dataset }: NtuDatasetOptions): Record<string, string[]> {
  return ntuSplits(
    clips.map(({ name }) => name),
    dataset,
  );
}

function shapeOf({ result: { persons, frames } }: DoneClip): readonly number[] {
  return [persons, frames, JOINTS, 3];
}

function treeOf(clips: readonly DoneClip[], options: NtuDatasetOptions): WriteTree {
  return new Map<string, WriteTree>([
    ["split", new Map(Object.entries(splitOf(clips, options)))],
    ["annotations", clips.map(annotationTree)],
  ]);
}

function annotationTree(clip: DoneClip, index: number): WriteTree {
  return new Map<string, WriteTree>([
    ["frame_dir", clip.name],
    ["label", labelOf(clip.name)],
    ["keypoint", keypointNode(clip, memberPath(elementPath("annotations", index), "keypoint"))],
    ["total_frames", clip.result.frames],
  ]);
}

/** The keypoints of a clip, read when they are written. */
function keypointNode(clip: DoneClip, path: string): ArrayNode {
  const shape = shapeOf(clip);
  return {
    kind: "array",
    path,
    type: HALF,
    shape,
    order: "C",
    load: async (options) => NdArray.fromBytes(HALF, shape, await clip.result.keypoint(options)),
    async *chunks(options) {
      yield await clip.result.keypoint(options);
    },
  };
}
