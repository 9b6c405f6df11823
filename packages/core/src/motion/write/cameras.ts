import { define } from "../../engine/defaults.js";
import { dereference } from "../../engine/resolve.js";
import type { CameraPart, FieldLayout, Layout, ObjectLayout } from "../../layout/layout.js";
import { astype } from "../../ndarray/astype.js";
import type { NdArray } from "../../ndarray/ndarray.js";
import { float } from "../../value/value.js";
import { float64Array } from "../axes.js";
import { type CameraFrame, cameraPart, isSameCamera, partsLost } from "../match/cameras.js";
import type { LayerMatch } from "../match/match.js";
import type { SurveyedSequence } from "../match/survey.js";
import type { CameraValue, MotionCamera } from "../motion.js";
import type { MotionMember } from "../plan.js";
import type { MotionNotes } from "../report.js";
import { targetType } from "./target.js";

type Written = Readonly<Record<string, unknown>>;

/** How cameras come into the file. */
export interface CameraMatch {
  readonly member: MotionMember;
  /** The camera as the target has it; undefined for one of which the target wants more than is known. */
  write(camera: MotionCamera): Written | undefined;
}

/** How cameras come into the member that takes them, if there is one. Notes what of them does not. */
export function matchCamera(
  layout: Layout,
  member: MotionMember | undefined,
  sequences: readonly SurveyedSequence[],
  layers: readonly LayerMatch[],
  notes: MotionNotes,
): CameraMatch | undefined {
  const cameras = new Set(
    sequences.flatMap(({ cameras: seen }) => seen ?? []).filter((camera) => camera !== undefined),
  );
  if (cameras.size === 0) return undefined;
  const isTurned = ({ turn, from, carry }: LayerMatch, isWorld: boolean): boolean =>
    turn !== undefined && ((carry?.to ?? from.space) === "world") === isWorld;
  const inCamera = layers.some((layer) => isTurned(layer, false));
  if (!member || inCamera) {
    const why = inCamera
      ? "cameras, as coordinates in their frame are turned"
      : `${layout.title} has no place for cameras`;
    notes.once("lost", why, cameras.size);
    return undefined;
  }
  const { members = {}, lengths } = member.mark;
  const frame: CameraFrame = { lengths, turn: layers.find((layer) => isTurned(layer, true))?.turn };
  const object = objectOf(layout, member.field);
  const write = (camera: MotionCamera): Written | undefined => {
    const written: Record<string, unknown> = {};
    for (const [key, part] of Object.entries(members)) {
      const value = cameraPart(camera, part, frame);
      if (value !== undefined) define(written, key, storedValue(layout, object?.properties[key], value, part, camera));
    }
    const isWhole = (object?.required ?? []).every((key) => Object.hasOwn(written, key));
    return isWhole && Object.keys(written).length > 0 ? written : undefined;
  };
  for (const camera of cameras) {
    const lost = write(camera)
      ? partsLost(camera, Object.values(members), frame)
      : ["all, as too little is known of it"];
    for (const what of lost) notes.add("lost", `cameras: ${what}`);
  }
  return { member, write };
}

function objectOf(layout: Layout, field: FieldLayout): ObjectLayout | undefined {
  const target = dereference(layout, field);
  if (target.kind === "object") return target;
  if (target.kind !== "choice") return undefined;
  return target.branches.map((branch) => objectOf(layout, branch)).find((object) => object !== undefined);
}

/** Arrays where the schema has them, else lists of floats. */
function storedValue(
  layout: Layout,
  field: FieldLayout | undefined,
  value: CameraValue,
  part: CameraPart,
  { dtype }: MotionCamera,
): unknown {
  if (!Array.isArray(value))
    return typeof value === "boolean" || part === "width" || part === "height" ? value : float(value as number);
  const target = field && dereference(layout, field);
  if (target?.kind !== "array") return value.map((row) => (Array.isArray(row) ? row.map(float) : float(row)));
  const rows = typeof target.shape[0] === "number" ? value.slice(0, target.shape[0]) : value;
  const array = float64Array(
    Float64Array.from(rows.flat()),
    Array.isArray(rows[0]) ? [rows.length, rows[0].length] : [rows.length],
  );
  return astype(array as unknown as NdArray, targetType(target, dtype));
}

/** The one camera of all frames of some sequences; undefined where there are several, or frames without. */
export function onlyCamera(sequences: readonly SurveyedSequence[]): MotionCamera | undefined {
  const [first] = sequences[0]?.cameras ?? [];
  const isOnly = sequences.every(
    ({ cameras, frames }) => cameras?.length === frames && cameras.every((camera) => isSameCamera(camera, first)),
  );
  return isOnly ? first : undefined;
}
