import type { MotionPart } from "../../layout/layout.js";
import type { WorkOptions } from "../../source/source.js";
import { plain } from "../../value/plain.js";
import type { Value } from "../../value/value.js";
import type { MotionInfo } from "../motion.js";
import { type MotionLevel, memberOf } from "../plan.js";
import { follow, itemsOf, type Place, readValue, wholeNumber } from "./place.js";

/** The value that plays a part in an object; undefined when there is none. */
export async function partValue(
  place: Place,
  level: MotionLevel,
  part: MotionPart,
  options: WorkOptions,
): Promise<unknown> {
  const member = memberOf(level, part);
  if (!member || member.rowwise) return undefined;
  const found = await follow(place, member.keys, options);
  const value = found && (await readValue(found, options));
  return value === undefined ? undefined : plain(value as Value);
}

/** Whether what looks like a person says that it is a group of them. */
export async function isGroup(place: Place, level: MotionLevel, options: WorkOptions): Promise<boolean> {
  const value = await partValue(place, level, "crowd", options);
  return value === true || value === 1;
}

/** What an object says of the sequence that it is. */
export async function infoOf(place: Place, level: MotionLevel, options: WorkOptions): Promise<MotionInfo> {
  const value = (part: MotionPart): Promise<unknown> => partValue(place, level, part, options);
  const name = await value("name");
  const label = await value("label");
  const fps = await value("fps");
  const size = itemsOf(await value("image-size"))?.map(wholeNumber);
  const [height, width] = size ?? [];
  return {
    ...(typeof name === "string" && { name }),
    ...labelOf(label),
    ...(typeof fps === "number" && { fps }),
    ...(height !== undefined && width !== undefined && { imageSize: [height, width] as const }),
    number: wholeNumber(await value("sequence-number")),
    firstFrame: wholeNumber(await value("first-frame")),
  };
}

function labelOf(value: unknown): Pick<MotionInfo, "label"> {
  const one = wholeNumber(value);
  if (one !== undefined) return { label: one };
  const several = itemsOf(value)?.map(wholeNumber);
  return several && !several.includes(undefined) ? { label: several as number[] } : {};
}

/** The names of sequences that each split has, the other way round. */
export function splitsByName(value: object): ReadonlyMap<string, readonly string[]> {
  const splits = new Map<string, string[]>();
  for (const [split, names] of Object.entries(value)) {
    for (const name of itemsOf(names) ?? []) {
      if (typeof name !== "string") continue;
      const all = splits.get(name) ?? [];
      all.push(split);
      splits.set(name, all);
    }
  }
  return splits;
}
