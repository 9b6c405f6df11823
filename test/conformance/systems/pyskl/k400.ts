import { digest as digestOf, isFormatError, nodeOfValue, readPickle, type Value } from "@somakit/core";
import { fileFolder } from "@somakit/core/node";
import { clipsOfSplit } from "../../../../packages/formats/src/pyskl/clips/index.js";
import {
  type BoxThreshold,
  decompressPose,
  type FilterClipsOptions,
  filterClips,
  type KineticsClip,
  KpFiles,
  loadPose,
} from "../../../../packages/formats/src/pyskl/kinetics/index.js";
import { differences, isObject } from "../../compare.js";
import type { Fixtures } from "../../fixtures.js";
import type { Check, Difference } from "../../system.js";
import { common } from "./notation.js";

type Expected = Readonly<Record<string, unknown>>;
type Clip = KineticsClip & Readonly<Record<string, unknown>>;

interface Run {
  readonly options: {
    readonly box_thr: BoxThreshold | null;
    readonly valid_ratio: number | null;
    readonly squeeze: boolean;
    readonly max_person: number;
  };
  readonly kept: number;
  readonly items: readonly {
    readonly frame_dir: string;
    readonly result?: unknown;
    readonly upstream_error?: string;
  }[];
}

/** What upstream's data set class adds to every clip. */
const ADDED = ["modality", "start_index", "test_mode"];

/** A check for each combination of options under which the whole data set is filtered, loaded and decompressed. */
export function kineticsChecks(expected: Expected, fixtures: Fixtures): readonly Check[] {
  const [root, table, split] = ["root", "ann_file", "split"].map((key) => String(expected[key])) as [
    string,
    string,
    string,
  ];
  return (expected["runs"] as readonly Run[]).map((run) => ({
    name: `runs ${JSON.stringify(run.options)}`,
    run: async () => {
      const clips = filterClips(
        clipsOfSplit(datasetOf(fixtures.bytes(`${root}/${table}`)), split),
        optionsOf(run.options),
      );
      if (clips.length !== run.kept) return [{ path: "", expected: `${run.kept} clips`, found: `${clips.length}` }];
      const files = new KpFiles(await fileFolder(fixtures.path(root)));
      try {
        const found = await Promise.all(
          clips.map((clip, index) => compareClip(clip, run, run.items[index] as Run["items"][number], files)),
        );
        return found.flat();
      } finally {
        await files.close();
      }
    },
  }));
}

async function compareClip(
  clip: KineticsClip,
  { options }: Run,
  item: Run["items"][number],
  files: KpFiles,
): Promise<readonly Difference[]> {
  const loaded = await loadPose(clip, files);
  let pose: object;
  try {
    pose = decompressPose(loaded, { squeeze: options.squeeze, maxPerson: options.max_person });
  } catch (error) {
    if (item.upstream_error !== undefined && isFormatError(error)) return [];
    throw error;
  }
  if (item.upstream_error !== undefined)
    return [{ path: item.frame_dir, expected: item.upstream_error, found: "a clip" }];
  const { pickle: found } = await digestOf(nodeOfValue(new Map(Object.entries(pose)) as Value), {
    container: "pickle",
  });
  return differences(common(withoutAdded(item.result)), common(found), item.frame_dir, { scalars: "plain" });
}

function withoutAdded(result: unknown): unknown {
  const dict = isObject(result) ? result["dict"] : undefined;
  if (!isObject(dict)) return result;
  return { dict: Object.fromEntries(Object.entries(dict).filter(([key]) => !ADDED.includes(key))) };
}

function optionsOf({ box_thr, valid_ratio }: Partial<Run["options"]>): FilterClipsOptions {
  return { boxThreshold: box_thr ?? undefined, validRatio: valid_ratio ?? undefined };
}

interface Filter {
  readonly options: Partial<Run["options"]> & { readonly split: string };
  readonly kept: number;
  readonly first: readonly string[];
  /** Skeletons used of the first clips; null when all are. */
  readonly anno_inds_true: readonly number[] | null;
}

/** A check for each split, ratio and threshold: which clips are left, and how many of their skeletons. */
export function filterChecks(path: string, filters: unknown, fixtures: Fixtures): readonly Check[] {
  return (filters as readonly Filter[]).map(({ options, ...expected }) => ({
    name: `filters ${JSON.stringify(options)}`,
    run: async () => {
      const clips = clipsOfSplit(datasetOf(fixtures.bytes(path)), options.split);
      const kept = filterClips(clips, optionsOf(options));
      const first = kept.slice(0, expected.first.length);
      const used = first.map(({ anno_inds: mask }) => mask && [...mask].filter((value) => value === true).length);
      const found = {
        kept: kept.length,
        first: first.map((clip) => clip.frame_dir),
        anno_inds_true: used.includes(undefined) ? null : used,
      };
      return differences(expected, found);
    },
  }));
}

/** What is wrong with a table of contents or its kpfile shows when a clip is loaded and decompressed, or filtered. */
export async function kineticsFault(path: string, fixtures: Fixtures): Promise<readonly Difference[]> {
  const slash = path.lastIndexOf("/");
  const { annotations } = datasetOf(fixtures.bytes(path));
  // The folder of kpfiles is named after the table here.
  const folder = `${path.slice(slash + 1).replace(/\.pkl$/, "")}.kpfiles/`;
  const files = new KpFiles(await fileFolder(fixtures.path(path.slice(0, slash))), {
    fileOf: ({ raw_file: file }) => file?.replace(/^kpfiles\//, folder),
  });
  try {
    for (const clip of annotations) decompressPose(await loadPose(clip, files));
    filterClips(annotations, { boxThreshold: 0.5, validRatio: 0.1 });
    return [{ path: "", expected: "a refusal", found: "clips that can be used" }];
  } catch (error) {
    if (isFormatError(error)) return isFormatError(error, "missing") ? [unexpected(error)] : [];
    throw error;
  } finally {
    await files.close();
  }
}

const unexpected = ({ message }: Error): Difference => ({
  path: "",
  expected: "the fault of the fixture",
  found: message,
});

/** An annotation file as plain objects of exact values. */
export function datasetOf(bytes: Uint8Array): {
  readonly split: Readonly<Record<string, readonly string[]>>;
  readonly annotations: readonly Clip[];
} {
  const { split, annotations } = recordOf(readPickle(bytes));
  return {
    split: recordOf(split as Value) as Readonly<Record<string, readonly string[]>>,
    annotations: (annotations as readonly Value[]).map((clip) => recordOf(clip) as unknown as Clip),
  };
}

export const recordOf = (dict: Value): Readonly<Record<string, unknown>> =>
  Object.fromEntries(dict as ReadonlyMap<string, Value>);
