import type { Layout } from "@somakit/core";
import { CheckedDict } from "@somakit/core/dict";
import { collectionFacts } from "@somakit/core/engine/collection";
import { motionPlan, takesMotion } from "@somakit/core/motion";
import { checkers, jobs, repairers } from "@somakit/formats/jobs";
import { recordFacts } from "../record-file.js";

/** What not every data set can do; everything else, such as being checked and shown, all of them can. */
export type Ability =
  | "write"
  | "convert-from"
  | "convert-to"
  | "slice"
  | "select"
  | "compress"
  | "records"
  | "check-values"
  | "repair";

export const ABILITIES: Readonly<Record<Ability, string>> = {
  write: "files can be written",
  "convert-from": "its people can be converted to other data sets",
  "convert-to": "people of other data sets can be converted to it",
  slice: "frames can be cut out, split and joined",
  select: "it is a list of records: items can be selected, split and joined",
  compress: "keypoints have a packed form, by their masks",
  records: "files are streams of records, read and written one by one",
  "check-values": "validate has rules for it beyond its schema",
  repair: "damaged or unfinished files can be made whole",
};

/** What can be done with a data set, in the order of {@link ABILITIES}. */
export function abilitiesOf(layout: Layout): readonly Ability[] {
  const { id, containers } = layout;
  const has: Readonly<Record<Ability, boolean>> = {
    write: containers.some(({ codec, extensions }) => extensions.length > 0 || codec.writeFiles !== undefined),
    "convert-from": motionPlan(layout) !== undefined,
    "convert-to": takesMotion(layout),
    slice: hasFrames(layout),
    select: collectionFacts(layout) !== undefined,
    compress: isObject(layout) && new CheckedDict(layout).packable,
    records: isObject(layout) && recordFacts(layout) !== undefined,
    "check-values": checkers.some(({ datasets }) => datasets.includes(id)),
    repair: repairers.some(({ dataset }) => dataset === id),
  };
  return (Object.keys(ABILITIES) as Ability[]).filter((ability) => has[ability]);
}

/** Names of the commands that work on a data set in a way of their own, and of those that make one. */
export function jobsOf(id: string): { readonly takenBy: readonly string[]; readonly madeBy: readonly string[] } {
  return {
    takenBy: jobs.filter(({ takes = [] }) => takes.includes(id)).map(({ name }) => name),
    madeBy: jobs.filter(({ makes = [] }) => makes.includes(id)).map(({ name }) => name),
  };
}

function isObject(layout: Layout): boolean {
  return rootOf(layout)?.kind === "object";
}

function hasFrames(layout: Layout): boolean {
  const root = rootOf(layout);
  return root?.kind === "object" && Object.values(root.dims ?? {}).some(({ role }) => role === "frame");
}

function rootOf({ root, defs }: Layout): Layout["root"] | undefined {
  let target: Layout["root"] | undefined = root;
  for (let hops = 0; target?.kind === "ref" && hops < 64; hops++) target = defs[target.name];
  return target;
}
