import { FormatError } from "@somakit/core/errors";
import { elementPath, memberPath } from "@somakit/core/value";

/** A data set as PYSKL's training reads it. */
export interface SplitDataset<T> {
  split: Record<string, string[]>;
  annotations: T[];
}

/**
 * The bare list that extraction writes, with splits, as training wants it. Throws `FormatError` `mismatch` with the path
 * when two annotations have one `frame_dir`, or a split names one that is not there: training would take both clips for
 * one, and leave out the other without a word.
 */
export function withSplits<T extends { readonly frame_dir: string }>(
  annotations: readonly T[],
  split: Readonly<Record<string, readonly string[]>>,
): SplitDataset<T> {
  const names = new Set<string>();
  for (const [index, { frame_dir: name }] of annotations.entries()) {
    if (names.has(name)) {
      const path = elementPath("annotations", index);
      throw new FormatError("mismatch", `there is another clip of the name ${JSON.stringify(name)}`, { path });
    }
    names.add(name);
  }
  const lists: Record<string, string[]> = {};
  for (const [key, list] of Object.entries(split)) {
    for (const [index, name] of list.entries()) {
      if (names.has(name)) continue;
      const path = elementPath(memberPath("split", key), index);
      throw new FormatError("mismatch", `there is no clip of the name ${JSON.stringify(name)}`, { path });
    }
    lists[key] = [...list];
  }
  return { split: lists, annotations: [...annotations] };
}
