import type { RunJob } from "@somakit/core";
import { attributeCounts } from "../dataset/attributes.js";
import { openDataset } from "../dataset/dataset.js";

/** What `attributesJob` does. */
export const runAttributes: RunJob = async ({ folder, sink, signal, onProgress }) => {
  const dataset = await openDataset(folder, { signal });
  const counts = await attributeCounts(dataset, { signal, onProgress });
  const document = Object.fromEntries([...counts].map(([name, values]) => [name, Object.fromEntries(values)]));
  await sink.append(new TextEncoder().encode(`${JSON.stringify(document, null, 2)}\n`));
  await sink.commit();
  return {
    facts: [
      ["datapoints", dataset.length],
      ["attributes", counts.size],
    ],
    skipped: [],
  };
};
