import type { Job } from "@somakit/core";

/** Counts of the attributes of the actors of a Datagen dataset. */
export const attributesJob: Job = {
  name: "attributes",
  summary: "Count the attributes of the actors of a dataset of Datagen",
  details: [
    "How often each age, gender, ethnicity and expression occurs, glasses, masks and facial hair, kinds of images and of light: one object for each attribute, most frequent values first.",
  ],
  folder: "the folder of a dataset: datapoint_00001 and so on",
  output: { description: "the JSON file to write", extensions: [".json"] },
  options: [],
  resumable: false,
  threaded: false,
  examples: [["faces -o attributes.json", "counts of everything"]],
  load: async () => (await import("./run-attributes.js")).runAttributes,
};
