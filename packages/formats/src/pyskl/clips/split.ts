import { FormatError } from "@somakit/core/errors";
import { NumpyScalar } from "@somakit/core/value";

/** A clip of an annotation file, as far as splits are concerned. */
export interface IdentifiedClip {
  readonly frame_dir?: string | undefined;
  readonly filename?: string | undefined;
}

/** An annotation file: names of splits with the identifiers in them, and all clips. */
export interface SplitDataset<T> {
  readonly split: Readonly<Record<string, readonly string[]>>;
  readonly annotations: readonly T[];
}

/**
 * The clips of a split, or of several as if they were one, in the order of the file (what upstream's `PoseDataset`
 * keeps). Without names of splits all clips of a file that is a bare list.
 *
 * What the file does not say is decided as upstream does: when the first clip has a `filename`, that identifies all of
 * them, otherwise `frame_dir`; identifiers that no clip has are passed over; clips with the same one are all kept.
 *
 * Throws `FormatError` `mismatch` when there are splits but no name was given, or the other way round, or a split is no
 * list; `missing` for clips without identifier; `RangeError`, naming those there are, for an unknown split.
 */
export function clipsOfSplit<T extends IdentifiedClip>(
  dataset: SplitDataset<T> | readonly T[],
  split?: string | readonly string[],
): T[] {
  if (split === undefined) {
    if (isList(dataset)) return [...dataset];
    throw new FormatError("mismatch", "the file has splits, so one must be named", { path: "split" });
  }
  if (isList(dataset)) throw new FormatError("mismatch", "a bare list of clips has no splits");
  const wanted: ReadonlySet<unknown> = new Set(
    (typeof split === "string" ? [split] : split).flatMap((name) => identifiers(dataset, name)),
  );
  const { annotations } = dataset;
  const key = annotations[0]?.filename === undefined ? "frame_dir" : "filename";
  return annotations.filter((clip, index) => {
    const identifier = textOf(clip?.[key]);
    if (typeof identifier !== "string")
      throw new FormatError("missing", `no ${key}, by which clips are known here`, { path: `annotations[${index}]` });
    return wanted.has(identifier);
  });
}

function isList<T>(dataset: SplitDataset<T> | readonly T[]): dataset is readonly T[] {
  return Array.isArray(dataset);
}

/** Text of Python or of numpy. */
function textOf(value: unknown): unknown {
  return value instanceof NumpyScalar ? value.value : value;
}

function identifiers({ split }: SplitDataset<unknown>, name: string): readonly unknown[] {
  if (!Object.hasOwn(split, name))
    throw new RangeError(`there is no split ${JSON.stringify(name)}, only ${Object.keys(split).join(", ")}`);
  const list: unknown = split[name];
  if (Array.isArray(list)) return list.map(textOf);
  throw new FormatError("mismatch", "a list of identifiers expected", { path: `split.${name}` });
}
