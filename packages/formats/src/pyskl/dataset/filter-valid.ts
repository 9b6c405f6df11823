import type { ArrayNode, Collection } from "@somakit/core";
import { FormatError } from "@somakit/core/errors";
import { dtype } from "@somakit/core/ndarray";
import { type FilterClipsOptions, hasShare, isAbove, type WantedShare, wantedShare } from "../kinetics/filter.js";
import type { AnnotationAccessor } from "../pyskl.access.gen.js";

/** `filterClips` on clips that are in a file: of each clip only what its frames are counted by is read. */
export async function filterValid<C extends Collection<AnnotationAccessor>>(
  clips: C,
  options: FilterClipsOptions,
): Promise<C> {
  const wanted = wantedShare(options);
  if (!wanted) return clips.edit(() => ({ valid: undefined, box_score: undefined }));
  const kept = await clips.filter(async (clip) =>
    hasShare(
      {
        frame_dir: await clip.frame_dir(),
        // What is not there is no count either.
        total_frames: (await clip.total_frames()) ?? Number.NaN,
        valid: await clip.valid(),
      },
      wanted,
    ),
  );
  return kept.edit(async (clip) => ({
    valid: undefined,
    box_score: undefined,
    anno_inds: await usedSkeletons(clip, wanted),
  }));
}

/** A mask of skeletons that is made of the box scores when it is read. */
async function usedSkeletons(clip: AnnotationAccessor, { threshold }: WantedShare): Promise<ArrayNode> {
  const scores = await headerOf(clip, "box_score");
  const path = `${clip.path}.box_score`;
  if (!scores) throw new FormatError("missing", "needed for each skeleton", { path });
  const frames = await headerOf(clip, "frame_inds");
  if (scores.shape.length !== 1) throw new FormatError("mismatch", "an array with one axis expected", { path });
  const [count] = scores.shape as [number];
  if (frames && frames.shape[0] !== count)
    throw new FormatError("mismatch", `${count} box scores for ${frames.shape[0]} skeletons in frame_inds`, { path });
  const load: ArrayNode["load"] = async (options) => isAbove(await scores.load(options), threshold);
  return {
    kind: "array",
    path: `${clip.path}.anno_inds`,
    type: dtype("|b1"),
    shape: [count],
    order: "C",
    load,
    async *chunks(options) {
      yield (await load(options)).toBytes();
    },
  };
}

async function headerOf(clip: AnnotationAccessor, key: string): Promise<ArrayNode | undefined> {
  const node = await (await clip.node())?.child(key);
  return node?.kind === "array" ? node : undefined;
}
