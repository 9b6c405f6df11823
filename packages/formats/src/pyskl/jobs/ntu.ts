import type { Job } from "@somakit/core";

/** PYSKL's `ntu_preproc` as a job. */
export const ntuJob: Job = {
  name: "ntu",
  summary: "Make a training set of the .skeleton files of NTU RGB+D",
  details: [
    "What ntu_preproc of PYSKL makes of them, to the last bit: the bodies that are people, on one place or two, in float16, with the splits of the data set. Clips without anybody are left out, and so are those on the list of broken ones.",
  ],
  folder: "the folder of the .skeleton files, S001C001P001R001A001.skeleton and so on",
  makes: ["pyskl"],
  output: { description: "the annotation file to write", extensions: [".pkl"] },
  options: [
    {
      name: "dataset",
      description:
        "which clips and splits: of the first 60 actions with xsub and xview, or of all 120 with xsub and xset",
      choices: ["ntu60", "ntu120"],
      default: "ntu60",
    },
    {
      name: "protocol",
      description: "of the pickle; 2 is what PYSKL writes",
      value: "number",
      choices: ["2", "3", "4", "5"],
      default: "2",
    },
    { name: "skip-failures", description: "leave out files that cannot be used, in place of stopping at the first" },
  ],
  resumable: true,
  threaded: true,
  examples: [
    ["nturgb+d_skeletons -o ntu60_3danno.pkl", "clips of the first 60 actions"],
    ["nturgb+d_skeletons -o ntu120_3danno.pkl --dataset ntu120 --resume", "go on with a run that was interrupted"],
  ],
  load: async () => (await import("./run-ntu.js")).runNtu,
};
