import type { Convention, KeypointMapping } from "@somakit/core";
import { alike } from "./alike.js";
import { OptionError } from "./failure.js";
import type { Conventions } from "./verbs/verb.js";

/** The convention of that name, whatever the case of its letters. Throws `UsageError` that names alike ones. */
export async function findConvention({ entries, find }: Conventions, name: string): Promise<Convention> {
  const found = await find(name);
  if (found) return found;
  const names = entries.map((entry) => entry.name);
  const [word = ""] = name.toLowerCase().split(/[^a-z0-9]/);
  const kin = names.filter((known) => word !== "" && known.includes(word));
  const near = kin.length === 0 ? alike(name, names) : undefined;
  const listed = kin.length === 0 ? "somakit conventions lists them" : `there are: ${kin.join(", ")}`;
  const hint = near === undefined ? listed : `did you mean ${near}?`;
  throw new OptionError(`there is no convention ${JSON.stringify(name)}`, hint);
}

/** `human_data (190) to coco (17)`. */
export function mappingTitle({ from, to }: KeypointMapping): string {
  return `${from.name} (${from.keypoints.length}) to ${to.name} (${to.keypoints.length})`;
}

/** What becomes of the keypoints, in numbers. */
export function mappingCounts({ pairs, lost, missing, approximated }: KeypointMapping): string {
  const near = approximated.length === 0 ? "" : `, ${approximated.length} of them by others nearby`;
  return `${pairs.length} mapped${near}, ${lost.length} lost, ${missing.length} missing`;
}

/** The mapping for programs. */
export function mappingJson({ from, to, pairs, lost, missing, approximated }: KeypointMapping): object {
  const at = ({ keypoints }: Convention, index: number): object => ({ index, name: keypoints[index]?.name });
  return {
    from: { name: from.name, keypoints: from.keypoints.length },
    to: { name: to.name, keypoints: to.keypoints.length },
    mapped: pairs.map((pair) => ({ from: at(from, pair.from), to: at(to, pair.to), exact: pair.exact })),
    lost,
    missing,
    approximated,
  };
}

/** Names in one line, cut after `most`. */
export function namesText(names: readonly string[], most: number): string {
  if (names.length <= most) return names.join(", ");
  return `${names.slice(0, most).join(", ")} and ${names.length - most} more`;
}

/** Stand-ins as `left_hip_extra by left_hip`. */
export function standInNames({ approximated }: KeypointMapping): readonly string[] {
  return approximated.map(({ name, by }) => `${name} by ${by}`);
}
