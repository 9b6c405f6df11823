import { lowerConventions } from "../lint/conventions.js";
import type { Counts } from "../lower/layouts.js";
import { loadFiles } from "./files.js";
import { Problems } from "./problems.js";

/**
 * Keypoints of conventions that schemas may name without having them, by name. `files` are texts by the path that faults
 * are told under; anything but conventions among them is passed over.
 */
export function borrowedCounts(files: ReadonlyMap<string, string>, problems: Problems): Counts {
  const found = new Problems();
  const loaded = loadFiles(files, found);
  const conventions = lowerConventions(loaded.conventions, found);
  for (const { severity, file, pointer, message } of found.sorted()) {
    if (severity === "error") problems.error({ file, pointer }, message);
  }
  return new Map(conventions.map(({ name, keypoints }) => [name, keypoints.length]));
}
