import { dereference } from "../engine/resolve.js";
import type { ArrayLayout, Layout, ListLayout } from "../layout/layout.js";
import type { MotionLevel, MotionMember } from "./plan.js";

/** The list that a member is; undefined for arrays. */
export function listOf(layout: Layout, member: MotionMember): ListLayout | undefined {
  const target = dereference(layout, member.field);
  return target.kind === "list" ? target : undefined;
}

/** A member and those whose keypoints come after its own, in order. */
export function chainOf({ members }: MotionLevel, head: MotionMember): readonly MotionMember[] {
  const chain = [head];
  for (let last = head; chain.length <= members.length; ) {
    const key = last.keys.at(-1);
    const next = members.find(({ mark, keys }) => mark.after === key && keys.length === head.keys.length);
    if (!next) break;
    chain.push(next);
    last = next;
  }
  return chain;
}

/** The form of an array that says the same as a list of numbers: (points, channels). */
export function arrayOfList(list: ListLayout): ArrayLayout {
  const { rule, unit, coordinates, motion } = list;
  const channels = motion?.channels?.length;
  return {
    kind: "array",
    rule,
    dtype: ["float64"],
    shape: channels === undefined ? ["*"] : ["*", channels],
    ...(unit !== undefined && { unit }),
    ...(coordinates && { coordinates }),
    ...(motion && { motion }),
  };
}
