import type { NamedList, Project } from "./ir.js";
import { lowerConventions } from "./lint/conventions.js";
import { lint } from "./lint/lint.js";
import { lowerLists } from "./lint/lists.js";
import { borrowedCounts } from "./load/borrowed.js";
import { loadFiles } from "./load/files.js";
import { Problems } from "./load/problems.js";
import { lowerDataset } from "./lower/dataset.js";
import type { Counts } from "./lower/layouts.js";

export { formatProblems } from "./load/problems.js";

export interface LoadProjectOptions {
  /**
   * Texts of convention files that schemas may name as if they were in the folder, by the path that faults in them are
   * told under. A convention of the folder stands in front of one with the same name.
   */
  readonly conventions?: ReadonlyMap<string, string> | undefined;
}

/**
 * Everything that a folder of schemas says. `files` holds their texts by path relative to the folder, with `/`. Never
 * throws for what a file holds: whatever is wrong is in `problems`, and with an error among them the rest is incomplete.
 */
export function loadProject(files: ReadonlyMap<string, string>, options: LoadProjectOptions = {}): Project {
  const problems = new Problems();
  const loaded = loadFiles(files, problems);
  const conventions = lowerConventions(loaded.conventions, problems);
  const own = new Map(conventions.map(({ name, keypoints }) => [name, keypoints.length]));
  const borrowed = options.conventions ? borrowedCounts(options.conventions, problems) : [];
  const counts = withoutTwins(own, borrowed);
  const lists = lowerLists(loaded.lists, problems);
  const sizes = new Map(lists.filter(({ items }) => typeof items[0] === "string").map(sizeOf));
  const lowered = [...loaded.schemas.values()]
    .filter((file) => file.kind === "dataset" && file.whole)
    .map((file) => lowerDataset(file, loaded.schemas, { counts, lists: sizes }));
  lint(loaded, lowered, { counts, lists: sizes }, problems);
  return { datasets: lowered.map(({ dataset }) => dataset), conventions, lists, problems: problems.sorted() };
}

function sizeOf({ name, items }: NamedList): readonly [string, number] {
  return [name, items.length];
}

/** `own` and what `others` add to it. Names are told apart without regard to case, as they are looked up. */
function withoutTwins(own: Counts, others: Iterable<readonly [string, number]>): Counts {
  const taken = new Set([...own.keys()].map((name) => name.toLowerCase()));
  const added = [...others].filter(([name]) => !taken.has(name.toLowerCase()));
  return new Map([...own, ...added].sort(([a], [b]) => (a < b ? -1 : 1)));
}
