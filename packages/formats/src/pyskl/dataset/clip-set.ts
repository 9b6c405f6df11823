import type { CollectionKind, ConcatCollectionsOptions, Input, OpenOptions, Sink, WriteOptions } from "@somakit/core";
import { Collection, contentOfValue, openContent } from "@somakit/core/engine/collection";
import type { FilterClipsOptions } from "../kinetics/filter.js";
import { layout as listLayout } from "../list.layout.gen.js";
import { AnnotationAccessor } from "../pyskl.access.gen.js";
import { layout } from "../pyskl.layout.gen.js";
import type { Annotation, PYSKLAnnotations } from "../pyskl.types.gen.js";
import { filterValid } from "./filter-valid.js";
import { type RelabelOptions, relabelled } from "./relabel.js";
import { type UpgradedClips, upgradeClips } from "./upgrade.js";

/** Clips are known by `filename` when the first one has it, as upstream decides. */
const kind: CollectionKind<AnnotationAccessor> = {
  layout,
  facts: { list: "annotations", names: ["filename", "frame_dir"], splits: "split" },
  accessor: AnnotationAccessor,
};

export interface WriteClipsOptions extends WriteOptions {
  /**
   * `dataset`: with splits, as training wants it. `list`: the annotations alone. Left out, the list when the clips were one
   * and have no splits.
   */
  readonly as?: "dataset" | "list" | undefined;
}

/**
 * The clips of an annotation file, or of several, with their splits. Keypoints stay in the files until somebody reads
 * them, or are copied from there when the clips are written; a file may be larger than memory.
 *
 * ```ts
 * const clips = await ClipSet.open(await fileSource("ntu60_3danno.pkl"));
 * for (const clip of await clips.inSplit("xsub_train")) console.log(await clip.frame_dir(), await clip.keypoint());
 * await (await clips.named(/C001/)).write(await fileSink("front.pkl"));
 * ```
 */
export class ClipSet extends Collection<AnnotationAccessor> {
  /**
   * Opens a file with splits (`annotations`, or `annos` as some have it), a bare list, or a single annotation. The pickle is
   * read through once, but for its arrays. Throws `FormatError`.
   */
  static async open(input: Input, options?: OpenOptions): Promise<ClipSet> {
    return new ClipSet(kind, await openContent(layout, kind.facts, input, options));
  }

  /** Clips in memory: a data set, a list, or one annotation. */
  static async of(clips: PYSKLAnnotations | readonly Annotation[] | Annotation): Promise<ClipSet> {
    return new ClipSet(kind, await contentOfValue(layout, kind.facts, clips));
  }

  /** The clips of all sets, one after the other; see {@link ClipSet.concat}. Throws `RangeError` without any. */
  static async merge(sets: readonly ClipSet[], options?: ConcatCollectionsOptions): Promise<ClipSet> {
    const [first, ...others] = sets;
    if (!first) throw new RangeError("there is nothing to merge");
    return first.concat(others, options);
  }

  /** The label of every clip, in order: one class, several, or undefined. */
  async labels(): Promise<readonly (number | readonly number[] | undefined)[]> {
    return (await this.values("label")) as readonly (number | readonly number[] | undefined)[];
  }

  /**
   * The clips with enough frames that show somebody well enough, without `valid` and `box_score`: what `filterClips` does,
   * on a file. `anno_inds`, which says which skeletons are left, is made when it is read. Throws as `filterClips` does.
   */
  filterValid(options: FilterClipsOptions): Promise<this> {
    return filterValid(this, options);
  }

  /**
   * The same clips with other classes, by a table or a function from old to new. A class that it says nothing about is a
   * `FormatError` `missing`, unless `others` says what to do.
   */
  relabel(
    classes: ReadonlyMap<number, number> | ((label: number) => number | undefined),
    options?: RelabelOptions,
  ): Promise<this> {
    return relabelled(this, classes, options);
  }

  /**
   * The clips as files have them today, and what was changed for that: entries without a clip left out, clips known by
   * `frame_dir`, `valid` in place of `valid@0.5` and so on, numbers of Python in place of numpy's, float keypoints. Throws
   * `FormatError` `mismatch` when two clips would get one name.
   */
  upgrade(): Promise<UpgradedClips<this>> {
    return upgradeClips(this);
  }

  /** Writes the clips as one file; see `Collection.write`. Protocol 4 unless told otherwise; upstream writes 2. */
  override write(sink: Sink, { as: form, ...options }: WriteClipsOptions = {}): Promise<void> {
    const asList = form === undefined ? this.content.bare && this.splits.size === 0 : form === "list";
    if (!asList) return super.write(sink, options);
    const list = { layout: listLayout, facts: { names: kind.facts.names }, accessor: AnnotationAccessor };
    return new Collection(list, this.content).write(sink, options);
  }
}
