import { ntuTrainingSubjects as list } from "../../lists/ntu_training_subjects.gen.js";
import { NTU60_ACTIONS } from "./action-names.js";
import { type ClipName, NTU120_ACTIONS, parseClipName } from "./clip-name.js";

export type NtuDatasetName = "ntu60" | "ntu120";

/** Performers whose clips are for training in both data sets; NTU RGB+D has those up to 38. */
export const ntuTrainingSubjects: ReadonlySet<number> = new Set(list.items);

/** The camera whose clips are for validation in the split by view. */
const VALIDATION_CAMERA = 1;

type Side = "train" | "val";

const sideOf = (training: boolean): Side => (training ? "train" : "val");

/** Which side of each protocol a clip is on. */
const PROTOCOLS = {
  xsub: ({ performer }: ClipName) => sideOf(ntuTrainingSubjects.has(performer)),
  xview: ({ camera }: ClipName) => sideOf(camera !== VALIDATION_CAMERA),
  xset: ({ setup }: ClipName) => sideOf(setup % 2 === 0),
} as const;

interface DatasetRules {
  readonly actions: number;
  readonly protocols: readonly (keyof typeof PROTOCOLS)[];
}

const DATASETS: Readonly<Record<NtuDatasetName, DatasetRules>> = {
  ntu60: { actions: NTU60_ACTIONS, protocols: ["xsub", "xview"] },
  ntu120: { actions: NTU120_ACTIONS, protocols: ["xsub", "xset"] },
};

/** Whether a clip is part of a data set, by its action. */
export function isOfDataset(clip: ClipName, dataset: NtuDatasetName): boolean {
  return clip.action <= DATASETS[dataset].actions;
}

/**
 * The splits of a data set: `xsub_train`, `xsub_val` by performer, and by camera (`xview_*`, NTU RGB+D) or by setup
 * (`xset_*`, NTU RGB+D 120). Names keep their order. Throws `RangeError` for one that is no name of a clip.
 */
export function ntuSplits(names: readonly string[], dataset: NtuDatasetName): Record<string, string[]> {
  const splits: Record<string, string[]> = {};
  for (const protocol of DATASETS[dataset].protocols) {
    const lists: Record<Side, string[]> = { train: [], val: [] };
    for (const name of names) {
      const clip = parseClipName(name);
      if (!clip) throw new RangeError(`${JSON.stringify(name)} is no name of a clip, such as S001C002P003R002A013`);
      lists[PROTOCOLS[protocol](clip)].push(name);
    }
    splits[`${protocol}_train`] = lists.train;
    splits[`${protocol}_val`] = lists.val;
  }
  return splits;
}
