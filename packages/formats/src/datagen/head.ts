import type { Ray, Vector3 } from "@somakit/core";
import { rotationOfVector } from "@somakit/core/camera";
import { mismatch } from "./failure.js";
import { membersOf, numberAt, type Point3, vector3 } from "./point.js";

/** Degrees. */
export interface Angles {
  readonly yaw: number;
  readonly pitch: number;
  readonly roll: number;
}

/** Three unit vectors at right angles, as whoever has them sees them. */
export interface Axes {
  readonly right: Vector3;
  readonly up: Vector3;
  readonly forward: Vector3;
}

/** Where a head is and where it looks, in the world. */
export interface HeadPose {
  /** Metres: keypoint 28 of the 68 of a face, between the eyes. */
  readonly location: Vector3;
  /** Measured, of unit length. Up to 2 degrees off from the angles: this is what counts. */
  readonly look: Vector3;
  /** Of the request; absent in recordings of people in context. */
  readonly angles?: Angles;
  /** The pit at the front of the neck, the origin of the world in most scenes. */
  readonly root?: Vector3;
}

/** What is needed of an `actor_metadata.json`. */
export interface HeadMetadata {
  readonly head_metadata: {
    readonly head_six_dof: { readonly location: Point3; readonly look_at_vector: Point3 };
    readonly head_rotation?: Angles | undefined;
    readonly head_root_location?: Point3 | undefined;
  };
}

/** The pose of the actor's head. Throws `FormatError` for a part that is missing or is no point. */
export function headPose(actor: HeadMetadata): HeadPose {
  const head = membersOf(actor.head_metadata, "head_metadata");
  const angles = head["head_rotation"];
  const root = head["head_root_location"];
  return {
    ...sixDof(head["head_six_dof"], "head_metadata.head_six_dof"),
    ...(angles != null && { angles: anglesOf(angles, "head_metadata.head_rotation") }),
    ...(root != null && { root: vector3(root, "head_metadata.head_root_location") }),
  };
}

/** What is needed of an `actor_metadata.json` of people in context. */
export interface IdentitiesMetadata {
  readonly identities: Readonly<
    Record<string, { readonly head_six_dof: { readonly location: Point3; readonly look_at_vector: Point3 } }>
  >;
}

/** The poses of the heads of several people, by their ids. */
export function headPoses(actors: IdentitiesMetadata): ReadonlyMap<string, HeadPose> {
  const identities = Object.entries(membersOf(actors.identities, "identities"));
  return new Map(
    identities.map(([id, person]) => {
      const path = `identities.${id}`;
      return [id, sixDof(membersOf(person, path)["head_six_dof"], `${path}.head_six_dof`)];
    }),
  );
}

function sixDof(value: unknown, path: string): Pick<HeadPose, "location" | "look"> {
  const { location, look_at_vector } = membersOf(value, path);
  return { location: vector3(location, `${path}.location`), look: vector3(look_at_vector, `${path}.look_at_vector`) };
}

function anglesOf(value: unknown, path: string): Angles {
  const { yaw, pitch, roll } = membersOf(value, path);
  return { yaw: numberAt(yaw, path, "yaw"), pitch: numberAt(pitch, path, "pitch"), roll: numberAt(roll, path, "roll") };
}

/** The ray from the head to where it looks. */
export function headRay({ location, look }: HeadPose): Ray {
  return { origin: location, direction: look };
}

/**
 * The axes of a head: forward is the measured direction, up is as near to the world's as that allows and turned by the roll, right
 * is the subject's. A positive roll turns right towards down; no data that is known tells whether the vendor's does.
 */
export function headAxes({ look, angles }: HeadPose): Axes {
  const length = Math.hypot(...look);
  const forward: Vector3 = [look[0] / length, look[1] / length, look[2] / length];
  const flat = Math.hypot(forward[0], forward[1]);
  if (!(flat > 0)) throw mismatch("a head that looks straight up or down has no upright axes", "look");
  const right: Vector3 = [forward[1] / flat, (0 - forward[0]) / flat, 0];
  const up: Vector3 = [
    right[1] * forward[2] - right[2] * forward[1],
    right[2] * forward[0] - right[0] * forward[2],
    right[0] * forward[1] - right[1] * forward[0],
  ];
  const roll = radians(angles?.roll ?? 0);
  if (roll === 0) return { right, up, forward };
  const turn = rotationOfVector([forward[0] * roll, forward[1] * roll, forward[2] * roll]);
  const turned = (vector: Vector3): Vector3 =>
    turn.map((row) => row[0] * vector[0] + row[1] * vector[1] + row[2] * vector[2]) as unknown as Vector3;
  return { right: turned(right), up: turned(up), forward };
}

/** Where a head of these angles looks: along -y without any, towards +x with yaw, up with negative pitch. */
export function headDirection({ yaw, pitch }: Pick<Angles, "yaw" | "pitch">): Vector3 {
  const [y, p] = [radians(yaw), radians(pitch)];
  return [Math.sin(y) * Math.cos(p), 0 - Math.cos(y) * Math.cos(p), 0 - Math.sin(p)];
}

/** Where a camera of a request looks with these angles: along +y without any, towards +x with yaw, up with pitch. */
export function cameraDirection({ yaw, pitch }: Pick<Angles, "yaw" | "pitch">): Vector3 {
  const [y, p] = [radians(yaw), radians(pitch)];
  return [Math.sin(y) * Math.cos(p), Math.cos(y) * Math.cos(p), Math.sin(p)];
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
