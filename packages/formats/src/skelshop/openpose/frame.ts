import { FormatError } from "@somakit/core/errors";
import type { OpenPosePerson } from "../openpose_frame.types.gen.js";
import type { Skeleton, SkeletonPart } from "../skeleton.js";

/** People of one frame, in the columns of a skeleton. */
export interface FramePeople {
  /** Version of the format, as text. */
  readonly version: string;
  readonly people: readonly PersonPose[];
}

/** A person in a frame of OpenPose. */
export interface PersonPose {
  /** The id that OpenPose gave; undefined when it did not track. */
  readonly id: number | undefined;
  /** (keypoints, 3) in a row. Zeros for parts that are missing. */
  readonly keypoints: Float32Array;
  /** Parts that the skeleton has and the file has not. */
  readonly missing: readonly SkeletonPart["part"][];
}

const KEYS = {
  body: "pose_keypoints_2d",
  face: "face_keypoints_2d",
  left_hand: "hand_left_keypoints_2d",
  right_hand: "hand_right_keypoints_2d",
} as const satisfies Record<SkeletonPart["part"], keyof OpenPosePerson>;

/** A file for one frame is never this long. */
const LONGEST = 1 << 26;

/**
 * The people in a file that OpenPose wrote for one frame. A part that is missing leaves its columns zero, wherever other parts
 * are. Throws `FormatError` with the place in the file: `corrupt` for what is no JSON, `mismatch` for other JSON and for lists of
 * another length than the mode's, `limit` for more than 64 MiB.
 */
export function readFramePeople(bytes: Uint8Array, skeleton: Skeleton, path: string): FramePeople {
  const frame = parsed(bytes, path);
  const { version, people } = isObject(frame) ? frame : {};
  if (typeof version !== "number" && typeof version !== "string")
    throw new FormatError("mismatch", "no file of OpenPose: it has no version", { path });
  if (!Array.isArray(people)) throw new FormatError("mismatch", "no file of OpenPose: it lists no people", { path });
  return {
    version: String(version),
    people: people.map((person, index) => personPose(person, skeleton, `${path}: people[${index}]`)),
  };
}

function parsed(bytes: Uint8Array, path: string): unknown {
  if (bytes.byteLength > LONGEST)
    throw new FormatError("limit", `${bytes.byteLength} bytes are more than one frame can have`, { path });
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new FormatError("corrupt", "it is no JSON", { path, cause });
  }
}

function personPose(person: unknown, skeleton: Skeleton, path: string): PersonPose {
  if (!isObject(person)) throw new FormatError("mismatch", "a person is an object", { path });
  const keypoints = new Float32Array(3 * skeleton.keypoints);
  const missing: SkeletonPart["part"][] = [];
  for (const { part, first, count, skipped } of skeleton.parts) {
    const numbers = numbersOf(person[KEYS[part]], `${path}.${KEYS[part]}`);
    if (numbers.length === 0) {
      missing.push(part);
      continue;
    }
    const expected = 3 * (count + skipped);
    if (numbers.length !== expected)
      throw new FormatError("mismatch", `${numbers.length} numbers, ${expected} expected in mode ${skeleton.mode}`, {
        path: `${path}.${KEYS[part]}`,
      });
    keypoints.set(numbers.slice(3 * skipped), 3 * first);
  }
  return { id: personId(person), keypoints, missing };
}

function numbersOf(list: unknown, path: string): readonly number[] {
  if (list === undefined || list === null) return [];
  if (Array.isArray(list) && list.every((item) => typeof item === "number")) return list;
  throw new FormatError("mismatch", "a list of numbers expected", { path });
}

function personId({ person_id: ids }: Readonly<Record<string, unknown>>): number | undefined {
  const id: unknown = Array.isArray(ids) ? ids[0] : undefined;
  return typeof id === "number" && Number.isSafeInteger(id) && id >= 0 ? id : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
