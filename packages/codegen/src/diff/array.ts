import type { ArrayLayout, LegacyForm, SparseLayout } from "@somakit/core/gen/v1";
import type { Field } from "../ir.js";
import { child } from "../load/pointer.js";
import { type Changes, REFUSED, REWRITTEN, STAYS_VALID, same, show } from "./change.js";

/** dtype, shape, encoding and keypoints of arrays; nothing for other fields. */
export function diffArrays(older: Field, newer: Field, changes: Changes): void {
  const [before, after] = [older.layout, newer.layout];
  if (!isArray(before) || !isArray(after)) return;
  const legacy = after.kind === "array" ? (after.legacy ?? []) : [];
  const place = { file: newer.file, pointer: child(newer.pointer, after.kind === "array" ? "ndarray" : "sparse") };
  diffTypes(before, after, { legacy, place, changes });
  diffShapes(before, after, { legacy, place, changes });
  if (before.kind === "array" && after.kind === "array" && !same(before.encoding, after.encoding)) {
    const at = { file: newer.file, pointer: child(newer.pointer, "encoding") };
    changes.add("breaking", at, "it is encoded in another way", "files made before hold other numbers");
  }
  if (before.kind === "sparse" && after.kind === "sparse") diffMatrix(before, after, { place, changes });
  diffKeypoints(before, after, newer, changes);
}

/** Where the parts of a sparse array are, and what says how many columns there are. */
function diffMatrix(before: SparseLayout, after: SparseLayout, { place, changes }: Omit<Where, "legacy">): void {
  if (!same(before.parts, after.parts))
    changes.add("breaking", place, "its parts have other names", "files made before have none of those names");
  if (!same(before.columns, after.columns))
    changes.add("breaking", place, "its columns are counted in another way", "files made before may not say it so");
}

type Arrays = ArrayLayout | SparseLayout;

function isArray(layout: Field["layout"]): layout is Arrays {
  return layout.kind === "array" || layout.kind === "sparse";
}

interface Where {
  readonly legacy: readonly LegacyForm[];
  readonly place: { readonly file: string; readonly pointer: string };
  readonly changes: Changes;
}

function diffTypes({ dtype: before }: Arrays, { dtype: after }: Arrays, { legacy, place, changes }: Where): void {
  for (const name of before.filter((type) => !after.includes(type))) {
    const isLegacy = legacy.some((form) => form.dtype?.includes(name));
    if (isLegacy) changes.add("upgrade", place, `${name} is an outdated dtype`, REWRITTEN);
    else changes.add("breaking", place, `${name} is no dtype of it any more`, REFUSED);
  }
  for (const name of after.filter((type) => !before.includes(type)))
    changes.add("compatible", place, `${name} is a dtype of it as well`, STAYS_VALID);
}

function diffShapes({ shape: before }: Arrays, { shape: after }: Arrays, { legacy, place, changes }: Where): void {
  if (same(before, after)) return;
  const message = `the shape is ${shapeText(after)} in place of ${shapeText(before)}`;
  const isWider =
    before.length === after.length && before.every((size, axis) => size === after[axis] || after[axis] === "*");
  const isOpen = after.length === 1 && after[0] === "...";
  if (isWider || isOpen) changes.add("compatible", place, message, STAYS_VALID);
  else if (legacy.some(({ shape }) => same(shape, before))) changes.add("upgrade", place, message, REWRITTEN);
  else changes.add("breaking", place, message, REFUSED);
}

function shapeText(shape: Arrays["shape"]): string {
  return `(${shape.join(", ")})`;
}

function diffKeypoints(before: Arrays, after: Arrays, newer: Field, changes: Changes): void {
  const [one, other] = [before.keypoints, after.keypoints].map((axis) => {
    const { counts: _, ...rest } = axis ?? { counts: {} };
    return axis === undefined ? undefined : rest;
  });
  if (same(one, other)) return;
  const place = { file: newer.file, pointer: child(newer.pointer, "keypoints") };
  if (one === undefined) changes.add("compatible", place, "its axis of keypoints is stated", STAYS_VALID);
  else {
    const message = `keypoints are by ${show(other ?? null)} in place of ${show(one)}`;
    changes.add("breaking", place, message, "the same numbers mean other places on the body");
  }
}
