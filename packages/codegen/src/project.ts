import type { Project } from "./ir.js";
import { lowerConventions } from "./lint/conventions.js";
import { lint } from "./lint/lint.js";
import { loadFiles } from "./load/files.js";
import { Problems } from "./load/problems.js";
import { lowerDataset } from "./lower/dataset.js";

export { formatProblems } from "./load/problems.js";

/**
 * Everything that a folder of schemas says. `files` holds their texts by path relative to the folder, with `/`. Never
 * throws for what a file holds: whatever is wrong is in `problems`, and with an error among them the rest is incomplete.
 */
export function loadProject(files: ReadonlyMap<string, string>): Project {
  const problems = new Problems();
  const loaded = loadFiles(files, problems);
  const conventions = lowerConventions(loaded.conventions, problems);
  const counts = new Map(conventions.map(({ name, keypoints }) => [name, keypoints.length]));
  const lowered = [...loaded.schemas.values()]
    .filter((file) => file.kind === "dataset" && file.whole)
    .map((file) => lowerDataset(file, loaded.schemas, counts));
  lint(loaded, lowered, counts, problems);
  return { datasets: lowered.map(({ dataset }) => dataset), conventions, problems: problems.sorted() };
}
