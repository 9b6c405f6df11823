import type { MotionMark } from "../../layout/layout.js";
import { NdArray } from "../../ndarray/ndarray.js";
import type { WorkOptions } from "../../source/source.js";
import { memberPath } from "../../value/path.js";
import { plain } from "../../value/plain.js";
import type { Value } from "../../value/value.js";
import { cameraOf, isSameCamera } from "../match/cameras.js";
import type { MotionCamera } from "../motion.js";
import { type MotionLevel, memberOf } from "../plan.js";
import { follow, itemsOf, type Place, readValue } from "./place.js";

/** The cameras of a file, and what they hold that no part of a camera is made of. */
export interface CamerasRead {
  /** One for all, or one for each row. */
  readonly cameras: MotionCamera | undefined | readonly (MotionCamera | undefined)[];
  readonly others: readonly string[];
}

/** The camera of an object, or one for each of so many rows; undefined where there is none. */
export async function camerasAt(
  place: Place,
  level: MotionLevel,
  rows: number | undefined,
  options: WorkOptions,
): Promise<CamerasRead | undefined> {
  const member = memberOf(level, "camera");
  const found = member && (await follow(place, member.keys, options));
  if (!found) return undefined;
  const { mark } = member;
  const value = await readValue(found, options);
  const others = new Set<string>();
  const read = (one: unknown): MotionCamera | undefined => {
    const camera = cameraOf(one, mark);
    if (!camera && one !== undefined && one !== null)
      others.add(`${member.keys.join(".")}, where it is no camera that is understood`);
    for (const key of otherKeys(one, mark, camera !== undefined)) others.add(memberPath(member.keys.join("."), key));
    return camera;
  };
  const items = itemsOf(value);
  if (!items) {
    return { cameras: read(value), others: [...others] };
  }
  if (items.length !== rows) return undefined;
  let last: MotionCamera | undefined;
  const cameras = items.map((item) => {
    const camera = read(item);
    if (!isSameCamera(camera, last)) last = camera;
    return last;
  });
  return { cameras: cameras.every((camera) => camera === undefined) ? undefined : cameras, others: [...others] };
}

/** Keys that are there and say nothing of the camera that is understood. */
function otherKeys(value: unknown, { members = {} }: MotionMark, isCamera: boolean): readonly string[] {
  const map = isCamera ? (plain(value as Value) as unknown) : undefined;
  if (typeof map !== "object" || map === null || map instanceof NdArray) return [];
  return Object.keys(map).filter((key) => !Object.hasOwn(members, key));
}
